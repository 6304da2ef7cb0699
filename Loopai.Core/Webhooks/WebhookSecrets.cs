using System.Security.Cryptography;
using System.Text.Json;
using Microsoft.AspNetCore.DataProtection;

namespace Loopai.Core.Webhooks;

/// <summary>Keeps secrets and custom headers under Data Protection. The organization is part of the purpose, so that a row moved to another one cannot be read there.</summary>
public sealed class WebhookSecrets(IDataProtectionProvider protection)
{
    public byte[] Protect(Guid organizationId, string secret) => Protector(organizationId).Protect(System.Text.Encoding.UTF8.GetBytes(secret));

    /// <summary>The secrets that sign now: the present one, and for a while after a rotation the one before.</summary>
    /// <exception cref="CryptographicException">It was not encrypted for this organization, or its key is gone.</exception>
    public IReadOnlyList<string> SigningWith(WebhookSubscription subscription, DateTimeOffset now) =>
        subscription.ProtectedOldSecret is { } old && subscription.OldSecretEndsAt > now
            ? [Unprotect(subscription.OrganizationId, subscription.ProtectedSecret), Unprotect(subscription.OrganizationId, old)]
            : [Unprotect(subscription.OrganizationId, subscription.ProtectedSecret)];

    public byte[]? Protect(Guid organizationId, IReadOnlyDictionary<string, string> headers) =>
        headers.Count == 0 ? null : Protector(organizationId).Protect(JsonSerializer.SerializeToUtf8Bytes(headers));

    /// <summary>The headers that go along, with their values.</summary>
    public IReadOnlyDictionary<string, string> HeadersOf(WebhookSubscription subscription) => subscription.ProtectedHeaders is { } headers
        ? JsonSerializer.Deserialize<Dictionary<string, string>>(Protector(subscription.OrganizationId).Unprotect(headers))!
        : new Dictionary<string, string>(StringComparer.Ordinal);

    private string Unprotect(Guid organizationId, byte[] secret) => System.Text.Encoding.UTF8.GetString(Protector(organizationId).Unprotect(secret));

    private IDataProtector Protector(Guid organizationId) => protection.CreateProtector("Loopai.Webhooks", organizationId.ToString("n"));
}
