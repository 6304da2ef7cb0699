using Loopai.Core.Access;
using Loopai.Core.Configuration;
using Loopai.Core.Data;
using Loopai.Core.Notifications;
using Microsoft.EntityFrameworkCore;

namespace Loopai.Core.Reports.Running;

/// <summary>Tells whoever stands behind a run that it failed for good. The portal's bell reads the run itself.</summary>
public sealed class ReportNotices(LoopaiData data, MailQueue mails, PortalSettings portal)
{
    internal async Task TellFailedAsync(ReportRun run, CancellationToken ct)
    {
        await using var db = await data.OpenAsync(Caller.Installation, ct);
        var email = await db.Memberships.Where(m => m.OrganizationId == run.OrganizationId && m.UserId == run.OwnerId && m.Status == Organizations.MembershipStatus.Active)
            .Join(db.Users, m => m.UserId, u => u.Id, (_, u) => u.Email).FirstOrDefaultAsync(ct);
        if (string.IsNullOrEmpty(email))
        {
            return;
        }

        var report = await db.Reports.Where(r => r.Id == run.ReportId).Select(r => r.Name).FirstAsync(ct);
        var slug = await db.Organizations.Where(o => o.Id == run.OrganizationId).Select(o => o.Slug).FirstAsync(ct);
        mails.Enqueue(new MailDraft(
            email, $"{report} could not be made",
            $"""
            The report {report} could not be made{(run.ScheduleId is null ? "" : " on its schedule")}, and is not tried again by itself.

            {run.Error}

            What happened, and a button to try it again:
            {portal.LinkBase()}/o/{slug}/reports/runs/{run.Id}
            """));
    }
}
