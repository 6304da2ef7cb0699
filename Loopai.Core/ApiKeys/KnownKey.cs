using System.Net;
using System.Security.Cryptography;
using Loopai.Core.Access;

namespace Loopai.Core.ApiKeys;

/// <summary>A key as it is kept in memory, with what it may do now.</summary>
internal sealed class KnownKey
{
    private readonly AddressRanges? _ranges;
    private readonly HeldPermissions? _held;

    /// <param name="key">The key with its secrets.</param>
    /// <param name="held">What whoever it belongs to may do in its environment; null when they are no active member any more.</param>
    /// <param name="loadedAt">When it was read.</param>
    public KnownKey(ApiKey key, HeldPermissions? held, DateTimeOffset loadedAt)
    {
        (Key, LoadedAt, _held) = (key, loadedAt, held);
        _ranges = AddressRanges.Parse(key.AddressRanges);
        Secrets = [.. key.Secrets.Select(secret => new KnownSecret(secret))];
        Caller = CallerWithin(key.Permissions);
    }

    public ApiKey Key { get; }

    public Caller Caller { get; }

    public IReadOnlyList<KnownSecret> Secrets { get; }

    public DateTimeOffset LoadedAt { get; }

    /// <summary>The key's caller, with no more than these permissions.</summary>
    public Caller CallerWithin(string scope) => Caller.ForKey(
        Key.Id, Key.Name, Key.OrganizationId, Key.EnvironmentId,
        (_held ?? HeldPermissions.Everywhere([])).Only(scope.Split(' ').Intersect(Key.Permissions.Split(' '), StringComparer.Ordinal).ToList(), Key.Tasks), Key.OwnerId);

    /// <summary>The secret that this text has; null when it has none of them.</summary>
    public ApiKeySecret? SecretOf(string text)
    {
        var hash = ApiKeyFormat.Hash(text);
        return Secrets.Select(known => known.Secret).FirstOrDefault(secret => CryptographicOperations.FixedTimeEquals(hash, secret.Hash));
    }

    /// <summary>The same for what was got with one of its secrets.</summary>
    public string? Refusal(Guid secretId, IPAddress? address, DateTimeOffset now) =>
        Secrets.All(known => known.Secret.Id != secretId || !known.Secret.IsUsable(now)) ? "The secret was rotated out, or revoked." : Refusal(address, now);

    /// <summary>Why the key does not let anybody in now, or not from there; null when it does.</summary>
    public string? Refusal(IPAddress? address, DateTimeOffset now) =>
        Key.RevokedAt is not null ? "The key is revoked."
        : !Key.IsUsable(now) ? "The key has expired."
        : _held is null ? "The person it belongs to is no active member."
        : _ranges is { } ranges && !ranges.Contain(address) ? "The address is outside of the key's ranges."
        : null;
}

/// <summary>A secret, and when its use was last written down.</summary>
internal sealed class KnownSecret(ApiKeySecret secret)
{
    private static readonly TimeSpan Precision = TimeSpan.FromMinutes(1);

    public ApiKeySecret Secret => secret;

    public DateTimeOffset? NotedAt { get; set; } = secret.LastUsedAt;

    /// <summary>So that traffic does not write a row a request.</summary>
    public bool IsUseToNote(DateTimeOffset now) => NotedAt is not { } noted || now - noted > Precision;
}
