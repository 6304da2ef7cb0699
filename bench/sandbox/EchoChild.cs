using System.Diagnostics;

namespace Loopai.Bench.Sandbox;

/// <summary>The floor: what it costs to send bytes to another process and to read them back, with nothing in between.</summary>
internal sealed class EchoChild(Process process)
{
    public static EchoChild Start() => new(Process.Start(new ProcessStartInfo("/bin/cat")
    {
        UseShellExecute = false,
        RedirectStandardInput = true,
        RedirectStandardOutput = true,
    })!);

    public void RoundTrip(byte[] input)
    {
        process.StandardInput.BaseStream.Write(input);
        process.StandardInput.BaseStream.Flush();
        process.StandardOutput.BaseStream.ReadExactly(new byte[input.Length]);
    }
}
