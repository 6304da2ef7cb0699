using System.Text;
using Loopai.Core.Programs;
using Loopai.Infrastructure.Sandbox;

namespace Loopai.Portal.Tests.Sandbox;

/// <summary>A test that needs bubblewrap and both interpreters; skipped, saying why, where programs cannot run.</summary>
public sealed class SandboxFactAttribute : FactAttribute
{
    private static readonly Lazy<string?> Missing = new(FindMissing);

    public SandboxFactAttribute() => Skip = Missing.Value;

    internal static string? FindMissing()
    {
        using var sandbox = new BubblewrapSandbox(new SandboxOptions());
        return sandbox.Availability(ProgramLanguage.Python).Reason ?? sandbox.Availability(ProgramLanguage.JavaScript).Reason;
    }
}

/// <inheritdoc cref="SandboxFactAttribute" />
public sealed class SandboxTheoryAttribute : TheoryAttribute
{
    private static readonly Lazy<string?> Missing = new(SandboxFactAttribute.FindMissing);

    public SandboxTheoryAttribute() => Skip = Missing.Value;
}

/// <summary>One sandbox for a class of tests, with a program of each language that has to go on answering whatever its neighbours do.</summary>
public sealed class SandboxFixture : IAsyncLifetime
{
    public static readonly ProgramSource PythonNeighbour = Program(ProgramLanguage.Python, "def execute(input): return input['n'] * 2");
    public static readonly ProgramSource JavaScriptNeighbour = Program(ProgramLanguage.JavaScript, "function execute(input) { return input.n * 2; }");

    public BubblewrapSandbox Sandbox { get; } = new(new SandboxOptions { MemoryMegabytes = 128, WorkersPerProgram = 2 });

    public Task InitializeAsync() => Task.CompletedTask;

    public async Task DisposeAsync() => await Sandbox.DisposeAsync();

    public static ProgramSource Program(ProgramLanguage language, string code) => new(Guid.CreateVersion7(), language, code);

    /// <summary>Runs the program, while the neighbours have to answer rightly.</summary>
    public async Task<SandboxAnswer> RunBesideNeighboursAsync(ProgramLanguage language, string code, int timeoutMs = 3000)
    {
        var program = Program(language, code);
        var run = Sandbox.ExecuteAsync(program, "{}"u8.ToArray(), TimeSpan.FromMilliseconds(timeoutMs), CancellationToken.None).AsTask();
        var calls = 0;
        do
        {
            await AskNeighbourAsync(PythonNeighbour, calls);
            await AskNeighbourAsync(JavaScriptNeighbour, calls);
            calls++;
        }
        while (!run.IsCompleted || calls < 3);
        return await run;
    }

    /// <summary>Runs a program once on an input given as JSON.</summary>
    public async Task<SandboxAnswer> RunAsync(ProgramSource program, string input = "{}", int timeoutMs = 5000) =>
        await Sandbox.ExecuteAsync(program, Encoding.UTF8.GetBytes(input), TimeSpan.FromMilliseconds(timeoutMs), CancellationToken.None);

    private async Task AskNeighbourAsync(ProgramSource neighbour, int n)
    {
        var answer = await RunAsync(neighbour, $$"""{"n": {{n}}}""");
        answer.Error.ShouldBeNull();
        answer.Text().ShouldBe($"{n * 2}");
    }
}

internal static class SandboxAnswerText
{
    public static string Text(this SandboxAnswer answer) => Encoding.UTF8.GetString(answer.Output.Span);
}
