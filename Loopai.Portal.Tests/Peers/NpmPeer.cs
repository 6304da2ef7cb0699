using System.ComponentModel;
using System.Diagnostics;
using System.Security.Cryptography;
using System.Text.Json;

namespace Loopai.Portal.Tests.Peers;

/// <summary>
/// A real peer from npm, as a process of its own on loopback: a script and the packages that its package-lock.json pins. The packages are installed once a
/// machine, under the hash of the lock file. The script prints one line of JSON when it listens, and ends with its standard input.
/// </summary>
internal sealed class NpmPeer : IAsyncDisposable
{
    private readonly Process _process;

    private NpmPeer(Process process, JsonElement announcement) => (_process, Announcement) = (process, announcement);

    /// <summary>Why tests of peers are skipped; null where they run.</summary>
    public static string? Missing { get; } = Find("npm") && Find("node") ? null : "npm and node are not on this machine, so tests against real peers are skipped.";

    /// <summary>What the script printed.</summary>
    public JsonElement Announcement { get; }

    /// <param name="folder">The folder of package.json, package-lock.json and the script, below the test project.</param>
    /// <param name="script">The script.</param>
    public static async Task<NpmPeer> StartAsync(string folder, string script)
    {
        var source = Path.Combine(RepositoryRoot.Path, "Loopai.Portal.Tests", folder);
        var home = await InstallAsync(source);
        var place = Path.Combine(home, script);
        File.Copy(Path.Combine(source, script), place + Environment.ProcessId, overwrite: true);
        File.Move(place + Environment.ProcessId, place, overwrite: true);
        var process = Process.Start(new ProcessStartInfo("node", ["--no-warnings", place])
        {
            UseShellExecute = false, WorkingDirectory = home, RedirectStandardInput = true, RedirectStandardOutput = true, RedirectStandardError = true,
        })!;
        var errors = process.StandardError.ReadToEndAsync();
        string? line;
        do
        {
            line = await process.StandardOutput.ReadLineAsync();
        }
        while (line is not (null or ['{', ..]));

        return line is null
            ? throw new InvalidOperationException($"The peer {script} did not start: {await errors}")
            : new NpmPeer(process, JsonElement.Parse(line));
    }

    public async ValueTask DisposeAsync()
    {
        _process.StandardInput.Close();
        await _process.WaitForExitAsync();
        _process.Dispose();
    }

    private static async Task<string> InstallAsync(string source)
    {
        var hash = Convert.ToHexStringLower(SHA256.HashData(await File.ReadAllBytesAsync(Path.Combine(source, "package-lock.json"))))[..16];
        var home = Path.Combine(Path.GetTempPath(), "loopai-test-peers", hash);
        if (Directory.Exists(home))
        {
            return home;
        }

        // Beside its place and moved there, so that what an interrupted or a second run leaves is never taken for an installation.
        var arriving = $"{home}.{Guid.NewGuid():n}";
        Directory.CreateDirectory(arriving);
        foreach (var file in new[] { "package.json", "package-lock.json" })
        {
            File.Copy(Path.Combine(source, file), Path.Combine(arriving, file));
        }

        using var npm = Process.Start(new ProcessStartInfo("npm", ["ci", "--ignore-scripts", "--no-audit", "--no-fund", "--loglevel=error"])
        {
            UseShellExecute = false, WorkingDirectory = arriving, RedirectStandardOutput = true, RedirectStandardError = true,
        })!;
        var (said, errors) = (npm.StandardOutput.ReadToEndAsync(), npm.StandardError.ReadToEndAsync());
        await npm.WaitForExitAsync();
        npm.ExitCode.ShouldBe(0, $"npm ci failed: {await said}{await errors}");
        try
        {
            Directory.Move(arriving, home);
        }
        catch (IOException) when (Directory.Exists(home))
        {
            Directory.Delete(arriving, recursive: true);
        }

        return home;
    }

    private static bool Find(string program)
    {
        try
        {
            using var process = Process.Start(new ProcessStartInfo(program, ["--version"]) { UseShellExecute = false, RedirectStandardOutput = true, RedirectStandardError = true })!;
            process.WaitForExit();
            return process.ExitCode == 0;
        }
        catch (Win32Exception)
        {
            return false;
        }
    }
}

/// <summary>A test against a real peer from npm; skipped where npm is absent.</summary>
[AttributeUsage(AttributeTargets.Method)]
internal sealed class PeerFactAttribute : FactAttribute
{
    public PeerFactAttribute() => Skip = NpmPeer.Missing;
}
