using Loopai.Core.Access;
using Loopai.Core.Audit;
using Loopai.Core.Configuration;
using Loopai.Core.Data;
using Loopai.Core.Notifications;
using Loopai.Core.Plugins.Installations;
using Loopai.Core.Webhooks;
using Microsoft.EntityFrameworkCore;

namespace Loopai.Core.Plugins.Runtime;

/// <summary>Takes a plugin out of use that fails again and again, and tells whoever installed it.</summary>
public sealed class PluginQuarantine(LoopaiData data, MailQueue mails, PortalSettings portal, TimeProvider time)
{
    internal async Task PutAsync(LivePlugin plugin, string error, CancellationToken ct)
    {
        var (caller, now) = (Caller.System(plugin.OrganizationId), time.GetUtcNow());
        var reason = StorableText.Of($"It failed {PluginBreaker.QuarantinesAt} times in a row. The last time: {error}", PluginInstallation.MaxReasonLength);
        await using var db = await data.OpenAsync(caller, ct);
        var installation = await db.PluginInstallations.FirstOrDefaultAsync(i => i.Id == plugin.InstallationId, ct);
        if (installation is not { QuarantinedAt: null })
        {
            return;
        }

        // A version that is only being tried is taken back; the one before it goes on.
        var isTried = installation.StagedVersion == plugin.Version;
        if (isTried)
        {
            db.TakeBack(installation, caller, reason);
        }
        else
        {
            (installation.QuarantinedAt, installation.QuarantineReason) = (now, reason);
            db.Record(caller, "plugin.quarantined", PluginInstallationService.Kind, installation.Id, AuditResult.Success, reason, new { installation.Key, plugin.Version });
            db.Publish(plugin.OrganizationId, WebhookTypes.PluginQuarantined, new { installationId = installation.Id, plugin = plugin.Key, plugin.Version, reason });
        }

        installation.Revision++;
        try
        {
            await db.SaveChangesAsync(ct);
        }
        catch (DbUpdateConcurrencyException)
        {
            return;
        }

        if (!isTried)
        {
            PluginMetrics.Quarantined();
            await TellAsync(installation, reason, ct);
        }
    }

    private async Task TellAsync(PluginInstallation installation, string reason, CancellationToken ct)
    {
        if (installation.InstalledById is not { } person
            || !(await data.NamesAsync(installation.OrganizationId, [person], ct)).TryGetValue(person, out var name) || name.Email.Length == 0)
        {
            return;
        }

        await using var db = await data.OpenAsync(Caller.Installation, ct);
        var slug = await db.Organizations.Where(o => o.Id == installation.OrganizationId).Select(o => o.Slug).FirstAsync(ct);
        mails.Enqueue(new MailDraft(
            name.Email, $"The plugin {installation.DisplayName} is in quarantine",
            $"""
            Loopai calls {installation.Key} no more. {reason}

            Executions are answered as before. When the cause is mended, take the plugin out of quarantine here:

            {portal.LinkBase()}/o/{slug}/plugins/installed/{installation.Id}
            """));
    }
}
