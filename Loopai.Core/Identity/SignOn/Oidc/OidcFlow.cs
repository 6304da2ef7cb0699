using System.Buffers.Text;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using Loopai.Core.Outbound;
using Microsoft.AspNetCore.WebUtilities;

namespace Loopai.Core.Identity.SignOn.Oidc;

/// <summary>The authorization code flow with PKCE (OpenID Connect Core 3.1, RFC 7636, RFC 9207), from the redirect to the provider to a verified identity.</summary>
public sealed class OidcFlow(SignOnAttempts attempts, SignOnSecrets secrets, OidcProviders providers, OutboundHttp outbound, TimeProvider time)
{
    private readonly OidcClient _client = new(outbound);

    /// <summary>Begins a round trip: where to send the browser, and what it has to keep.</summary>
    public async Task<(string Address, BegunAttempt Attempt)> StartAsync(OidcStart start, CancellationToken ct)
    {
        var connection = start.Connection;
        var settings = connection.ReadSettings<OidcSettings>();
        var provider = await providers.Of(connection, settings).MetadataAsync(ct);
        var state = new FlowState(Random(), Random(), start.RedirectUri);
        var attempt = await attempts.BeginAsync(connection, start.Purpose, start.ReturnPath, state, start.TestRunId, ct);
        var query = new Dictionary<string, string?>(StringComparer.Ordinal)
        {
            ["response_type"] = "code",
            ["client_id"] = settings.ClientId,
            ["redirect_uri"] = start.RedirectUri,
            ["scope"] = WithOpenId(settings.Scopes),
            ["state"] = attempt.Handle,
            ["nonce"] = state.Nonce,
            ["code_challenge"] = Base64Url.EncodeToString(SHA256.HashData(Encoding.ASCII.GetBytes(state.Verifier))),
            ["code_challenge_method"] = "S256",
            ["acr_values"] = settings.AcrValues,
            ["hd"] = settings.HostedDomain,
            ["login_hint"] = start.LoginHint,
            // A test is of the person at hand, who may have a session at the provider already; a fresh one shows what newcomers see. Google knows no login.
            ["prompt"] = start.Purpose != SignOnPurpose.Test ? null : settings.Preset == OidcPreset.Google ? "select_account" : "login",
        };
        return (QueryHelpers.AddQueryString(provider.Authorization.ToString(), query.Where(p => !string.IsNullOrEmpty(p.Value))!), attempt);
    }

    /// <summary>Takes the provider's answer. Nothing in it is believed before the attempt it belongs to is found and every check has passed.</summary>
    public async Task<OidcResult> CompleteAsync(SignOnConnection connection, OidcCallback callback, string? browser, CancellationToken ct)
    {
        var attempt = await attempts.TakeAsync<FlowState>(connection, callback.State, browser, ct);
        if (attempt is null)
        {
            return new OidcResult(null, [new SignOnCheck("State", false, SignOnErrors.Expired.Message)], null, SignOnErrors.Expired);
        }

        var result = await ReadAnswerAsync(connection, callback, attempt, ct);
        return result.Refusal is null && result.Checks.Where(c => !c.Passed).ToList() is { Count: > 0 } failed
            ? result with { Refusal = OidcErrors.Checks(failed) }
            : result;
    }

    private async Task<OidcResult> ReadAnswerAsync(SignOnConnection connection, OidcCallback callback, TakenAttempt<FlowState> attempt, CancellationToken ct)
    {
        var settings = connection.ReadSettings<OidcSettings>();
        var provider = providers.Of(connection, settings);
        var metadata = await provider.MetadataAsync(ct);
        var info = new AttemptInfo(attempt.Purpose, attempt.ReturnPath, attempt.TestRunId);
        List<SignOnCheck> checks =
        [
            new("State", true, "Fits this browser's request, and was used for the first time."),
            // RFC 9207: an answer of another provider must not be taken to this one's token endpoint.
            new(
                "Issuer of the answer (iss)", callback.Issuer is null ? !metadata.TellsIssuer : callback.Issuer == metadata.Issuer,
                callback.Issuer is null ? metadata.TellsIssuer ? "Missing, although the provider announces it." : "Not told; the provider does not announce it." : $"'{callback.Issuer}'."),
        ];
        if (callback.Error is not null || !checks[^1].Passed || string.IsNullOrEmpty(callback.Code))
        {
            checks.Add(new("Authorization", false, callback.Error is null ? "No code was taken." : $"{callback.Error}: {callback.ErrorDescription}"));
            return new OidcResult(info, checks, null, callback.Error is null ? null : OidcErrors.Provider(callback.Error, callback.ErrorDescription));
        }

        var secret = secrets.Of(connection).GetValueOrDefault(OidcSettings.ClientSecret);
        var (tokens, refusal) = await _client.RedeemAsync(metadata, settings, secret, callback.Code, attempt.State.Verifier, attempt.State.RedirectUri, ct);
        checks.Add(new("Token request", tokens is not null, tokens is null ? refusal!.Message : "The code was taken, with PKCE."));
        if (tokens is not { } answer)
        {
            return new OidcResult(info, checks, null, refusal);
        }

        var (compact, access) = (JsonWebToken.Text(answer, "id_token"), JsonWebToken.Text(answer, "access_token"));
        if (JsonWebToken.TryParse(compact) is not { } token)
        {
            checks.Add(new("ID token", false, compact is null ? "The answer has none. Is 'openid' among the scopes?" : "It is no signed token."));
            return new OidcResult(info, checks, null, null);
        }

        checks.Add(await provider.CheckSignatureAsync(token, ct));
        checks.AddRange(IdTokenValidator.Check(
            token, new IdTokenExpectation(metadata.Issuer, settings.ClientId, attempt.State.Nonce, access, settings.AcrList(), settings.HostedDomain), time.GetUtcNow()));
        var trusted = checks.All(check => check.Passed);
        checks.Add(new(
            "First use", !trusted || await attempts.TryUseTokenAsync(connection, "id_token:" + Hash(compact!), token.Time("exp")!.Value + IdTokenValidator.Skew, ct),
            "No token is taken twice."));

        // What a token says that failed a check is shown nowhere as if it were so.
        var identity = trusted ? await IdentityAsync(connection, settings, metadata, token.Payload, access, compact!, attempt.Purpose, checks, ct) : null;
        return new OidcResult(info, checks, identity, null);
    }

    private async Task<ExternalIdentity> IdentityAsync(
        SignOnConnection connection, OidcSettings settings, OidcMetadata metadata, JsonElement token, string? access, string compact, SignOnPurpose purpose,
        List<SignOnCheck> checks, CancellationToken ct)
    {
        JsonElement? userInfo = null;
        var groupsMatter = connection.MappingRules().Count > 0;
        if (metadata.UserInfo is { } address && access is not null
            && (purpose == SignOnPurpose.Test || OidcClaims.NeedsUserInfo(settings, token, groupsMatter)))
        {
            var (claims, problem) = await _client.UserInfoAsync(address, access, ct);
            var same = claims is { } told && JsonWebToken.Text(told, "sub") == JsonWebToken.Text(token, "sub");
            checks.Add(new("Userinfo", same, problem is not null ? $"The endpoint could not be read: {problem}." : same ? "Is of the same subject." : "Is of another subject."));
            userInfo = same ? claims : null;
        }

        if (groupsMatter && OidcClaims.GroupsWereLeftOut(settings, token))
        {
            checks.Add(new("Groups", false, "The person is in more groups than the provider puts into a token. Let it send only the groups assigned to the application."));
        }

        return OidcClaims.Read(settings, token, userInfo, compact);
    }

    private static string WithOpenId(string scopes) =>
        string.Join(' ', scopes.Split(' ', StringSplitOptions.RemoveEmptyEntries).Prepend("openid").Distinct(StringComparer.Ordinal));

    private static string Random() => Base64Url.EncodeToString(RandomNumberGenerator.GetBytes(32));

    private static string Hash(string text) => Convert.ToHexStringLower(SHA256.HashData(Encoding.ASCII.GetBytes(text)));

    /// <summary>What the answer has to fit to.</summary>
    private sealed record FlowState(string Nonce, string Verifier, string RedirectUri);
}

/// <param name="Connection">Where to.</param>
/// <param name="RedirectUri">Where the provider answers: an address of this connection alone.</param>
/// <param name="Purpose">To come in, or to test.</param>
/// <param name="ReturnPath">Where the person was going.</param>
/// <param name="LoginHint">The address that they typed.</param>
/// <param name="TestRunId">The test that waits.</param>
public sealed record OidcStart(
    SignOnConnection Connection, string RedirectUri, SignOnPurpose Purpose, string ReturnPath, string? LoginHint = null, Guid? TestRunId = null);

/// <summary>The parameters that a provider sends back with the browser.</summary>
public sealed record OidcCallback(string? Code, string? State, string? Issuer, string? Error, string? ErrorDescription);

/// <summary>What the round trip was for.</summary>
public sealed record AttemptInfo(SignOnPurpose Purpose, string ReturnPath, Guid? TestRunId);

/// <param name="Attempt">What the answer belongs to; null when it belongs to nothing.</param>
/// <param name="Checks">Everything that was looked at.</param>
/// <param name="Identity">Who it is; null when a check failed.</param>
/// <param name="Refusal">Why nobody comes in; null when all is well.</param>
public sealed record OidcResult(AttemptInfo? Attempt, IReadOnlyList<SignOnCheck> Checks, ExternalIdentity? Identity, SignOnRefusal? Refusal);
