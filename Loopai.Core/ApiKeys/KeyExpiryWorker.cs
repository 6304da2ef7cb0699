using Loopai.Core.Access;
using Loopai.Core.Configuration;
using Loopai.Core.Data;
using Loopai.Core.Errors;
using Loopai.Core.Notifications;
using Loopai.Core.Organizations;
using Loopai.Core.Workers;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.Logging;

namespace Loopai.Core.ApiKeys;

/// <summary>Writes to whoever made a key 14, 3 and 1 days before it ends: once each, whichever instance comes first.</summary>
public sealed class KeyExpiryWorker(LoopaiData data, IMailSender mail, PortalSettings portal, TimeProvider time, ILogger<KeyExpiryWorker> log)
    : PeriodicWorker(Period, time, log)
{
    private static readonly int[] Days = [1, 3, 14];
    private static readonly TimeSpan Period = TimeSpan.FromHours(1);

    protected override bool BeginsAtOnce => false;

    public override Task RunOnceAsync(CancellationToken ct) => WarnAsync(ct);

    /// <summary>Sends what is due; how many mails that were.</summary>
    public async Task<int> WarnAsync(CancellationToken ct)
    {
        if (!mail.IsConfigured)
        {
            return 0;
        }

        var now = Time.GetUtcNow();
        await using var db = await data.OpenAsync(Caller.Installation, ct);
        var latest = now.AddDays(Days[^1]);
        var due = await db.ApiKeys.AsNoTracking()
            .Where(k => k.RevokedAt == null && k.ExpiresAt > now && k.ExpiresAt <= latest && (k.WarnedDays == null || k.WarnedDays > Days[0]))
            .Join(db.Users, k => k.CreatedById, u => u.Id, (k, u) => new { k.Id, k.Name, k.ExpiresAt, k.WarnedDays, k.OrganizationId, UserId = u.Id, u.Email })
            .Where(k => k.Email != null && db.Memberships.Any(m => m.OrganizationId == k.OrganizationId && m.UserId == k.UserId && m.Status == MembershipStatus.Active))
            .Join(db.Organizations, k => k.OrganizationId, o => o.Id, (k, o) => new DueKey(k.Id, k.Name, k.ExpiresAt!.Value, k.WarnedDays, k.Email!, o.Slug, o.Name))
            .ToListAsync(ct);
        var sent = 0;
        foreach (var key in due)
        {
            var days = Days.First(d => key.ExpiresAt <= now.AddDays(d));
            if (key.WarnedDays is null || key.WarnedDays > days)
            {
                sent += await TryWarnAsync(db, key, days, ct) ? 1 : 0;
            }
        }

        return sent;
    }

    private async Task<bool> TryWarnAsync(LoopaiDbContext db, DueKey key, int days, CancellationToken ct)
    {
        // Claimed before it is sent, so that two instances send one; given back when the mail server does not take it.
        if (await db.ApiKeys.Where(k => k.Id == key.Id && k.WarnedDays == key.WarnedDays).ExecuteUpdateAsync(set => set.SetProperty(k => k.WarnedDays, days), ct) == 0)
        {
            return false;
        }

        try
        {
            await mail.SendAsync(Mail(key), ct);
            return true;
        }
        catch (UnavailableException e)
        {
            log.LogWarning(e, "The warning of the key {Key} was not sent; it is tried again in an hour", key.Id);
            await db.ApiKeys.Where(k => k.Id == key.Id).ExecuteUpdateAsync(set => set.SetProperty(k => k.WarnedDays, key.WarnedDays), ct);
            return false;
        }
    }

    private MailDraft Mail(DueKey key) => new(
        key.Email, $"The API key {key.Name} of {key.OrganizationName} ends on {key.ExpiresAt.UtcDateTime:d MMMM yyyy}",
        $"""
        The API key {key.Name} of {key.OrganizationName} ends on {key.ExpiresAt.UtcDateTime:d MMMM yyyy} at {key.ExpiresAt.UtcDateTime:HH:mm} UTC.
        Programs that use it are refused from then on. Make a new key before that, and revoke this one:

        {portal.LinkBase()}/o/{key.OrganizationSlug}/api-keys/{key.Id}
        """);

    private sealed record DueKey(Guid Id, string Name, DateTimeOffset ExpiresAt, int? WarnedDays, string Email, string OrganizationSlug, string OrganizationName);
}
