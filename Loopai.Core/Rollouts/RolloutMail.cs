using Loopai.Core.Access;
using Loopai.Core.Configuration;
using Loopai.Core.Data;
using Loopai.Core.Errors;
using Loopai.Core.Notifications;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.Logging;

namespace Loopai.Core.Rollouts;

/// <summary>Writes to whoever started a rollout how it ended by itself.</summary>
public sealed class RolloutMail(LoopaiData data, IMailSender mail, PortalSettings portal, ILogger<RolloutMail> log)
{
    internal async Task TellAsync(Rollout rollout, string task, RolloutStatus status, string sentence, CancellationToken ct)
    {
        if (!mail.IsConfigured || rollout.StartedById is not { } person)
        {
            return;
        }

        await using var db = await data.OpenAsync(Caller.Installation, ct);
        var email = await db.Users.Where(u => u.Id == person).Select(u => u.Email).FirstOrDefaultAsync(ct);
        var slug = await db.Organizations.Where(o => o.Id == rollout.OrganizationId).Select(o => o.Slug).FirstOrDefaultAsync(ct);
        if (email is null || slug is null)
        {
            return;
        }

        var ended = status == RolloutStatus.RolledBack ? "was rolled back" : "answers the task now";
        try
        {
            await mail.SendAsync(
                new MailDraft(
                    email, $"{task}: version {rollout.Version} {ended}",
                    $"""
                    Version {rollout.Version} of {task} {ended}. {sentence}

                    {portal.LinkBase()}/o/{slug}/tasks/{rollout.TaskId}/rollout
                    """),
                ct);
        }
        catch (UnavailableException e)
        {
            log.LogWarning(e, "Nobody could be told how the rollout {Rollout} ended", rollout.Id);
        }
    }
}
