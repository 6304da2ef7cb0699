namespace Loopai.Core.Plugins.Packages.Signing;

/// <summary>A key of the installation that packages are signed with. The newest signs; the others stay, for what they signed is still in use.</summary>
public sealed class PluginSigningKey
{
    public const int IdLength = 32;

    /// <summary>The beginning of the SHA-256 of the public key.</summary>
    public required string Id { get; init; }

    /// <summary>SubjectPublicKeyInfo.</summary>
    public required byte[] PublicKey { get; init; }

    /// <summary>PKCS #8, under Data Protection; null once the key was retired.</summary>
    public byte[]? ProtectedPrivateKey { get; set; }

    public required DateTimeOffset CreatedAt { get; init; }

    /// <summary>When another key took over.</summary>
    public DateTimeOffset? RetiredAt { get; set; }
}
