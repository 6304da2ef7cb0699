using Loopai.Core.Access;
using Loopai.Core.Audit;
using Loopai.Core.Data;
using Loopai.Core.Errors;
using Loopai.Core.Plugins.Installations;
using Loopai.Core.Plugins.Registry;
using Microsoft.EntityFrameworkCore;

namespace Loopai.Core.Plugins.Marketplace;

/// <summary>What organizations that ran a plugin say of it, and what its publisher answers. Who wrote a review is never told.</summary>
public sealed class PluginReviews(LoopaiData data, TimeProvider time)
{
    /// <summary>As many organizations have to report a review before it is hidden.</summary>
    public const int ReportsToHide = 3;

    /// <summary>The newest first. Hidden ones are left out, except for who wrote them.</summary>
    public async Task<Page<PluginReviewItem>> ListAsync(Caller caller, string key, PageRequest page, CancellationToken ct)
    {
        caller.Demand(Permissions.PluginsRead);
        page.Validated();
        var after = Cursor.Decode<After>(page.Cursor);
        await using var db = await data.OpenAsync(caller, ct);
        var plugin = await db.FindPluginAsync(key, ct);
        var reviews = await db.PluginReviews.AsNoTracking()
            .Where(r => r.PluginId == plugin.Id && (r.HiddenAt == null || r.OrganizationId == caller.OrganizationId))
            .Where(r => after == null || r.UpdatedAt < after.At || (r.UpdatedAt == after.At && r.Id.CompareTo(after.Id) < 0))
            .OrderByDescending(r => r.UpdatedAt).ThenByDescending(r => r.Id).Take(page.Limit + 1).ToListAsync(ct);
        var shown = reviews.Take(page.Limit).ToList();
        var ids = shown.ConvertAll(r => r.Id);
        var replies = await db.PluginReviewReplies.AsNoTracking().Where(r => ids.Contains(r.ReviewId)).ToDictionaryAsync(r => r.ReviewId, ct);
        return new Page<PluginReviewItem>(
            [.. shown.Select(r => new PluginReviewItem(r, r.OrganizationId == caller.OrganizationId, replies.GetValueOrDefault(r.Id)))],
            reviews.Count > page.Limit ? Cursor.Encode(new After(shown[^1].UpdatedAt, shown[^1].Id)) : null);
    }

    /// <summary>What the caller's organization said, and whether it may.</summary>
    public async Task<PluginReviewStanding> StandingAsync(Caller caller, string key, CancellationToken ct)
    {
        caller.Demand(Permissions.PluginsRead);
        await using var db = await data.OpenAsync(caller, ct);
        var plugin = await db.FindPluginAsync(key, ct);
        var review = await db.PluginReviews.AsNoTracking().FirstOrDefaultAsync(r => r.PluginId == plugin.Id && r.OrganizationId == caller.OrganizationId, ct);
        var isOwnPlugin = plugin.OrganizationId == caller.OrganizationId;
        var calls = (await InstalledAsync(db, plugin, ct)).Calls;
        var item = review is null ? null : new PluginReviewItem(review, IsOwn: true, await db.PluginReviewReplies.AsNoTracking().FirstOrDefaultAsync(r => r.ReviewId == review.Id, ct));
        return new PluginReviewStanding(item, calls, isOwnPlugin, !isOwnPlugin && (review is not null || calls >= PluginReview.CallsNeeded) && caller.May(Permissions.PluginsManage));
    }

    /// <summary>Says it, or says it anew: an organization has one review of a plugin.</summary>
    /// <exception cref="ConflictException">The organization did not run the plugin enough, or it is its own.</exception>
    public async Task<PluginReviewItem> PutAsync(Caller caller, string key, int? stars, string? text, CancellationToken ct)
    {
        caller.Demand(Permissions.PluginsManage);
        var words = string.IsNullOrWhiteSpace(text) ? null : text.Trim();
        new FieldErrors()
            .AddIf(stars is not (>= 1 and <= 5), "stars", "Give 1 to 5 stars.")
            .AddIf(words?.Length > PluginReview.MaxTextLength, "text", $"At most {PluginReview.MaxTextLength} characters.")
            .ThrowIfAny("plugin.invalid_review", "The plugin cannot be rated like this.");
        await using var db = await data.OpenAsync(caller, ct);
        var plugin = await db.FindPluginAsync(key, ct);
        if (plugin.OrganizationId == caller.OrganizationId)
        {
            throw RegistryErrors.OwnPlugin();
        }

        var (installation, calls) = await InstalledAsync(db, plugin, ct);
        var review = await db.PluginReviews.FirstOrDefaultAsync(r => r.PluginId == plugin.Id && r.OrganizationId == caller.OrganizationId, ct);
        if (review is null && calls < PluginReview.CallsNeeded)
        {
            throw RegistryErrors.NotRunEnough(calls, PluginReview.CallsNeeded);
        }

        var now = time.GetUtcNow();
        if (review is null)
        {
            review = new PluginReview
            {
                Id = Guid.CreateVersion7(), OrganizationId = caller.OrganizationId, PluginId = plugin.Id, IsPublic = plugin.IsPublic, Stars = stars!.Value, Text = words,
                Version = installation!.Version, CreatedAt = now, UpdatedAt = now,
            };
            db.PluginReviews.Add(review);
        }
        else
        {
            (review.Stars, review.Text, review.UpdatedAt) = (stars!.Value, words, now);
            review.Version = installation?.Version ?? review.Version;
        }

        db.Record(caller, "plugin.reviewed", PluginLifecycle.Kind, plugin.Id, new { name = key, stars });
        await SaveAsync(db, ct);
        await CountAsync(plugin.Id, ct);
        return new PluginReviewItem(review, IsOwn: true, await db.PluginReviewReplies.AsNoTracking().FirstOrDefaultAsync(r => r.ReviewId == review.Id, ct));
    }

    /// <summary>Takes the organization's own review back.</summary>
    public async Task DeleteAsync(Caller caller, string key, CancellationToken ct)
    {
        caller.Demand(Permissions.PluginsManage);
        await using var db = await data.OpenAsync(caller, ct);
        var plugin = await db.FindPluginAsync(key, ct);
        var review = await db.PluginReviews.FirstOrDefaultAsync(r => r.PluginId == plugin.Id && r.OrganizationId == caller.OrganizationId, ct) ?? throw RegistryErrors.NoReview(key);
        if (review.HiddenAt is not null)
        {
            // Or the next one would be a clean page.
            throw RegistryErrors.ReviewHidden();
        }

        db.PluginReviews.Remove(review);
        db.Record(caller, "plugin.review_deleted", PluginLifecycle.Kind, plugin.Id, new { name = key });
        await db.SaveChangesAsync(ct);
        await CountAsync(plugin.Id, ct);
    }

    /// <summary>Answers a review, or changes the answer; an empty text takes it back.</summary>
    public async Task ReplyAsync(Caller caller, string key, Guid reviewId, string? text, CancellationToken ct)
    {
        caller.Demand(Permissions.PluginsPublish);
        var words = text?.Trim() ?? "";
        new FieldErrors().AddIf(words.Length > PluginReviewReply.MaxTextLength, "text", $"At most {PluginReviewReply.MaxTextLength} characters.")
            .ThrowIfAny("plugin.invalid_reply", "The review cannot be answered like this.");
        await using var db = await data.OpenAsync(caller, ct);
        var plugin = await db.Plugins.AsNoTracking().FirstOrDefaultAsync(p => p.Key == key && p.OrganizationId == caller.OrganizationId, ct) ?? throw RegistryErrors.PluginNotFound(key);
        await db.DemandRoleAsync(caller, await db.Publishers.AsNoTracking().FirstAsync(p => p.Id == plugin.PublisherId, ct), PublisherRole.Contributor, ct);
        var review = await FindAsync(db, caller, plugin, reviewId, ct);
        var reply = await db.PluginReviewReplies.FirstOrDefaultAsync(r => r.ReviewId == review.Id, ct);
        var now = time.GetUtcNow();
        if (reply is not null && words.Length == 0)
        {
            db.PluginReviewReplies.Remove(reply);
        }
        else if (reply is not null)
        {
            (reply.Text, reply.UpdatedAt) = (words, now);
        }
        else if (words.Length > 0)
        {
            db.PluginReviewReplies.Add(new PluginReviewReply
            {
                ReviewId = review.Id, OrganizationId = caller.OrganizationId, PluginId = plugin.Id, IsPublic = plugin.IsPublic, Text = words, UpdatedAt = now,
            });
        }

        db.Record(caller, "plugin.review_answered", PluginLifecycle.Kind, plugin.Id, new { name = key, reviewId });
        await SaveAsync(db, ct);
    }

    /// <summary>Reports a review as abuse. Reported by enough organizations, it is hidden and counts no more.</summary>
    public async Task ReportAsync(Caller caller, string key, Guid reviewId, string? reason, CancellationToken ct)
    {
        caller.Demand(Permissions.PluginsManage);
        var words = reason?.Trim() ?? "";
        new FieldErrors().AddIf(words.Length is 0 or > PluginReviewReport.MaxReasonLength, "reason", $"Say what is wrong with it, in at most {PluginReviewReport.MaxReasonLength} characters.")
            .ThrowIfAny("plugin.invalid_report", "The review cannot be reported like this.");
        Guid pluginId;
        await using (var db = await data.OpenAsync(caller, ct))
        {
            var plugin = await db.FindPluginAsync(key, ct);
            pluginId = plugin.Id;
            var review = await FindAsync(db, caller, plugin, reviewId, ct);
            if (review.OrganizationId == caller.OrganizationId)
            {
                throw RegistryErrors.OwnReview();
            }

            if (await db.PluginReviewReports.FirstOrDefaultAsync(r => r.ReviewId == review.Id, ct) is { } known)
            {
                known.Reason = words;
            }
            else
            {
                db.PluginReviewReports.Add(new PluginReviewReport { Id = Guid.CreateVersion7(), OrganizationId = caller.OrganizationId, ReviewId = review.Id, Reason = words, At = time.GetUtcNow() });
            }

            db.Record(caller, "plugin.review_reported", PluginLifecycle.Kind, plugin.Id, new { name = key, reviewId, reason = words });
            await SaveAsync(db, ct);
        }

        await using var all = await data.OpenAsync(Caller.Installation, ct);
        if (await all.PluginReviewReports.CountAsync(r => r.ReviewId == reviewId, ct) >= ReportsToHide)
        {
            var now = time.GetUtcNow();
            await all.PluginReviews.Where(r => r.Id == reviewId && r.HiddenAt == null).ExecuteUpdateAsync(set => set.SetProperty(r => r.HiddenAt, now), ct);
            await CountAsync(pluginId, ct);
        }
    }

    /// <summary>The plugin's own figures, which are its publisher's rows: Loopai writes them, from what all organizations said.</summary>
    private async Task CountAsync(Guid pluginId, CancellationToken ct)
    {
        await using var db = await data.OpenAsync(Caller.Installation, ct);
        await db.Plugins.Where(p => p.Id == pluginId).ExecuteUpdateAsync(
            set => set
                .SetProperty(p => p.Ratings, p => db.PluginReviews.Count(r => r.PluginId == p.Id && r.HiddenAt == null))
                .SetProperty(p => p.Stars, p => db.PluginReviews.Where(r => r.PluginId == p.Id && r.HiddenAt == null).Sum(r => r.Stars)),
            ct);
    }

    private static async Task<PluginReview> FindAsync(LoopaiDbContext db, Caller caller, Plugin plugin, Guid id, CancellationToken ct) =>
        await db.PluginReviews.AsNoTracking()
            .FirstOrDefaultAsync(r => r.Id == id && r.PluginId == plugin.Id && (r.HiddenAt == null || r.OrganizationId == caller.OrganizationId), ct) ?? throw RegistryErrors.ReviewNotFound(id);

    private static async Task<(PluginInstallation? Installation, long Calls)> InstalledAsync(LoopaiDbContext db, Plugin plugin, CancellationToken ct)
    {
        var installation = await db.Set<PluginInstallation>().AsNoTracking().FirstOrDefaultAsync(i => i.PluginId == plugin.Id, ct);
        return (installation, installation is null ? 0 : await db.Set<PluginHealth>().Where(h => h.InstallationId == installation.Id).SumAsync(h => h.Calls, ct));
    }

    private static async Task SaveAsync(LoopaiDbContext db, CancellationToken ct)
    {
        try
        {
            await db.SaveChangesAsync(ct);
        }
        catch (DbUpdateException e) when (e.IsRace())
        {
            throw RegistryErrors.PluginChanged();
        }
    }

    private sealed record After(DateTimeOffset At, Guid Id);
}
