using Loopai.Core.Access;
using Loopai.Core.Data;
using Loopai.Core.Webhooks;
using Microsoft.AspNetCore.Http.HttpResults;

namespace Loopai.Portal.Api;

/// <summary>Webhooks: who is told of what, what was sent, and sending it again.</summary>
public static class WebhookEndpoints
{
    public static void MapWebhooks(this IEndpointRouteBuilder api)
    {
        var webhooks = api.MapGroup("/webhooks").WithTags("Webhooks");
        webhooks.MapGet("/event-types", ListTypes).WithSummary("Every type of event, with an example of what is sent");
        webhooks.MapPost("/", CreateAsync).WithSummary("Make a webhook; its secret is in this answer only");
        webhooks.MapGet("/", ListAsync).WithSummary("List webhooks, with what they did in the last day");
        webhooks.MapGet("/{id:guid}", GetAsync).WithSummary("Read a webhook");
        webhooks.MapPatch("/{id:guid}", UpdateAsync).WithSummary("Change a webhook, or switch it on or off; If-Match guards against overwriting");
        webhooks.MapDelete("/{id:guid}", DeleteAsync).WithSummary("Delete a webhook; what waits for it is not sent");
        webhooks.MapPost("/{id:guid}/rotate-secret", RotateAsync).WithSummary("Get another secret; the old one signs beside it for a while");
        webhooks.MapPost("/{id:guid}/test", TestAsync).WithSummary("Send a made-up event at once, and tell what came of it");
        webhooks.MapGet("/{id:guid}/deliveries", ListDeliveriesAsync).WithSummary("What was sent to a webhook, newest first");
        webhooks.MapGet("/{id:guid}/deliveries/{deliveryId:guid}", GetDeliveryAsync).WithSummary("One delivery with every attempt: request, answer and times");
        webhooks.MapPost("/{id:guid}/deliveries/{deliveryId:guid}/replay", ReplayAsync).WithSummary("Send one delivery again, with the same id");
        webhooks.MapPost("/{id:guid}/replay", ReplayRangeAsync).WithSummary("Send again what was sent between two moments, or only count it");
    }

    private static Ok<WebhookTypeList> ListTypes(Caller caller) => TypedResults.Ok(new WebhookTypeList([.. WebhookService.ListTypes(caller).Select(WebhookTypeResponse.Of)], null));

    private static async Task<Created<WebhookResponse>> CreateAsync(WebhookDefinition body, Caller caller, WebhookService webhooks, HttpResponse response, CancellationToken ct)
    {
        var created = await webhooks.CreateAsync(caller, body, ct);
        response.Headers.ETag = Revisions.ETag(created.Item.Subscription.Revision);
        return TypedResults.Created($"{ApiPipeline.Prefix}/webhooks/{created.Item.Subscription.Id}", WebhookResponse.Of(created.Item, created.Secret));
    }

    private static async Task<Ok<WebhookList>> ListAsync(Caller caller, WebhookService webhooks, CancellationToken ct) =>
        TypedResults.Ok(new WebhookList([.. (await webhooks.ListAsync(caller, ct)).Select(item => WebhookResponse.Of(item))], null));

    private static async Task<Ok<WebhookResponse>> GetAsync(Guid id, Caller caller, WebhookService webhooks, HttpResponse response, CancellationToken ct) =>
        Answer(await webhooks.GetAsync(caller, id, ct), response);

    private static async Task<Ok<WebhookResponse>> UpdateAsync(
        Guid id, WebhookDefinition body, Caller caller, WebhookService webhooks, HttpRequest request, HttpResponse response, CancellationToken ct) =>
        Answer(await webhooks.UpdateAsync(caller, id, body, Revisions.IfMatch(request), ct), response);

    private static async Task<NoContent> DeleteAsync(Guid id, Caller caller, WebhookService webhooks, CancellationToken ct)
    {
        await webhooks.DeleteAsync(caller, id, ct);
        return TypedResults.NoContent();
    }

    private static async Task<Ok<WebhookResponse>> RotateAsync(Guid id, WebhookRotationRequest body, Caller caller, WebhookService webhooks, HttpResponse response, CancellationToken ct)
    {
        var rotated = await webhooks.RotateSecretAsync(caller, id, body.OverlapHours, ct);
        response.Headers.ETag = Revisions.ETag(rotated.Item.Subscription.Revision);
        return TypedResults.Ok(WebhookResponse.Of(rotated.Item, rotated.Secret));
    }

    private static async Task<Ok<WebhookDeliveryResponse>> TestAsync(Guid id, Caller caller, WebhookLog log, CancellationToken ct) =>
        TypedResults.Ok(WebhookDeliveryResponse.Of(await log.TestAsync(caller, id, ct)));

    private static async Task<Ok<Page<WebhookDeliveryItem>>> ListDeliveriesAsync(
        Guid id, Caller caller, WebhookLog log, string? state, string? type, DateTimeOffset? from, DateTimeOffset? to, [AsParameters] PageQuery page, CancellationToken ct) =>
        TypedResults.Ok((await log.ListAsync(
            caller, id, new WebhookDeliveryFilter(QueryWords.Parse<WebhookDeliveryState>(state, "state"), type, from?.ToUniversalTime(), to?.ToUniversalTime()), page.ToRequest(), ct))
            .Select(WebhookDeliveryItem.Of));

    private static async Task<Ok<WebhookDeliveryResponse>> GetDeliveryAsync(Guid id, Guid deliveryId, Caller caller, WebhookLog log, CancellationToken ct) =>
        TypedResults.Ok(WebhookDeliveryResponse.Of(await log.GetAsync(caller, id, deliveryId, ct)));

    private static async Task<Ok<WebhookDeliveryItem>> ReplayAsync(Guid id, Guid deliveryId, Caller caller, WebhookLog log, CancellationToken ct) =>
        TypedResults.Ok(WebhookDeliveryItem.Of(await log.ReplayAsync(caller, id, deliveryId, ct)));

    private static async Task<Ok<WebhookReplayed>> ReplayRangeAsync(Guid id, WebhookReplayRequest body, Caller caller, WebhookLog log, CancellationToken ct) =>
        TypedResults.Ok(await log.ReplayAsync(
            caller, id, new WebhookReplay(body.From?.ToUniversalTime(), body.To?.ToUniversalTime(), QueryWords.Parse<WebhookReplayScope>(body.Which, "which"), body.DryRun ?? false), ct));

    private static Ok<WebhookResponse> Answer(WebhookItem item, HttpResponse response)
    {
        response.Headers.ETag = Revisions.ETag(item.Subscription.Revision);
        return TypedResults.Ok(WebhookResponse.Of(item));
    }
}
