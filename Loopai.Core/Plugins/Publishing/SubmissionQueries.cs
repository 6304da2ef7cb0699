using System.Text.Json;
using Loopai.Core.Data;
using Loopai.Core.Plugins.Packages;
using Microsoft.EntityFrameworkCore;
using NuGet.Versioning;

namespace Loopai.Core.Plugins.Publishing;

/// <summary>Reads submissions and what belongs to them.</summary>
internal static class SubmissionQueries
{
    private const int Around = 2;
    private const int MaxLine = 240;

    /// <exception cref="Errors.NotFoundException">It is not there, or another organization's.</exception>
    public static async Task<PluginSubmission> FindSubmissionAsync(this LoopaiDbContext db, Guid id, CancellationToken ct) =>
        await db.PluginSubmissions.FirstOrDefaultAsync(s => s.Id == id, ct) ?? throw PublishingErrors.NotFound(id);

    /// <summary>The steps of its last run, in their order.</summary>
    public static async Task<List<PluginSubmissionStep>> StepsAsync(this LoopaiDbContext db, PluginSubmission submission, CancellationToken ct)
    {
        var steps = await db.PluginSubmissionSteps.Where(s => s.SubmissionId == submission.Id && s.Run == submission.Run).ToListAsync(ct);
        return [.. steps.OrderBy(s => s.Step)];
    }

    /// <summary>Whether somebody did this to it, in any of its runs.</summary>
    public static Task<bool> WasAsync(this LoopaiDbContext db, PluginSubmission submission, SubmissionEventKind kind, CancellationToken ct) =>
        db.PluginSubmissionEvents.AnyAsync(e => e.SubmissionId == submission.Id && e.Kind == kind, ct);

    /// <summary>The bytes; null once they are not kept any more.</summary>
    public static async Task<byte[]?> BytesAsync(this LoopaiDbContext db, PluginSubmission submission, CancellationToken ct) =>
        await db.PluginSubmissionPackages.Where(p => p.SubmissionId == submission.Id).Select(p => p.Bytes).FirstOrDefaultAsync(ct)
        ?? await db.PluginPackages.Where(p => p.PluginVersionId == submission.PluginVersionId).Select(p => p.Bytes).FirstOrDefaultAsync(ct);

    /// <summary>The newest version below this one, with its files.</summary>
    public static async Task<(Guid Id, PluginManifest Manifest, IReadOnlyDictionary<string, string> Files)?> BeforeAsync(this LoopaiDbContext db, PluginManifest manifest, CancellationToken ct)
    {
        var key = manifest.Id.Key;
        var versions = await db.PluginVersions.Join(db.Plugins.Where(p => p.Key == key), v => v.PluginId, p => p.Id, (v, _) => new { v.Id, v.Version }).ToListAsync(ct);
        var before = versions.Select(v => (v.Id, Version: SemanticVersion.Parse(v.Version))).Where(v => v.Version < manifest.Version).OrderByDescending(v => v.Version).FirstOrDefault();
        if (before.Version is null)
        {
            return null;
        }

        var stored = await db.PluginVersions.AsNoTracking().Where(v => v.Id == before.Id).Select(v => new { v.Manifest, v.Files }).SingleAsync(ct);
        return (before.Id, PluginManifest.Parse(stored.Manifest), JsonSerializer.Deserialize<Dictionary<string, string>>(stored.Files)!);
    }

    /// <summary>Findings with the lines around them.</summary>
    public static IReadOnlyList<ShownFinding> Show(PluginSubmissionStep step, PluginPackage? package) => 
        [.. FindingJson.Read(step.Findings).OrderByDescending(f => f.Severity).ThenBy(f => f.File, StringComparer.Ordinal).ThenBy(f => f.Line).Select(f => new ShownFinding(f, Excerpt(f, package)))];

    private static IReadOnlyList<SourceLine> Excerpt(PluginFinding finding, PluginPackage? package)
    {
        if (package is null || finding is not { File: { } file, Line: { } line } || !package.Files.ContainsKey(file))
        {
            return [];
        }

        var lines = package.Text(file).Replace("\r\n", "\n", StringComparison.Ordinal).Split('\n');
        var from = Math.Max(1, line - Around);
        return [.. Enumerable.Range(from, Math.Max(0, Math.Min(lines.Length, line + Around) - from + 1)).Select(n => new SourceLine(n, Shortened(lines[n - 1])))];
    }

    private static string Shortened(string line)
    {
        var seen = VisibleText.Of(line);
        return seen.Length <= MaxLine ? seen : seen[..MaxLine] + "…";
    }
}
