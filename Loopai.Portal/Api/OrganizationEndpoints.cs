using Loopai.Core.Access;
using Loopai.Core.Organizations;
using Microsoft.AspNetCore.Http.HttpResults;

namespace Loopai.Portal.Api;

/// <summary>The organization that the key belongs to.</summary>
public static class OrganizationEndpoints
{
    public static void MapOrganization(this IEndpointRouteBuilder api)
    {
        api.MapGet("/organization", GetAsync).WithTags("Organization").WithSummary("Read the organization's settings");
        api.MapPatch("/organization", UpdateAsync).WithTags("Organization").WithSummary("Change the organization's name or time zone");
        api.MapGet("/environments", EnvironmentsAsync).WithTags("Organization").WithSummary("List the environments; keys and executions belong to one");
    }

    private static async Task<Ok<OrganizationResponse>> GetAsync(Caller caller, OrganizationService organizations, CancellationToken ct) =>
        TypedResults.Ok(OrganizationResponse.Of(await organizations.GetAsync(caller, ct)));

    private static async Task<Ok<OrganizationResponse>> UpdateAsync(
        OrganizationRequest body, Caller caller, OrganizationService organizations, CancellationToken ct)
    {
        caller.Demand(Permissions.OrganizationManage);
        var now = await organizations.GetAsync(caller, ct);
        await organizations.UpdateAsync(caller, body.Name ?? now.Name, body.TimeZone ?? now.TimeZone, ct);
        return TypedResults.Ok(OrganizationResponse.Of(await organizations.GetAsync(caller, ct)));
    }

    private static async Task<Ok<EnvironmentList>> EnvironmentsAsync(Caller caller, OrganizationService organizations, CancellationToken ct) =>
        TypedResults.Ok(new EnvironmentList(OrganizationResponse.Of(await organizations.GetAsync(caller, ct)).Environments, null));
}

/// <summary>What can be changed of an organization; what is left out stays.</summary>
public sealed record OrganizationRequest
{
    public string? Name { get; init; }

    /// <summary>An IANA name: <c>Europe/Berlin</c>.</summary>
    public string? TimeZone { get; init; }
}

/// <summary>An organization as the API shows it.</summary>
public sealed record OrganizationResponse(
    Guid Id, string Slug, string Name, string TimeZone, DateTimeOffset CreatedAt, IReadOnlyList<EnvironmentResponse> Environments)
{
    public static OrganizationResponse Of(Organization o) => new(
        o.Id, o.Slug, o.Name, o.TimeZone, o.CreatedAt, [.. o.Environments.Select(e => new EnvironmentResponse(e.Id, e.Key, e.Name))]);
}

/// <param name="Id">Its id, as in executions and keys.</param>
/// <param name="Key">Its short name, as a new key takes it: <c>production</c>.</param>
/// <param name="Name">Its name for people.</param>
public sealed record EnvironmentResponse(Guid Id, string Key, string Name);

/// <summary>All environments of an organization; there are few, so they come in one window.</summary>
public sealed record EnvironmentList(IReadOnlyList<EnvironmentResponse> Items, string? NextCursor);
