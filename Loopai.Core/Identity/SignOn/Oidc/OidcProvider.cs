using System.Text.Json;
using Loopai.Core.Errors;
using Loopai.Core.Outbound;

namespace Loopai.Core.Identity.SignOn.Oidc;

/// <summary>What a provider says of itself: OpenID Connect Discovery 1.0, 3.</summary>
internal sealed record OidcMetadata(
    string Issuer, Uri Authorization, Uri Token, Uri Keys, Uri? UserInfo, Uri? EndSession, bool TellsIssuer, bool TakesBasic, bool TakesPost)
{
    /// <exception cref="UnavailableException">The document lacks what is needed, or is another issuer's.</exception>
    public static OidcMetadata Parse(JsonElement document, string configuredIssuer, OutboundHttp outbound)
    {
        if (document.ValueKind != JsonValueKind.Object)
        {
            throw OidcErrors.BadDiscovery("it is no JSON object.");
        }

        // A document under another's name could make one provider's tokens pass for another's. A slash at the end is what people copy wrong.
        var issuer = JsonWebToken.Text(document, "issuer");
        if (issuer is null || issuer.TrimEnd('/') != configuredIssuer.TrimEnd('/'))
        {
            throw OidcErrors.BadDiscovery($"it is of the issuer '{issuer}', not of '{configuredIssuer}'.");
        }

        Uri? Find(string name) => JsonWebToken.Text(document, name) is not { } text ? null
            : outbound.Accept(text) ?? throw OidcErrors.BadDiscovery($"its {name} '{text}' is no https address.");
        Uri Need(string name) => Find(name) ?? throw OidcErrors.BadDiscovery($"it has no {name}.");
        var methods = document.TryGetProperty("token_endpoint_auth_methods_supported", out var supported) && supported.ValueKind == JsonValueKind.Array
            ? supported.EnumerateArray().Select(m => m.ToString()).ToList()
            : ["client_secret_basic"];
        return new OidcMetadata(
            issuer, Need("authorization_endpoint"), Need("token_endpoint"), Need("jwks_uri"), Find("userinfo_endpoint"), Find("end_session_endpoint"),
            document.TryGetProperty("authorization_response_iss_parameter_supported", out var tells) && tells.ValueKind == JsonValueKind.True,
            methods.Contains("client_secret_basic"), methods.Contains("client_secret_post"));
    }
}

/// <summary>
/// One provider's discovery document and keys, kept for an hour. A token with an unknown key asks for the keys once more, which is how a provider changes
/// its keys without anybody's doing; at most once in a while, so that forged tokens do not make a flood of requests.
/// </summary>
internal sealed class OidcProvider(string issuer, OutboundHttp outbound, TimeProvider time) : IDisposable
{
    private static readonly TimeSpan CachedFor = TimeSpan.FromHours(1);
    private static readonly TimeSpan RefetchPause = TimeSpan.FromSeconds(30);

    private readonly SemaphoreSlim _fetching = new(1);
    private (OidcMetadata Value, DateTimeOffset At)? _metadata;
    private (IReadOnlyList<JsonWebKey> Value, DateTimeOffset At)? _keys;
    private DateTimeOffset _refetchedAt = DateTimeOffset.MinValue;

    public async ValueTask<OidcMetadata> MetadataAsync(CancellationToken ct)
    {
        if (_metadata is { } known && time.GetUtcNow() - known.At < CachedFor)
        {
            return known.Value;
        }

        await _fetching.WaitAsync(ct);
        try
        {
            if (_metadata is { } fresh && time.GetUtcNow() - fresh.At < CachedFor)
            {
                return fresh.Value;
            }

            var address = outbound.Accept(issuer.TrimEnd('/') + "/.well-known/openid-configuration")
                ?? throw OidcErrors.BadDiscovery($"'{issuer}' is no https address.");
            var metadata = OidcMetadata.Parse(await ReadAsync(address, "discovery document", ct), issuer, outbound);
            _metadata = (metadata, time.GetUtcNow());
            return metadata;
        }
        finally
        {
            _fetching.Release();
        }
    }

    /// <summary>Checks a token's signature, asking the provider again when its key is not known.</summary>
    public async Task<SignOnCheck> CheckSignatureAsync(JsonWebToken token, CancellationToken ct)
    {
        var verdict = SignatureCheck.Check(token, await KeysAsync(ct), out var detail);
        if (verdict == SignatureVerdict.UnknownKey && await RefetchKeysAsync(ct) is { } fresh)
        {
            verdict = SignatureCheck.Check(token, fresh, out detail);
        }

        return new SignOnCheck("Signature", verdict == SignatureVerdict.Good, detail);
    }

    public void Dispose() => _fetching.Dispose();

    private async ValueTask<IReadOnlyList<JsonWebKey>> KeysAsync(CancellationToken ct)
    {
        if (_keys is { } known && time.GetUtcNow() - known.At < CachedFor)
        {
            return known.Value;
        }

        var metadata = await MetadataAsync(ct);
        await _fetching.WaitAsync(ct);
        try
        {
            return _keys is { } fresh && time.GetUtcNow() - fresh.At < CachedFor ? fresh.Value : await FetchKeysAsync(metadata, ct);
        }
        finally
        {
            _fetching.Release();
        }
    }

    /// <summary>The keys as they are now; null when they were asked for again just before.</summary>
    private async Task<IReadOnlyList<JsonWebKey>?> RefetchKeysAsync(CancellationToken ct)
    {
        var metadata = await MetadataAsync(ct);
        await _fetching.WaitAsync(ct);
        try
        {
            if (time.GetUtcNow() - _refetchedAt < RefetchPause)
            {
                // Somebody else who waited here may just have brought the key.
                return _keys?.Value;
            }

            _refetchedAt = time.GetUtcNow();
            return await FetchKeysAsync(metadata, ct);
        }
        finally
        {
            _fetching.Release();
        }
    }

    private async Task<IReadOnlyList<JsonWebKey>> FetchKeysAsync(OidcMetadata metadata, CancellationToken ct)
    {
        var keys = JsonWebKey.ParseSet(await ReadAsync(metadata.Keys, "keys", ct));
        _keys = (keys, time.GetUtcNow());
        return keys;
    }

    private async Task<JsonElement> ReadAsync(Uri address, string what, CancellationToken ct)
    {
        try
        {
            using var answer = await outbound.Client.GetAsync(address, ct);
            if (!answer.IsSuccessStatusCode)
            {
                throw OidcErrors.Unreachable(what, $"{address} answers {(int)answer.StatusCode}.");
            }

            await using var body = await answer.Content.ReadAsStreamAsync(ct);
            using var document = await JsonDocument.ParseAsync(body, cancellationToken: ct);
            return document.RootElement.Clone();
        }
        catch (Exception e) when (e is HttpRequestException or JsonException || (e is TaskCanceledException && !ct.IsCancellationRequested))
        {
            throw OidcErrors.Unreachable(what, $"{address}: {(e is TaskCanceledException ? "no answer in time" : e.Message)}");
        }
    }
}
