using System.ComponentModel;
using System.Diagnostics;

namespace Loopai.Infrastructure.Postgres.Embedded;

/// <summary>Programs of the host, started with a clean environment: the portal's own carries secrets.</summary>
internal static class HostCommand
{
    public static ProcessStartInfo StartInfo(IEnumerable<string> commandLine)
    {
        using var words = commandLine.GetEnumerator();
        words.MoveNext();
        var start = new ProcessStartInfo(words.Current)
        {
            WorkingDirectory = "/",
            UseShellExecute = false,
            RedirectStandardInput = true,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        };
        while (words.MoveNext())
        {
            start.ArgumentList.Add(words.Current);
        }

        start.Environment.Clear();
        start.Environment["PATH"] = "/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin";
        start.Environment["LC_ALL"] = "C.UTF-8";
        start.Environment["TZ"] = "UTC";
        return start;
    }

    /// <summary>Runs to the end and gives back what was said.</summary>
    public static async Task<Answer> RunAsync(IEnumerable<string> commandLine, CancellationToken ct)
    {
        var start = StartInfo(commandLine);
        try
        {
            using var process = Process.Start(start)!;
            process.StandardInput.Close();
            var output = process.StandardOutput.ReadToEndAsync(ct);
            var error = process.StandardError.ReadToEndAsync(ct);
            await process.WaitForExitAsync(ct);
            return new Answer(process.ExitCode, await output, await error);
        }
        catch (Win32Exception e)
        {
            throw new EmbeddedPostgresException($"{start.FileName} cannot be started: {e.Message}", e);
        }
    }

    internal readonly record struct Answer(int ExitCode, string Output, string Error);
}
