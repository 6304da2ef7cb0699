using System.Collections.Concurrent;
using Loopai.Core.Access;
using Loopai.Core.Audit;
using Loopai.Core.Configuration;
using Loopai.Core.Data;

namespace Loopai.Core.ApiKeys.Tokens;

/// <summary>Gives a short-lived token for a key: what a program hands on to another without handing on the key. RFC 6749, 4.4; the token is RFC 9068's.</summary>
public sealed class AccessTokens(ApiKeyAuthenticator keys, TokenSigner signer, PortalSettings portal, LoopaiData data, TimeProvider time)
{
    /// <summary>A client that asks for a token each time it needs one must not fill the audit log.</summary>
    private static readonly TimeSpan BetweenRecords = TimeSpan.FromMinutes(1);

    private readonly ConcurrentDictionary<Guid, DateTimeOffset> _recorded = new();

    public static readonly TimeSpan Lifetime = TimeSpan.FromHours(1);

    /// <summary>Who issues, and whom the tokens are for: this Loopai.</summary>
    public string Issuer => portal.LinkBase();

    /// <param name="clientId">The key's id or selector.</param>
    /// <param name="clientSecret">The whole text of the key.</param>
    /// <param name="scope">Space-separated permissions, of those that the key has; null for all of them.</param>
    /// <param name="origin">Where the request comes from.</param>
    /// <param name="ct">Gives up.</param>
    public async Task<TokenAnswer> IssueAsync(string clientId, string clientSecret, string? scope, CallerOrigin origin, CancellationToken ct)
    {
        if (await keys.AuthenticateAsync(clientSecret, origin, ct) is null
            || await keys.FindAsync(ApiKeyFormat.SelectorOf(clientSecret), ct) is not { } known
            || known.SecretOf(clientSecret) is not { } secret
            || (clientId != known.Key.Selector && !(Guid.TryParse(clientId, out var id) && id == known.Key.Id)))
        {
            return new TokenAnswer.UnknownClient();
        }

        var held = known.Key.Permissions.Split(' ');
        var wanted = scope?.Split(' ', StringSplitOptions.RemoveEmptyEntries).Distinct(StringComparer.Ordinal).ToArray() is { Length: > 0 } named ? named : held;
        if (wanted.Except(held, StringComparer.Ordinal).Any())
        {
            return new TokenAnswer.WrongScope(string.Join(' ', held));
        }

        var now = time.GetUtcNow();
        var expires = new[] { now + Lifetime, known.Key.ExpiresAt ?? DateTimeOffset.MaxValue, secret.ExpiresAt ?? DateTimeOffset.MaxValue }.Min();
        var claims = new TokenClaims(
            Issuer, Issuer, known.Key.Id, known.Key.Selector, secret.Id, string.Join(' ', wanted), now.ToUnixTimeSeconds(), expires.ToUnixTimeSeconds());
        await RecordAsync(known.Caller.From(origin), claims, now, ct);
        var (keyId, sign) = await signer.SignerAsync(ct);
        return new TokenAnswer.Issued(claims.Sign(keyId, sign), (int)(claims.ExpiresAt - claims.IssuedAt), claims.Scope);
    }

    /// <summary>Once a minute for a key, on each instance.</summary>
    private async Task RecordAsync(Caller caller, TokenClaims claims, DateTimeOffset now, CancellationToken ct)
    {
        if (_recorded.TryGetValue(claims.KeyId, out var last) && now - last < BetweenRecords)
        {
            return;
        }

        _recorded[claims.KeyId] = now;
        await using var db = await data.OpenAsync(caller, ct);
        db.Record(caller, "token.issued", "key", claims.KeyId, new { claims.Scope, expiresAt = DateTimeOffset.FromUnixTimeSeconds(claims.ExpiresAt) });
        await db.SaveChangesAsync(ct);
    }
}

/// <summary>What came of asking for a token.</summary>
public abstract record TokenAnswer
{
    private TokenAnswer()
    {
    }

    /// <param name="Token">The token.</param>
    /// <param name="ExpiresIn">Seconds.</param>
    /// <param name="Scope">What it may do.</param>
    public sealed record Issued(string Token, int ExpiresIn, string Scope) : TokenAnswer;

    /// <summary>No such key, or not its secret.</summary>
    public sealed record UnknownClient : TokenAnswer;

    /// <param name="Held">What could have been asked for.</param>
    public sealed record WrongScope(string Held) : TokenAnswer;
}
