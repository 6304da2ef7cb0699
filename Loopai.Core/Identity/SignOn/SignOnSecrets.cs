using System.Security.Cryptography;
using System.Text.Json;
using Microsoft.AspNetCore.DataProtection;

namespace Loopai.Core.Identity.SignOn;

/// <summary>Encrypts what has to be read back. The organization is part of the purpose, so that a row moved to another one cannot be read there.</summary>
public sealed class SignOnSecrets(IDataProtectionProvider protection)
{
    public string Protect(Guid organizationId, string text) => Protector(organizationId).Protect(text);

    /// <summary>The text, or null when it was not encrypted for this organization or its key is gone.</summary>
    public string? Unprotect(Guid organizationId, string? text)
    {
        try
        {
            return text is null ? null : Protector(organizationId).Unprotect(text);
        }
        catch (CryptographicException)
        {
            return null;
        }
    }

    /// <summary>A connection's secrets by name: <c>clientSecret</c>, <c>bindPassword</c>, a private key.</summary>
    public IReadOnlyDictionary<string, string> Of(SignOnConnection connection) =>
        Unprotect(connection.OrganizationId, connection.Secrets) is { } json
            ? JsonSerializer.Deserialize<Dictionary<string, string>>(json) ?? []
            : new Dictionary<string, string>(StringComparer.Ordinal);

    public string Protect(Guid organizationId, IReadOnlyDictionary<string, string> secrets) => Protect(organizationId, JsonSerializer.Serialize(secrets));

    private IDataProtector Protector(Guid organizationId) => protection.CreateProtector("Loopai.SignOn", organizationId.ToString("n"));
}
