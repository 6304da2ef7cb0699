using System.Security.Cryptography;
using Loopai.Core.Access;
using Loopai.Core.Data;
using Microsoft.AspNetCore.DataProtection;
using Microsoft.EntityFrameworkCore;

namespace Loopai.Core.Audit;

/// <summary>Signs checkpoints with ECDSA P-256. The private key lies in the database under Data Protection, so that every instance signs with the same one.</summary>
public sealed class AuditSigner(LoopaiData data, IDataProtectionProvider protection, TimeProvider time)
{
    private readonly IDataProtector _protector = protection.CreateProtector("Loopai.Audit.SigningKey");

    /// <summary>All public keys, newest first.</summary>
    public async Task<IReadOnlyList<AuditSigningKey>> KeysAsync(CancellationToken ct)
    {
        await using var db = await data.OpenAsync(Caller.Installation, ct);
        return await db.AuditSigningKeys.AsNoTracking().OrderByDescending(k => k.CreatedAt).ThenBy(k => k.Id).ToListAsync(ct);
    }

    /// <summary>A statement of how far a chain has come.</summary>
    public async Task<AuditCheckpoint> SignAsync(Guid organizationId, long sequence, byte[] hash, CancellationToken ct)
    {
        var key = await KeyAsync(ct);
        var at = DateTimeOffset.FromUnixTimeMilliseconds(time.GetUtcNow().ToUnixTimeMilliseconds());
        using var signer = ECDsa.Create();
        signer.ImportPkcs8PrivateKey(_protector.Unprotect(key.ProtectedPrivateKey), out _);
        return new AuditCheckpoint
        {
            OrganizationId = organizationId,
            Sequence = sequence,
            Hash = hash,
            At = at,
            KeyId = key.Id,
            Signature = signer.SignData(
                AuditText.OfCheckpoint(organizationId, sequence, hash, at), HashAlgorithmName.SHA256, DSASignatureFormat.Rfc3279DerSequence),
        };
    }

    /// <summary>Whether one of our keys made the signature, over just this.</summary>
    public static bool IsSigned(AuditCheckpoint checkpoint, IEnumerable<AuditSigningKey> keys)
    {
        if (keys.FirstOrDefault(k => k.Id == checkpoint.KeyId) is not { } key)
        {
            return false;
        }

        using var verifier = ECDsa.Create();
        verifier.ImportFromPem(key.PublicKey);
        return verifier.VerifyData(
            AuditText.OfCheckpoint(checkpoint.OrganizationId, checkpoint.Sequence, checkpoint.Hash, checkpoint.At),
            checkpoint.Signature, HashAlgorithmName.SHA256, DSASignatureFormat.Rfc3279DerSequence);
    }

    private async Task<AuditSigningKey> KeyAsync(CancellationToken ct)
    {
        if (await KeysAsync(ct) is [var newest, ..])
        {
            return newest;
        }

        // Two instances may make one each; both stay published, and the newer one goes on signing.
        using var made = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        var key = new AuditSigningKey
        {
            Id = Convert.ToHexStringLower(SHA256.HashData(made.ExportSubjectPublicKeyInfo()))[..16],
            PublicKey = made.ExportSubjectPublicKeyInfoPem(),
            ProtectedPrivateKey = _protector.Protect(made.ExportPkcs8PrivateKey()),
            CreatedAt = time.GetUtcNow(),
        };
        await using var db = await data.OpenAsync(Caller.Installation, ct);
        db.AuditSigningKeys.Add(key);
        await db.SaveChangesAsync(ct);
        return key;
    }
}
