using System.Globalization;
using Loopai.Core.Programs;
using Loopai.Infrastructure.Sandbox;

namespace Loopai.Portal.Tests.Sandbox;

/// <summary>A process that holds warm workers until it is killed; see <see cref="ChildProcess"/>.</summary>
public static class SandboxHolder
{
    public static async Task RunAsync(string mark)
    {
        await using var sandbox = new BubblewrapSandbox(new SandboxOptions { MaxOutputBytes = int.Parse(mark, CultureInfo.InvariantCulture) });
        foreach (var program in new[] { SandboxFixture.PythonNeighbour, SandboxFixture.JavaScriptNeighbour })
        {
            await sandbox.ExecuteAsync(program, """{"n": 1}"""u8.ToArray(), TimeSpan.FromSeconds(5), CancellationToken.None);
        }

        var endless = SandboxFixture.Program(ProgramLanguage.Python, "def execute(input):\n  while True: pass");
        _ = sandbox.ExecuteAsync(endless, "{}"u8.ToArray(), TimeSpan.FromMinutes(5), CancellationToken.None);
        await Task.Delay(300);
        Console.WriteLine("holding");
        await Task.Delay(Timeout.Infinite);
    }
}
