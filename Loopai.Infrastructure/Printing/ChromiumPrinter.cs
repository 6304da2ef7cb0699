using System.ComponentModel;
using System.Diagnostics;
using System.Globalization;
using Loopai.Core.Configuration;
using Loopai.Core.Errors;
using Loopai.Core.Reports.Running;
using Microsoft.Extensions.Logging;

namespace Loopai.Infrastructure.Printing;

/// <summary>
/// Prints with a headless Chromium: one at a time, each with an empty profile of its own and no network, and with a time limit after which all of its processes are
/// ended. The pages are the portal's own, with what people wrote in them as text.
/// </summary>
public sealed class ChromiumPrinter(ReportsSettings settings, ILogger<ChromiumPrinter> log) : IPagePrinter, IDisposable
{
    private const string HowToGet = "Chromium is not on this machine. Install it (Debian, Ubuntu: apt-get install chromium), or name its file in Reports:Chromium.";

    private static readonly string[] Names = ["chromium", "chromium-browser", "google-chrome-stable", "google-chrome", "chrome"];
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(60);

    private readonly SemaphoreSlim _turn = new(1, 1);

    public string? Missing => Find() is null ? HowToGet : null;

    public Task<byte[]> PdfAsync(string html, CancellationToken ct) =>
        PrintAsync(html, "page.pdf", file => [$"--print-to-pdf={file}", "--no-pdf-header-footer", "--generate-pdf-document-outline", "--export-tagged-pdf"], ct);

    public Task<byte[]> PictureAsync(string html, int width, int height, CancellationToken ct) => PrintAsync(
        html, "page.png",
        file => [$"--screenshot={file}", string.Create(CultureInfo.InvariantCulture, $"--window-size={width},{height}"), "--force-device-scale-factor=2", "--hide-scrollbars"], ct);

    public void Dispose() => _turn.Dispose();

    private async Task<byte[]> PrintAsync(string html, string output, Func<string, string[]> task, CancellationToken ct)
    {
        var program = Find() ?? throw new UnavailableException("report.no_chromium", HowToGet);
        await _turn.WaitAsync(ct);
        var folder = Directory.CreateTempSubdirectory("loopai-print-");
        try
        {
            var (page, file) = (Path.Combine(folder.FullName, "page.html"), Path.Combine(folder.FullName, output));
            await File.WriteAllTextAsync(page, html, ct);
            var errors = await RunAsync(program, [.. CommonFlags(folder.FullName), .. task(file), new Uri(page).AbsoluteUri], folder.FullName, ct);
            if (!File.Exists(file))
            {
                log.LogWarning("Chromium printed nothing: {Errors}", errors);
                throw new UnavailableException("report.print_failed", "Chromium printed nothing. The portal's log has what it said.");
            }

            return await File.ReadAllBytesAsync(file, ct);
        }
        finally
        {
            _turn.Release();
            Remove(folder);
        }
    }

    private static string[] CommonFlags(string folder) =>
    [
        "--headless", "--disable-gpu", "--disable-quic", "--no-first-run", "--disable-background-networking", "--disable-component-update", "--disable-sync",
        "--disable-extensions", "--disable-dev-shm-usage", "--host-resolver-rules=MAP * ~NOTFOUND", $"--user-data-dir={Path.Combine(folder, "profile")}",
        // Chromium does not run its own sandbox as root.
        .. Environment.IsPrivilegedProcess ? ["--no-sandbox"] : Array.Empty<string>(),
    ];

    private static async Task<string> RunAsync(string program, string[] arguments, string folder, CancellationToken ct)
    {
        var start = new ProcessStartInfo(program, arguments) { UseShellExecute = false, WorkingDirectory = folder, RedirectStandardOutput = true, RedirectStandardError = true };
        var path = Environment.GetEnvironmentVariable("PATH");

        // Whatever secrets the portal was started with are none of its business.
        start.Environment.Clear();
        (start.Environment["PATH"], start.Environment["HOME"], start.Environment["LANG"]) = (path, folder, "C.UTF-8");
        using var process = Start(start);
        using var limit = CancellationTokenSource.CreateLinkedTokenSource(ct);
        limit.CancelAfter(Patience);
        try
        {
            var (said, errors) = (process.StandardOutput.ReadToEndAsync(limit.Token), process.StandardError.ReadToEndAsync(limit.Token));
            await process.WaitForExitAsync(limit.Token);
            await said;
            return await errors;
        }
        catch (OperationCanceledException) when (!ct.IsCancellationRequested)
        {
            throw new UnavailableException("report.print_timeout", $"Chromium took longer than {Patience.TotalSeconds:0} seconds.");
        }
        finally
        {
            if (!process.HasExited)
            {
                process.Kill(entireProcessTree: true);
            }
        }
    }

    private static Process Start(ProcessStartInfo start)
    {
        try
        {
            return Process.Start(start)!;
        }
        catch (Win32Exception e)
        {
            throw new UnavailableException("report.print_failed", $"Chromium could not be started: {e.Message}");
        }
    }

    private string? Find() => settings.Chromium.Length > 0
        ? File.Exists(settings.Chromium) ? settings.Chromium : null
        : Names.SelectMany(name => (Environment.GetEnvironmentVariable("PATH") ?? "").Split(Path.PathSeparator).Select(folder => Path.Combine(folder, name))).FirstOrDefault(File.Exists);

    /// <summary>A process that was just ended may still hold a file.</summary>
    private void Remove(DirectoryInfo folder)
    {
        try
        {
            folder.Delete(recursive: true);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            log.LogInformation(e, "The printer's folder {Folder} stays behind", folder.FullName);
        }
    }
}
