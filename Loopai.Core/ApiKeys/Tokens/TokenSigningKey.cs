namespace Loopai.Core.ApiKeys.Tokens;

/// <summary>A key that access tokens are signed with. Every instance signs with the newest; the others are published as long as their tokens live.</summary>
public sealed class TokenSigningKey
{
    /// <summary>The beginning of the SHA-256 of the public key.</summary>
    public required string Id { get; init; }

    /// <summary>SubjectPublicKeyInfo.</summary>
    public required byte[] PublicKey { get; init; }

    /// <summary>PKCS #8, under Data Protection.</summary>
    public required byte[] ProtectedPrivateKey { get; init; }

    public required DateTimeOffset CreatedAt { get; init; }
}
