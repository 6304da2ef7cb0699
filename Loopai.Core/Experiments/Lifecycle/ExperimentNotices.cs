using Loopai.Core.Access;
using Loopai.Core.Configuration;
using Loopai.Core.Data;
using Loopai.Core.Notifications;
using Microsoft.EntityFrameworkCore;

namespace Loopai.Core.Experiments.Lifecycle;

/// <summary>Tells whoever made an experiment what Loopai did with it by itself.</summary>
public sealed class ExperimentNotices(LoopaiData data, MailQueue mails, PortalSettings portal)
{
    public async Task TellAsync(Experiment experiment, string what, string why, CancellationToken ct)
    {
        if (experiment.CreatedById is not { } maker)
        {
            return;
        }

        var names = await data.NamesAsync(experiment.OrganizationId, [maker], ct);
        if (!names.TryGetValue(maker, out var person) || person.Email.Length == 0)
        {
            return;
        }

        await using var db = await data.OpenAsync(Caller.Installation, ct);
        var slug = await db.Organizations.Where(o => o.Id == experiment.OrganizationId).Select(o => o.Slug).FirstAsync(ct);
        mails.Enqueue(new MailDraft(
            person.Email, $"{experiment.Name}: {what}",
            $"""
            {what}

            {why}

            The evidence is on the experiment's page and in the audit log, where it can also be taken back.

            {portal.LinkBase()}/o/{slug}/experiments/{experiment.Id}
            """));
    }
}
