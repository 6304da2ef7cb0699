using Loopai.Core.Access;
using Loopai.Core.Plugins.Registry;
using Microsoft.AspNetCore.Http.HttpResults;

namespace Loopai.Portal.Api;

/// <summary>The names under which an organization publishes plugins, who may, and the proof of who it is.</summary>
public static class PublisherEndpoints
{
    public static void MapPublishers(this IEndpointRouteBuilder api)
    {
        var publishers = api.MapGroup("/publishers").WithTags("Plugins");
        publishers.MapGet("/", ListAsync).WithSummary("List the organization's publishers");
        publishers.MapPost("/", CreateAsync).WithSummary("Take a name; one that could be taken for another's is refused with the reason");
        publishers.MapGet("/offers", OffersAsync).WithSummary("Publishers that other organizations offer to this one");
        publishers.MapGet("/{name}", GetAsync).WithSummary("Read a publisher of one's own, or one that is public");
        publishers.MapPatch("/{name}", UpdateAsync).WithSummary("Change what is shown of a publisher; If-Match guards against overwriting");
        publishers.MapDelete("/{name}", DeleteAsync).WithSummary("Give a name back that nothing was published under");
        publishers.MapPut("/{name}/members/{userId:guid}", SetMemberAsync).WithSummary("Let somebody publish, or own the publisher");
        publishers.MapDelete("/{name}/members/{userId:guid}", RemoveMemberAsync).WithSummary("Take that back");
        publishers.MapPut("/{name}/domain", ClaimAsync).WithSummary("Say by which domain the publisher is to be verified; the answer says what to put there");
        publishers.MapPost("/{name}/verify", VerifyAsync).WithSummary("Look for the DNS record or the file now");
        publishers.MapPut("/{name}/offer", OfferAsync).WithSummary("Offer the publisher with its plugins to another organization, or take the offer back");
        publishers.MapPost("/{name}/accept", AcceptAsync).WithSummary("Take over a publisher that is offered");
    }

    private static async Task<Ok<PublisherList>> ListAsync(Caller caller, PublisherService publishers, CancellationToken ct) =>
        TypedResults.Ok(new PublisherList([.. (await publishers.ListAsync(caller, ct)).Select(item => PublisherResponse.Of(item))], null));

    private static async Task<Created<PublisherResponse>> CreateAsync(PublisherDefinition body, Caller caller, PublisherService publishers, HttpResponse response, CancellationToken ct)
    {
        var created = await publishers.CreateAsync(caller, body, ct);
        response.Headers.ETag = Revisions.ETag(created.Item.Publisher.Revision);
        return TypedResults.Created($"{ApiPipeline.Prefix}/publishers/{created.Item.Publisher.Name}", PublisherResponse.Of(created));
    }

    private static async Task<Ok<PublisherOfferList>> OffersAsync(Caller caller, PublisherPeople people, CancellationToken ct) =>
        TypedResults.Ok(new PublisherOfferList([.. (await people.OffersAsync(caller, ct)).Select(p => new PublisherOffer(p.Name, p.DisplayName, p.OfferedAt))], null));

    private static async Task<Ok<PublisherResponse>> GetAsync(string name, Caller caller, PublisherService publishers, HttpResponse response, CancellationToken ct) =>
        Answer(await publishers.GetAsync(caller, name, ct), response);

    private static async Task<Ok<PublisherResponse>> UpdateAsync(
        string name, PublisherDefinition body, Caller caller, PublisherService publishers, HttpRequest request, HttpResponse response, CancellationToken ct) =>
        Answer(await publishers.UpdateAsync(caller, name, body, Revisions.IfMatch(request), ct), response);

    private static async Task<NoContent> DeleteAsync(string name, Caller caller, PublisherService publishers, CancellationToken ct)
    {
        await publishers.DeleteAsync(caller, name, ct);
        return TypedResults.NoContent();
    }

    private static async Task<Ok<PublisherResponse>> SetMemberAsync(
        string name, Guid userId, PublisherMemberRequest body, Caller caller, PublisherPeople people, HttpResponse response, CancellationToken ct) =>
        Answer(await people.SetAsync(caller, name, userId, QueryWords.Parse<PublisherRole>(body.Role, "role") ?? PublisherRole.Contributor, ct), response);

    private static async Task<NoContent> RemoveMemberAsync(string name, Guid userId, Caller caller, PublisherPeople people, CancellationToken ct)
    {
        await people.RemoveAsync(caller, name, userId, ct);
        return TypedResults.NoContent();
    }

    private static async Task<Ok<PublisherResponse>> ClaimAsync(
        string name, PublisherDomainRequest body, Caller caller, PublisherVerification verification, HttpResponse response, CancellationToken ct) =>
        Answer(await verification.ClaimAsync(caller, name, body.Domain, ct), response);

    private static async Task<Ok<PublisherResponse>> VerifyAsync(string name, Caller caller, PublisherVerification verification, HttpResponse response, CancellationToken ct) =>
        Answer(await verification.VerifyAsync(caller, name, ct), response);

    private static async Task<Ok<PublisherResponse>> OfferAsync(string name, PublisherOfferRequest body, Caller caller, PublisherPeople people, HttpResponse response, CancellationToken ct) =>
        Answer(await people.OfferAsync(caller, name, body.Organization, ct), response);

    private static async Task<Ok<PublisherResponse>> AcceptAsync(string name, Caller caller, PublisherPeople people, HttpResponse response, CancellationToken ct) =>
        Answer(await people.AcceptAsync(caller, name, ct), response);

    private static Ok<PublisherResponse> Answer(PublisherDetail detail, HttpResponse response)
    {
        response.Headers.ETag = Revisions.ETag(detail.Item.Publisher.Revision);
        return TypedResults.Ok(PublisherResponse.Of(detail));
    }
}
