using System.Buffers.Text;
using System.Net;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json.Serialization;
using Loopai.Core.Access;
using Loopai.Core.ApiKeys.Tokens;
using Loopai.Portal.Accounts.SignOn;
using Microsoft.AspNetCore.Http.Features;
using Microsoft.Net.Http.Headers;

namespace Loopai.Portal.Api;

/// <summary>
/// <c>POST /oauth/token</c>: an API key for a token of an hour (RFC 6749, client credentials); and what others need to check such a token: the keys
/// (RFC 7517) and where all of this is (RFC 8414).
/// </summary>
public static class TokenEndpoints
{
    private const string TokenPath = "/oauth/token";
    private const string KeysPath = "/oauth/jwks";
    private const string FormType = "application/x-www-form-urlencoded";
    private const int MaxForm = 16 * 1024;

    public static void MapTokens(this WebApplication app)
    {
        var oauth = app.MapGroup("").ExcludeFromDescription().AllowAnonymous();
        oauth.MapPost(TokenPath, IssueAsync).DisableAntiforgery().AddEndpointFilter(app.Services.GetRequiredService<SignOnLimit>().ApplyAsync);
        oauth.MapGet(KeysPath, KeysAsync);
        oauth.MapGet("/.well-known/oauth-authorization-server", Describe);
    }

    private static async Task<IResult> IssueAsync(HttpContext http, AccessTokens tokens)
    {
        http.Response.Headers.CacheControl = "no-store";
        if (await FormOfAsync(http) is not { } form)
        {
            return Refuse(http, "invalid_request", "Send the body as application/x-www-form-urlencoded, in 16 KB at most.");
        }

        var basic = BasicOf(http.Request.Headers.Authorization.ToString());
        var (id, secret) = basic ?? (form["client_id"].ToString(), form["client_secret"].ToString());
        if (form["grant_type"] is var grant && grant != "client_credentials")
        {
            return Refuse(http, grant.Count == 0 ? "invalid_request" : "unsupported_grant_type", "The grant_type is client_credentials.");
        }

        if ((basic is not null && form.ContainsKey("client_secret")) || form.Any(field => field.Value.Count > 1))
        {
            return Refuse(http, "invalid_request", "Send each parameter once, and the secret either in the body or in the Authorization header.");
        }

        return await tokens.IssueAsync(id, secret, form.TryGetValue("scope", out var scope) ? scope.ToString() : null, ApiPipeline.OriginOf(http), http.RequestAborted) switch
        {
            TokenAnswer.Issued issued => TypedResults.Ok(new TokenResponse(issued.Token, "Bearer", issued.ExpiresIn, issued.Scope)),
            TokenAnswer.WrongScope wrong => Refuse(http, "invalid_scope", $"This key has: {wrong.Held}."),
            _ => Refuse(http, "invalid_client", "The client_id is an API key's id or selector, and the client_secret the whole key.", basic is not null),
        };
    }

    /// <summary>The form; null where the body is none, or too large. Whoever sends it is not known yet, so that little of it is read.</summary>
    private static async Task<IFormCollection?> FormOfAsync(HttpContext http)
    {
        if (!MediaTypeHeaderValue.TryParse(http.Request.ContentType, out var type) || type.MediaType != FormType)
        {
            return null;
        }

        if (http.Features.Get<IHttpMaxRequestBodySizeFeature>() is { IsReadOnly: false } limit)
        {
            limit.MaxRequestBodySize = MaxForm;
        }

        try
        {
            return await http.Request.ReadFormAsync(http.RequestAborted);
        }
        catch (Exception e) when (e is BadHttpRequestException or InvalidDataException)
        {
            return null;
        }
    }

    private static async Task<IResult> KeysAsync(HttpContext http, TokenSigner signer)
    {
        http.Response.Headers.CacheControl = "public, max-age=300";
        return TypedResults.Ok(new { keys = (await signer.PublishedAsync(http.RequestAborted)).Select(JsonWebKey) });
    }

    private static IResult Describe(AccessTokens tokens) => TypedResults.Ok(new AuthorizationServer(
        tokens.Issuer, tokens.Issuer + TokenPath, tokens.Issuer + KeysPath, Permissions.All, ["client_credentials"], ["client_secret_basic", "client_secret_post"], [],
        $"{tokens.Issuer}/docs"));

    private static object JsonWebKey(TokenSigningKey key)
    {
        using var ec = ECDsa.Create();
        ec.ImportSubjectPublicKeyInfo(key.PublicKey, out _);
        var point = ec.ExportParameters(includePrivateParameters: false).Q;
        return new { kty = "EC", crv = "P-256", use = "sig", alg = "ES256", kid = key.Id, x = Base64Url.EncodeToString(point.X), y = Base64Url.EncodeToString(point.Y) };
    }

    private static IResult Refuse(HttpContext http, string error, string description, bool withBasic = false)
    {
        if (withBasic)
        {
            http.Response.Headers.WWWAuthenticate = "Basic realm=\"loopai\"";
        }

        return TypedResults.Json(
            new TokenError(error, description), statusCode: error == "invalid_client" ? StatusCodes.Status401Unauthorized : StatusCodes.Status400BadRequest);
    }

    /// <summary>Both halves are form-encoded within (RFC 6749, 2.3.1). Null where there is no such header; what cannot be read is nobody's.</summary>
    private static (string Id, string Secret)? BasicOf(string header)
    {
        if (!header.StartsWith("Basic ", StringComparison.OrdinalIgnoreCase))
        {
            return null;
        }

        try
        {
            var parts = Encoding.UTF8.GetString(Convert.FromBase64String(header["Basic ".Length..].Trim())).Split(':', 2);
            return parts.Length == 2 ? (WebUtility.UrlDecode(parts[0]), WebUtility.UrlDecode(parts[1])) : ("", "");
        }
        catch (FormatException)
        {
            return ("", "");
        }
    }

    private sealed record TokenResponse(
        [property: JsonPropertyName("access_token")] string AccessToken, [property: JsonPropertyName("token_type")] string TokenType,
        [property: JsonPropertyName("expires_in")] int ExpiresIn, [property: JsonPropertyName("scope")] string Scope);

    private sealed record TokenError([property: JsonPropertyName("error")] string Error, [property: JsonPropertyName("error_description")] string Description);

    private sealed record AuthorizationServer(
        [property: JsonPropertyName("issuer")] string Issuer, [property: JsonPropertyName("token_endpoint")] string TokenEndpoint,
        [property: JsonPropertyName("jwks_uri")] string JwksUri, [property: JsonPropertyName("scopes_supported")] IReadOnlyList<string> Scopes,
        [property: JsonPropertyName("grant_types_supported")] string[] GrantTypes,
        [property: JsonPropertyName("token_endpoint_auth_methods_supported")] string[] AuthMethods,
        [property: JsonPropertyName("response_types_supported")] string[] ResponseTypes, [property: JsonPropertyName("service_documentation")] string Documentation);
}
