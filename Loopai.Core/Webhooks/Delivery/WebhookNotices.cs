using Loopai.Core.Access;
using Loopai.Core.Configuration;
using Loopai.Core.Data;
using Loopai.Core.Notifications;
using Microsoft.EntityFrameworkCore;

namespace Loopai.Core.Webhooks.Delivery;

/// <summary>Tells whoever made a subscription that Loopai switched it off. The portal's bell tells everybody who may see it.</summary>
public sealed class WebhookNotices(LoopaiData data, MailQueue mails, PortalSettings portal)
{
    internal async Task TellGoneAsync(WebhookSubscription subscription, CancellationToken ct)
    {
        if (subscription.CreatedById is not { } maker)
        {
            return;
        }

        // A name of the organization's members only: whoever has left it is told nothing more.
        var names = await data.NamesAsync(subscription.OrganizationId, [maker], ct);
        if (!names.TryGetValue(maker, out var person) || person.Email.Length == 0)
        {
            return;
        }

        await using var db = await data.OpenAsync(Caller.Installation, ct);
        var slug = await db.Organizations.Where(o => o.Id == subscription.OrganizationId).Select(o => o.Slug).FirstAsync(ct);
        mails.Enqueue(new MailDraft(
            person.Email, $"The webhook {subscription.Name} is off",
            $"""
            {subscription.Url} answered that it is gone (410), so nothing is sent to it any more.

            What happens meanwhile is not kept for it. When the receiver is back, switch the webhook on again:

            {portal.LinkBase()}/o/{slug}/webhooks/{subscription.Id}
            """));
    }
}
