using Loopai.Core.Access;
using Loopai.Core.Identity.Scim;
using Microsoft.AspNetCore.Http.HttpResults;

namespace Loopai.Portal.Api;

/// <summary>The tokens of directories.</summary>
public static class ProvisioningEndpoints
{
    public static void MapProvisioning(this IEndpointRouteBuilder api)
    {
        var tokens = api.MapGroup("/provisioning/tokens").WithTags("Provisioning");
        tokens.MapGet("/", ListAsync).WithSummary("List provisioning tokens; secrets are not among them");
        tokens.MapPost("/", CreateAsync).WithSummary("Make a provisioning token; its text is in this answer only");
        tokens.MapDelete("/{id:guid}", RevokeAsync).WithSummary("Revoke a provisioning token at once");
    }

    private static async Task<Ok<ScimTokenList>> ListAsync(Caller caller, ScimTokenService tokens, CancellationToken ct) =>
        TypedResults.Ok(new ScimTokenList([.. (await tokens.ListAsync(caller, ct)).Select(t => ScimTokenResponse.Of(t))], null));

    private static async Task<Created<ScimTokenResponse>> CreateAsync(ScimTokenRequest body, Caller caller, ScimTokenService tokens, CancellationToken ct)
    {
        var created = await tokens.CreateAsync(caller, body.Name, body.ExpiresInDays, ct);
        return TypedResults.Created($"{ApiPipeline.Prefix}/provisioning/tokens/{created.Token.Id}", ScimTokenResponse.Of(created.Token, created.Text));
    }

    private static async Task<NoContent> RevokeAsync(Guid id, Caller caller, ScimTokenService tokens, CancellationToken ct)
    {
        await tokens.RevokeAsync(caller, id, ct);
        return TypedResults.NoContent();
    }
}

/// <summary>What is asked of a new token.</summary>
public sealed record ScimTokenRequest
{
    /// <summary>Which directory uses it.</summary>
    public string? Name { get; init; }

    /// <summary>1 to 730; a year unless given.</summary>
    public int? ExpiresInDays { get; init; }
}

/// <summary>A token as the API shows it; <c>token</c> stands only in the answer to its creation.</summary>
public sealed record ScimTokenResponse(
    Guid Id, string Name, string CreatedBy, DateTimeOffset CreatedAt, DateTimeOffset ExpiresAt, DateTimeOffset? RevokedAt, DateTimeOffset? LastUsedAt, string? Token)
{
    public static ScimTokenResponse Of(ScimToken token, string? text = null) =>
        new(token.Id, token.Name, token.CreatedBy, token.CreatedAt, token.ExpiresAt, token.RevokedAt, token.LastUsedAt, text);
}

/// <summary>All tokens of an organization; there are few, so they come in one window.</summary>
public sealed record ScimTokenList(IReadOnlyList<ScimTokenResponse> Items, string? NextCursor);
