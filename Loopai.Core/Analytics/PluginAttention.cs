using Loopai.Core.Access;
using Loopai.Core.Data;
using Loopai.Core.Plugins.Publishing;
using Microsoft.EntityFrameworkCore;

namespace Loopai.Core.Analytics;

/// <summary>What plugins ask of people: of those who use them, who submit them, and who review them.</summary>
internal static class PluginAttention
{
    private const int Most = 20;
    private static readonly TimeSpan Day = TimeSpan.FromDays(1);
    private static readonly TimeSpan Week = TimeSpan.FromDays(7);
    private static readonly TimeSpan Month = TimeSpan.FromDays(30);

    public static async Task<IEnumerable<AttentionItem>> PluginAttentionAsync(this LoopaiDbContext db, Caller caller, DateTimeOffset now, CancellationToken ct)
    {
        List<AttentionItem> items = [.. await InstalledAsync(db, caller, now - Month, ct)];
        items.AddRange(await SubmittedAsync(db, caller, now, ct));
        if (caller.May(Permissions.PluginsReview))
        {
            items.AddRange(
                from waiting in await db.PluginSubmissions.AsNoTracking().Where(s => s.State == SubmissionState.InReview).OrderBy(s => s.Id).Take(Most).ToListAsync(ct)
                select new AttentionItem(AttentionKind.PluginInReview, waiting.Id, Name(waiting), Since: waiting.CreatedAt));
        }

        return items;
    }

    /// <summary>For who manages plugins, and for whoever installed it: what is called no more, and what its author has taken back lately.</summary>
    private static async Task<IEnumerable<AttentionItem>> InstalledAsync(LoopaiDbContext db, Caller caller, DateTimeOffset since, CancellationToken ct)
    {
        var (all, person) = (caller.May(Permissions.PluginsManage), caller.PersonId);
        var installed = await db.PluginInstallations.AsNoTracking().Where(i => all || (person != null && i.InstalledById == person))
            .Select(i => new
            {
                i.Id, i.DisplayName, i.QuarantinedAt,
                YankedAt = db.PluginVersions.Where(v => v.Id == i.VersionId).Select(v => v.YankedAt).FirstOrDefault(),
                DeprecatedAt = db.Plugins.Where(p => p.Id == i.PluginId).Select(p => p.DeprecatedAt).FirstOrDefault(),
            })
            .Where(i => i.QuarantinedAt != null || i.YankedAt > since || i.DeprecatedAt > since).ToListAsync(ct);
        return installed.Select(i => i switch
        {
            { QuarantinedAt: { } at } => new AttentionItem(AttentionKind.PluginQuarantined, i.Id, i.DisplayName, Since: at),
            { YankedAt: { } at } when at > since => new AttentionItem(AttentionKind.PluginYanked, i.Id, i.DisplayName, Since: at),
            _ => new AttentionItem(AttentionKind.PluginDeprecated, i.Id, i.DisplayName, Since: i.DeprecatedAt),
        });
    }

    /// <summary>What became of a person's last submission of each plugin. What a build server submits with a key of nobody's is told to all who publish.</summary>
    private static async Task<IEnumerable<AttentionItem>> SubmittedAsync(LoopaiDbContext db, Caller caller, DateTimeOffset now, CancellationToken ct)
    {
        var (orphans, person, week, day) = (caller.May(Permissions.PluginsPublish), caller.PersonId, now - Week, now - Day);
        var ended = await db.PluginSubmissions.AsNoTracking()
            .Where(s => (s.State == SubmissionState.Failed && s.FinishedAt > week) || (s.State == SubmissionState.Published && s.FinishedAt > day))
            .Where(s => (person != null && s.CreatedById == person) || (orphans && s.CreatedById == null))
            .Where(s => !db.PluginSubmissions.Any(later => later.Key == s.Key && later.CreatedAt > s.CreatedAt))
            .OrderByDescending(s => s.Id).Take(Most).ToListAsync(ct);
        return ended.Select(s => new AttentionItem(s.State == SubmissionState.Failed ? AttentionKind.PluginStopped : AttentionKind.PluginPublished, s.Id, Name(s), Since: s.FinishedAt));
    }

    private static string Name(PluginSubmission submission) => submission.Key is { } key ? $"{key} {submission.Version}" : "A package that cannot be read";
}
