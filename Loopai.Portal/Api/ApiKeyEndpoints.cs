using Loopai.Core.Access;
using Loopai.Core.ApiKeys;
using Microsoft.AspNetCore.Http.HttpResults;

namespace Loopai.Portal.Api;

/// <summary>API keys.</summary>
public static class ApiKeyEndpoints
{
    public static void MapApiKeys(this IEndpointRouteBuilder api)
    {
        var keys = api.MapGroup("/keys").WithTags("API keys");
        keys.MapGet("/", ListAsync).WithSummary("List keys; secrets are not among them");
        keys.MapPost("/", CreateAsync).WithSummary("Make a key; its text is in this answer only");
        keys.MapDelete("/{id:guid}", RevokeAsync).WithSummary("Revoke a key at once");
    }

    private static async Task<Ok<ApiKeyList>> ListAsync(Caller caller, ApiKeyService keys, CancellationToken ct) =>
        TypedResults.Ok(new ApiKeyList([.. (await keys.ListAsync(caller, ct)).Select(k => ApiKeyResponse.Of(k))], null));

    private static async Task<Created<ApiKeyResponse>> CreateAsync(ApiKeyRequest body, Caller caller, ApiKeyService keys, CancellationToken ct)
    {
        var created = await keys.CreateAsync(caller, new CreateApiKey(body.Name, body.Environment, body.Permissions, body.ExpiresAt), ct);
        return TypedResults.Created($"{ApiPipeline.Prefix}/keys/{created.Key.Id}", ApiKeyResponse.Of(created.Key, created.Text));
    }

    private static async Task<NoContent> RevokeAsync(Guid id, Caller caller, ApiKeyService keys, CancellationToken ct)
    {
        await keys.RevokeAsync(caller, id, ct);
        return TypedResults.NoContent();
    }
}

/// <summary>What is asked of a new key.</summary>
public sealed record ApiKeyRequest
{
    public string? Name { get; init; }

    /// <summary><c>production</c>, <c>staging</c> or <c>dev</c>.</summary>
    public string? Environment { get; init; }

    public IReadOnlyList<string>? Permissions { get; init; }

    public DateTimeOffset? ExpiresAt { get; init; }
}

/// <summary>A key as the API shows it; <c>key</c> stands only in the answer to its creation.</summary>
public sealed record ApiKeyResponse(
    Guid Id, string Name, Guid EnvironmentId, IReadOnlyList<string> Permissions, string CreatedBy, DateTimeOffset CreatedAt, DateTimeOffset? ExpiresAt,
    DateTimeOffset? RevokedAt, DateTimeOffset? LastUsedAt, string? Key)
{
    public static ApiKeyResponse Of(ApiKey key, string? text = null) => new(
        key.Id, key.Name, key.EnvironmentId, key.Permissions.Split(' '), key.CreatedBy, key.CreatedAt, key.ExpiresAt, key.RevokedAt, key.LastUsedAt, text);
}

/// <summary>All keys of an organization; there are few, so they come in one window.</summary>
public sealed record ApiKeyList(IReadOnlyList<ApiKeyResponse> Items, string? NextCursor);
