using Loopai.Core.ApiKeys;

namespace Loopai.Portal.Pages.ApiKeys;

/// <param name="Key">The key.</param>
/// <param name="Environment">Its environment's short name.</param>
/// <param name="Owner">Whose it is.</param>
/// <param name="Status">active, expired, revoked, or owner gone: its person is no active member.</param>
/// <param name="EndsSoon">Whether it expires within two weeks.</param>
/// <param name="IsOverAge">Whether it is older than the organization wants keys to be.</param>
/// <param name="IsRotating">Whether two secrets work.</param>
public sealed record KeyRow(ApiKey Key, string Environment, string Owner, string Status, bool EndsSoon, bool IsOverAge, bool IsRotating)
{
    private static readonly TimeSpan Soon = TimeSpan.FromDays(14);

    public static KeyRow Of(ApiKeyEntry entry, DateTimeOffset now)
    {
        var key = entry.Key;
        var usable = key.IsUsable(now) && !entry.OwnerIsGone;
        return new KeyRow(
            key, entry.Environment, entry.Owner, key.RevokedAt is not null ? "revoked" : usable ? "active" : key.IsUsable(now) ? "owner gone" : "expired", usable && key.ExpiresAt < now + Soon,
            usable && entry.IsOverAge, usable && key.Secrets.Count(s => s.IsUsable(now)) > 1);
    }
}
