using Loopai.Core.Data;

namespace Loopai.Core.Audit;

/// <summary>An event that waits for its seal. Written with the event, removed by the sealer.</summary>
public sealed class AuditPending : ITenantOwned
{
    public required Guid OrganizationId { get; init; }

    public required Guid EventId { get; init; }
}

/// <summary>An event's place in its organization's chain: its number, and a hash over the event and the hash before it.</summary>
public sealed class AuditSeal : ITenantOwned, IAppendOnly
{
    public required Guid OrganizationId { get; init; }

    /// <summary>1, 2, 3, … without a gap.</summary>
    public required long Sequence { get; init; }

    public required Guid EventId { get; init; }

    /// <summary>SHA-256 over the hash of the event before and this event's canonical text.</summary>
    public required byte[] Hash { get; init; }

    public required DateTimeOffset SealedAt { get; init; }
}

/// <summary>How far an organization's chain has come. Its row is the lock that sealers take turns by.</summary>
public sealed class AuditLog : ITenantOwned
{
    public required Guid OrganizationId { get; init; }

    public long LastSequence { get; set; }

    /// <summary>The hash of the last event; 32 zero bytes before the first.</summary>
    public byte[] LastHash { get; set; } = new byte[AuditText.HashLength];

    public long CheckpointSequence { get; set; }

    public DateTimeOffset? CheckpointAt { get; set; }

    public DateTimeOffset? SealedAt { get; set; }
}

/// <summary>A signed statement of how far the chain had come at a time. Whoever keeps it elsewhere can tell that nothing before it was changed or cut off.</summary>
public sealed class AuditCheckpoint : ITenantOwned, IAppendOnly
{
    public required Guid OrganizationId { get; init; }

    /// <summary>The last event that it speaks for.</summary>
    public required long Sequence { get; init; }

    public required byte[] Hash { get; init; }

    public required DateTimeOffset At { get; init; }

    public required string KeyId { get; init; }

    /// <summary>ECDSA P-256 over SHA-256 of <see cref="AuditText.OfCheckpoint"/>, in DER as <c>openssl dgst -verify</c> takes it.</summary>
    public required byte[] Signature { get; init; }
}

/// <summary>A key that signs checkpoints; one serves all organizations and instances. Old ones stay, so that old checkpoints can be checked.</summary>
public sealed class AuditSigningKey
{
    /// <summary>The beginning of the SHA-256 of the public key.</summary>
    public required string Id { get; init; }

    /// <summary>PEM, as it is published.</summary>
    public required string PublicKey { get; init; }

    /// <summary>PKCS #8, under Data Protection.</summary>
    public required byte[] ProtectedPrivateKey { get; init; }

    public required DateTimeOffset CreatedAt { get; init; }
}
