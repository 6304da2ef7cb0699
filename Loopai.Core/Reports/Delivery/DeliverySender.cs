using Loopai.Core.Access;
using Loopai.Core.Configuration;
using Loopai.Core.Data;
using Loopai.Core.Errors;
using Loopai.Core.Notifications;
using Loopai.Core.Reports.Running;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.Logging;

namespace Loopai.Core.Reports.Delivery;

/// <summary>Works off the mails that runs owe. Each is claimed by one instance; what nobody can tell whether it was sent is left to a person.</summary>
public sealed class DeliverySender(
    LoopaiData data, IMailSender mail, PortalSettings portal, ReportsSettings settings, TimeProvider time, ILogger<DeliverySender> log)
{
    private const int AtOnce = 20;

    /// <summary>Longer than handing over a mail takes.</summary>
    private static readonly TimeSpan Lease = TimeSpan.FromMinutes(5);

    /// <summary>Somebody may be about to configure a server; whoever does so a month later must not flood everybody with the past.</summary>
    private static readonly TimeSpan PatienceWithoutServer = TimeSpan.FromDays(1);

    /// <summary>How long to wait after so many failures: 1, 4, 16 and 64 minutes, then 4 hours.</summary>
    public static TimeSpan WaitAfter(int attempts) => TimeSpan.FromMinutes(Math.Pow(4, Math.Clamp(attempts, 1, 5) - 1));

    /// <summary>Sends what is due; how many mails were sent.</summary>
    public async Task<int> SendDueAsync(CancellationToken ct)
    {
        var sent = 0;
        foreach (var delivery in await FindDueAsync(ct))
        {
            sent += delivery.Status == DeliveryStatus.Sending ? await GiveUpAsync(delivery, ct) : await SendAsync(delivery, ct) ? 1 : 0;
        }

        return sent;
    }

    private async Task<List<ReportDelivery>> FindDueAsync(CancellationToken ct)
    {
        var now = time.GetUtcNow();
        await using var db = await data.OpenAsync(Caller.Installation, ct);
        return await db.ReportDeliveries.AsNoTracking().Where(d => d.NextAttemptAt <= now).OrderBy(d => d.NextAttemptAt).Take(AtOnce).ToListAsync(ct);
    }

    /// <summary>Whoever was sending this is not heard of any more.</summary>
    private async Task<int> GiveUpAsync(ReportDelivery delivery, CancellationToken ct)
    {
        if (await WriteAsync(
            delivery, DeliveryStatus.Uncertain, null, "The portal ended while it sent this. It may have arrived; send it again only where it did not.", null, ct))
        {
            log.LogWarning("The report mail {Delivery} may have been sent or not; a person has to decide", delivery.Id);
        }

        return 0;
    }

    private async Task<bool> SendAsync(ReportDelivery delivery, CancellationToken ct)
    {
        var token = DeliveryLinks.NewToken();
        if (!mail.IsConfigured)
        {
            if (delivery.CreatedAt > Now() - PatienceWithoutServer)
            {
                return false;
            }

            await WriteAsync(delivery, DeliveryStatus.Failed, null, "No mail server is configured. Whoever runs this portal can set Mail:Host.", null, ct);
            return false;
        }

        if (await ComposeAsync(delivery, token, ct) is not { } draft)
        {
            await WriteAsync(delivery, DeliveryStatus.Failed, null, "The files of this run are gone. Run the report again.", null, ct);
            return false;
        }

        delivery.Attempts++;
        if (!await WriteAsync(delivery, DeliveryStatus.Sending, Now() + Lease, null, token, ct))
        {
            return false;
        }

        var attempts = delivery.Attempts;
        try
        {
            await mail.SendAsync(draft, ct);
        }
        catch (UnavailableException e) when (e.Code == IMailSender.UncertainCode)
        {
            await WriteAsync(delivery, DeliveryStatus.Uncertain, null, $"{e.Message} It may have arrived; send it again only where it did not.", null, ct);
            return false;
        }
        catch (UnavailableException e)
        {
            var over = attempts >= ReportDelivery.MaxAttempts;
            await WriteAsync(delivery, over ? DeliveryStatus.Failed : DeliveryStatus.Waiting, over ? null : Now() + WaitAfter(attempts), e.Message, null, ct);
            return false;
        }

        // The mail is out: that it is has to be written down even while the portal stops.
        return await WriteAsync(delivery, DeliveryStatus.Sent, null, null, null, CancellationToken.None);
    }

    private async Task<MailDraft?> ComposeAsync(ReportDelivery delivery, string token, CancellationToken ct)
    {
        await using var db = await data.OpenAsync(Caller.System(delivery.OrganizationId), ct);
        var body = await db.ReportFiles.Where(f => f.RunId == delivery.RunId && f.Audience == delivery.Audience && f.Format == ReportFormat.Html).Select(f => f.Content).FirstOrDefaultAsync(ct);
        if (body is null)
        {
            return null;
        }

        var files = await db.ReportFiles.Where(f => f.RunId == delivery.RunId && f.Audience == delivery.Audience && f.Format != ReportFormat.Html)
            .Select(f => new RunFile(f.Id, f.Format, f.Name, f.ContentType, f.Size, f.CreatedAt, f.ExpiresAt)).ToListAsync(ct);
        files.Sort((a, b) => a.Format.CompareTo(b.Format));
        var attach = files.Count == 0 || files.Sum(f => f.Size) <= settings.MaxAttachmentMb * 1024L * 1024;
        var ids = files.Select(f => f.Id).ToList();
        var attached = attach ? await db.ReportFiles.AsNoTracking().Where(f => ids.Contains(f.Id)).ToListAsync(ct) : [];
        var report = MailBody.Read(body);
        var words = !attach ? null : files.Count == 0 ? "" : $"Attached: {string.Join(", ", files.Select(f => f.Name))}";
        string Links(bool asHtml) => DeliveryLinks.Words(portal.LinkBase(), token, files, words, asHtml);
        return new MailDraft(
            delivery.Address, report.Subject, report.Text.Replace(MailBody.LinksHere, Links(asHtml: false), StringComparison.Ordinal),
            report.Html.Replace(MailBody.LinksHere, Links(asHtml: true), StringComparison.Ordinal))
        {
            Attachments = [.. attached.OrderBy(f => f.Format).Select(f => new MailFile(f.Name, f.ContentType, f.Content))],
            Pictures = [.. report.Pictures.Select(p => new MailFile(p.Name, p.ContentType, p.Content))],
            Headers = new Dictionary<string, string>(StringComparer.Ordinal)
            {
                // RFC 2369 and 8058: one press in the reader's own program ends it.
                ["List-Unsubscribe"] = $"<{portal.LinkBase()}{DeliveryLinks.UnsubscribePath}?token={token}>",
                ["List-Unsubscribe-Post"] = "List-Unsubscribe=One-Click",
                // The same for every attempt, so that a server or reader that has it already can tell.
                ["Message-ID"] = $"<{delivery.Id:n}@{new Uri(portal.LinkBase()).Host}>",
                ["Auto-Submitted"] = "auto-generated",
            },
        };
    }

    /// <summary>False when another instance was faster, or somebody else changed it.</summary>
    private async Task<bool> WriteAsync(ReportDelivery delivery, DeliveryStatus to, DateTimeOffset? next, string? error, string? token, CancellationToken ct)
    {
        var (from, held, attempts) = (delivery.Status, delivery.NextAttemptAt, delivery.Attempts);
        var hash = token is null ? delivery.TokenHash : DeliveryLinks.HashOf(token);
        var sentAt = to == DeliveryStatus.Sent ? Now() : (DateTimeOffset?)null;
        await using var db = await data.OpenAsync(Caller.System(delivery.OrganizationId), ct);
        var written = await db.ReportDeliveries.Where(d => d.Id == delivery.Id && d.Status == from && d.NextAttemptAt == held).ExecuteUpdateAsync(
            set => set.SetProperty(d => d.Status, to).SetProperty(d => d.NextAttemptAt, next).SetProperty(d => d.Error, RunLease.Cut(error)).SetProperty(d => d.Attempts, attempts)
                .SetProperty(d => d.TokenHash, hash).SetProperty(d => d.SentAt, sentAt),
            ct) == 1;
        (delivery.Status, delivery.NextAttemptAt, delivery.TokenHash) = written ? (to, next, hash) : (from, held, delivery.TokenHash);
        return written;
    }

    /// <summary>Whole milliseconds: what is read back has to equal what was written.</summary>
    private DateTimeOffset Now() => DateTimeOffset.FromUnixTimeMilliseconds(time.GetUtcNow().ToUnixTimeMilliseconds());
}
