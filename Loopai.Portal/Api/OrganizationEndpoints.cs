using Loopai.Core.Access;
using Loopai.Core.Organizations;
using Microsoft.AspNetCore.Http.HttpResults;

namespace Loopai.Portal.Api;

/// <summary>Organizations: the one that the key belongs to, and those of the person behind it.</summary>
public static class OrganizationEndpoints
{
    public static void MapOrganization(this IEndpointRouteBuilder api)
    {
        api.MapGet("/organization", ReadOwnAsync).WithTags("Organization").WithSummary("Read the organization of the key");
        api.MapPatch("/organization", UpdateOwnAsync).WithTags("Organization").WithSummary("Change its name or time zone; /settings takes the rest");
        var all = api.MapGroup("/organizations").WithTags("Organization");
        all.MapGet("/", ListAsync).WithSummary("List the organizations of the person behind the key");
        all.MapPost("/", CreateAsync).WithSummary("Make an organization, which the person behind the key owns");
        all.MapGet("/deleted", ListDeletedAsync).WithSummary("List deleted organizations that can still be restored");
        all.MapGet("/{id:guid}", GetAsync).WithSummary("Read an organization");
        all.MapPatch("/{id:guid}", UpdateAsync).WithSummary("Change an organization's name or time zone");
        all.MapDelete("/{id:guid}", DeleteAsync).WithSummary("Delete an organization; for 14 days it can be restored");
        all.MapPost("/{id:guid}/restore", RestoreAsync).WithSummary("Bring a deleted organization back with all it had");
        all.MapPost("/{id:guid}/transfer", TransferAsync).WithSummary("Make another member the owner, and yourself an administrator");
    }

    private static async Task<Ok<OrganizationResponse>> ReadOwnAsync(Caller caller, OrganizationService organizations, CancellationToken ct) =>
        TypedResults.Ok(OrganizationResponse.Of(await organizations.GetAsync(caller, ct)));

    private static async Task<Ok<OrganizationResponse>> UpdateOwnAsync(
        OrganizationRequest body, Caller caller, SettingsService settings, OrganizationService organizations, HttpRequest request, CancellationToken ct)
    {
        await settings.UpdateAsync(caller, body.ToSettings(), Revisions.IfMatch(request), ct);
        return await ReadOwnAsync(caller, organizations, ct);
    }

    private static async Task<Ok<OrganizationList>> ListAsync(Caller caller, OrganizationService organizations, CancellationToken ct) =>
        TypedResults.Ok(new OrganizationList([.. (await organizations.ListAsync(caller, ct)).Select(OrganizationResponse.Of)], null));

    private static async Task<Created<OrganizationResponse>> CreateAsync(
        NewOrganizationRequest body, Caller caller, OrganizationService organizations, CancellationToken ct)
    {
        var created = await organizations.CreateAsync(caller, body.Slug, body.Name, ct);
        return TypedResults.Created($"{ApiPipeline.Prefix}/organizations/{created.Id}", OrganizationResponse.Of(created));
    }

    private static async Task<Ok<DeletedOrganizationList>> ListDeletedAsync(
        Caller caller, OrganizationService organizations, OrganizationLifecycle lifecycle, CancellationToken ct)
    {
        var deleted = await lifecycle.RestorableAsync((await organizations.PersonAsync(caller, ct)).Id, ct);
        return TypedResults.Ok(new DeletedOrganizationList([.. deleted.Select(DeletedOrganizationResponse.Of)], null));
    }

    private static async Task<Ok<OrganizationResponse>> GetAsync(Guid id, Caller caller, OrganizationService organizations, CancellationToken ct) =>
        TypedResults.Ok(OrganizationResponse.Of(await organizations.GetAsync(caller, id, ct)));

    private static async Task<Ok<OrganizationResponse>> UpdateAsync(
        Guid id, OrganizationRequest body, Caller caller, SettingsService settings, OrganizationService organizations, HttpRequest request, CancellationToken ct)
    {
        await settings.UpdateAsync(caller, id, body.ToSettings(), Revisions.IfMatch(request), ct);
        return await GetAsync(id, caller, organizations, ct);
    }

    private static async Task<Ok<DeletionResponse>> DeleteAsync(Guid id, Caller caller, OrganizationLifecycle lifecycle, CancellationToken ct) =>
        TypedResults.Ok(new DeletionResponse(await lifecycle.DeleteAsync(caller, id, ct)));

    private static async Task<Ok<OrganizationResponse>> RestoreAsync(
        Guid id, Caller caller, OrganizationService organizations, OrganizationLifecycle lifecycle, CancellationToken ct) =>
        TypedResults.Ok(OrganizationResponse.Of(await lifecycle.RestoreAsync(await organizations.PersonAsync(caller, ct), id, ct)));

    private static async Task<NoContent> TransferAsync(Guid id, TransferRequest body, Caller caller, OrganizationLifecycle lifecycle, CancellationToken ct)
    {
        await lifecycle.TransferAsync(caller, id, body.UserId ?? Guid.Empty, ct);
        return TypedResults.NoContent();
    }
}
