using Loopai.Core.Access;
using Loopai.Core.ApiKeys;
using Microsoft.AspNetCore.Http.HttpResults;

namespace Loopai.Portal.Api;

/// <summary>API keys and the service accounts that hold them.</summary>
public static class ApiKeyEndpoints
{
    public static void MapApiKeys(this IEndpointRouteBuilder api)
    {
        var keys = api.MapGroup("/keys").WithTags("API keys");
        keys.MapGet("/", ListAsync).WithSummary("List keys; secrets are not among them");
        keys.MapPost("/", CreateAsync).WithSummary("Make a key; its text is in this answer only");
        keys.MapGet("/{id:guid}", GetAsync).WithSummary("Read a key, with when and from where each of its secrets was used last");
        keys.MapPost("/{id:guid}/rotate", RotateAsync).WithSummary("Make a second secret; the old one goes on for the overlap");
        keys.MapDelete("/{id:guid}/secrets/{secretId:guid}", RevokeSecretAsync).WithSummary("End one of two secrets at once");
        keys.MapDelete("/{id:guid}", RevokeAsync).WithSummary("Revoke a key at once");

        var accounts = api.MapGroup("/service-accounts").WithTags("API keys");
        accounts.MapGet("/", ListAccountsAsync).WithSummary("List service accounts");
        accounts.MapPost("/", CreateAccountAsync).WithSummary("Make a service account");
        accounts.MapDelete("/{id:guid}", DeleteAccountAsync).WithSummary("Delete a service account, and end its keys at once");
    }

    private static async Task<Ok<ApiKeyList>> ListAsync(Caller caller, ApiKeyService keys, CancellationToken ct) =>
        TypedResults.Ok(new ApiKeyList([.. (await keys.ListAsync(caller, ct)).Select(entry => ApiKeyResponse.Of(entry))], null));

    private static async Task<Created<ApiKeyResponse>> CreateAsync(ApiKeyRequest body, Caller caller, ApiKeyService keys, CancellationToken ct)
    {
        var created = await keys.CreateAsync(caller, body.ToCreate(), ct);
        return TypedResults.Created($"{ApiPipeline.Prefix}/keys/{created.Key.Id}", ApiKeyResponse.Of(created));
    }

    private static async Task<Ok<ApiKeyResponse>> GetAsync(Guid id, Caller caller, ApiKeyService keys, CancellationToken ct) =>
        TypedResults.Ok(ApiKeyResponse.Of(await keys.GetAsync(caller, id, ct)));

    private static async Task<Ok<ApiKeyResponse>> RotateAsync(Guid id, RotateRequest body, Caller caller, KeyRotation rotation, CancellationToken ct) =>
        TypedResults.Ok(ApiKeyResponse.Of(await rotation.RotateAsync(caller, id, body.OverlapHours, ct)));

    private static async Task<NoContent> RevokeSecretAsync(Guid id, Guid secretId, Caller caller, KeyRotation rotation, CancellationToken ct)
    {
        await rotation.RevokeSecretAsync(caller, id, secretId, ct);
        return TypedResults.NoContent();
    }

    private static async Task<NoContent> RevokeAsync(Guid id, Caller caller, ApiKeyService keys, CancellationToken ct)
    {
        await keys.RevokeAsync(caller, id, ct);
        return TypedResults.NoContent();
    }

    private static async Task<Ok<ServiceAccountList>> ListAccountsAsync(Caller caller, ServiceAccountService accounts, CancellationToken ct) =>
        TypedResults.Ok(new ServiceAccountList([.. (await accounts.ListAsync(caller, ct)).Select(entry => ServiceAccountResponse.Of(entry.Account, entry.LiveKeys))], null));

    private static async Task<Created<ServiceAccountResponse>> CreateAccountAsync(
        ServiceAccountRequest body, Caller caller, ServiceAccountService accounts, CancellationToken ct)
    {
        var account = await accounts.CreateAsync(caller, body.Name, body.Description, ct);
        return TypedResults.Created($"{ApiPipeline.Prefix}/service-accounts/{account.Id}", ServiceAccountResponse.Of(account, 0));
    }

    private static async Task<NoContent> DeleteAccountAsync(Guid id, Caller caller, ServiceAccountService accounts, CancellationToken ct)
    {
        await accounts.DeleteAsync(caller, id, ct);
        return TypedResults.NoContent();
    }
}
