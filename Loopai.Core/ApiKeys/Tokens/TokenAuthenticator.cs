using System.Collections.Concurrent;
using Loopai.Core.Access;
using Loopai.Core.Audit;

namespace Loopai.Core.ApiKeys.Tokens;

/// <summary>Turns an access token into a caller: what its key may do now, within its scope. It ends with its key, and with the secret it was asked for with.</summary>
public sealed class TokenAuthenticator(ApiKeyAuthenticator keys, TokenSigner signer, AccessTokens tokens, RefusalLog refusals, TimeProvider time)
{
    private const int Capacity = 10_000;

    /// <summary>Tokens whose signature was checked.</summary>
    private readonly ConcurrentDictionary<string, VerifiedToken> _verified = new(StringComparer.Ordinal);

    /// <summary>Whether it is a token at all, by its form.</summary>
    public static bool LooksLikeOne(string text) => text.StartsWith("ey", StringComparison.Ordinal);

    /// <summary>The caller, or null when the token is not ours, has expired, or its key is over: from outside these look alike.</summary>
    public async ValueTask<Caller?> AuthenticateAsync(string token, CallerOrigin origin, CancellationToken ct)
    {
        if (!_verified.TryGetValue(token, out var verified))
        {
            if (await VerifyAsync(token, ct) is not { } claims)
            {
                return null;
            }

            verified = new VerifiedToken(claims);
        }

        var now = time.GetUtcNow();
        if (now.ToUnixTimeSeconds() >= verified.Claims.ExpiresAt || await keys.FindAsync(verified.Claims.Selector, ct) is not { } known || known.Key.Id != verified.Claims.KeyId)
        {
            _verified.TryRemove(token, out _);
            return null;
        }

        if (!ReferenceEquals(verified.Known, known))
        {
            verified = Remember(token, verified with { Known = known, Caller = known.CallerWithin(verified.Claims.Scope).Within(verified.Claims.Scope) });
        }

        var caller = verified.Caller!.From(origin);
        if (known.Refusal(verified.Claims.SecretId, origin.Address, now) is not { } reason)
        {
            return caller;
        }

        refusals.Note(caller, "key.refused", "key", known.Key.Id, reason);
        return null;
    }

    private async ValueTask<TokenClaims?> VerifyAsync(string token, CancellationToken ct) =>
        TokenClaims.Read(token) is var (claims, keyId, content, signature)
        && claims.Issuer == tokens.Issuer && claims.Audience == tokens.Issuer
        && await signer.IsSignedAsync(keyId, content, signature, ct) ? claims : null;

    private VerifiedToken Remember(string token, VerifiedToken verified)
    {
        if (_verified.Count >= Capacity)
        {
            _verified.Clear();
        }

        return _verified[token] = verified;
    }

    private sealed record VerifiedToken(TokenClaims Claims, KnownKey? Known = null, Caller? Caller = null);
}
