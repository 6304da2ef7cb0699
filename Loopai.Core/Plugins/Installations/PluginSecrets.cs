using System.Security.Cryptography;
using System.Text.Json;
using System.Text.Json.Nodes;
using Microsoft.AspNetCore.DataProtection;

namespace Loopai.Core.Plugins.Installations;

/// <summary>Keeps the secrets of configurations under Data Protection. The organization is part of the purpose, so that a row moved to another one cannot be read there.</summary>
public sealed class PluginSecrets(IDataProtectionProvider protection)
{
    /// <summary>What stands in a secret's place wherever it is shown; given back, the secret stays what it was.</summary>
    public const string Masked = "•••";

    /// <summary>Null for none.</summary>
    public byte[]? Protect(Guid organizationId, IReadOnlyDictionary<string, string> secrets) =>
        secrets.Count == 0 ? null : Protector(organizationId).Protect(JsonSerializer.SerializeToUtf8Bytes(secrets));

    /// <summary>The secrets by name.</summary>
    /// <exception cref="CryptographicException">They were not encrypted for this organization, or their key is gone.</exception>
    public IReadOnlyDictionary<string, string> Of(PluginInstallation installation) => installation.ProtectedSecrets is { } secrets
        ? JsonSerializer.Deserialize<Dictionary<string, string>>(Protector(installation.OrganizationId).Unprotect(secrets))!
        : new Dictionary<string, string>(StringComparer.Ordinal);

    /// <summary>The whole configuration, as the plugin gets it.</summary>
    /// <exception cref="CryptographicException">The secrets cannot be read.</exception>
    public JsonObject ConfigurationOf(PluginInstallation installation)
    {
        var configuration = JsonNode.Parse(installation.Configuration)!.AsObject();
        foreach (var (name, value) in Of(installation))
        {
            configuration[name] = value;
        }

        return configuration;
    }

    private IDataProtector Protector(Guid organizationId) => protection.CreateProtector("Loopai.Plugins", organizationId.ToString("n"));
}
