using System.Collections.Concurrent;
using System.Security.Cryptography;
using Loopai.Core.Access;
using Loopai.Core.Data;
using Microsoft.AspNetCore.DataProtection;
using Microsoft.EntityFrameworkCore;

namespace Loopai.Core.Plugins.Packages.Signing;

/// <summary>Signs packages with the installation's key, and says whether a package is as it was signed.</summary>
public sealed class PluginSigner(LoopaiData data, IDataProtectionProvider protection, TimeProvider time)
{
    private readonly IDataProtector _protector = protection.CreateProtector("Loopai.Plugins.PluginSigningKey");

    /// <summary>Public keys never change, and none is ever taken away.</summary>
    private readonly ConcurrentDictionary<string, byte[]> _publicKeys = new(StringComparer.Ordinal);

    /// <summary>All keys that packages are or were signed with, newest first.</summary>
    public async Task<IReadOnlyList<PluginSigningKey>> KeysAsync(CancellationToken ct)
    {
        await using var db = await data.OpenAsync(Caller.Installation, ct);
        await EnsureKeyAsync(db, ct);
        return await db.PluginSigningKeys.AsNoTracking().OrderByDescending(k => k.CreatedAt).ThenBy(k => k.Id).ToListAsync(ct);
    }

    public async Task<PackageSignature> SignAsync(PluginPackage package, CancellationToken ct)
    {
        await using var db = await data.OpenAsync(Caller.Installation, ct);
        var key = await EnsureKeyAsync(db, ct);
        using var signer = ECDsa.Create();
        signer.ImportPkcs8PrivateKey(_protector.Unprotect(key.ProtectedPrivateKey!), out _);
        return new PackageSignature(
            key.Id, signer.SignData(PackageSignature.Canonical(package), HashAlgorithmName.SHA256, DSASignatureFormat.IeeeP1363FixedFieldConcatenation));
    }

    /// <summary>Whether a key of this installation made the signature over this package.</summary>
    public async ValueTask<bool> IsSignedAsync(PluginPackage package, PackageSignature signature, CancellationToken ct)
    {
        if (!_publicKeys.TryGetValue(signature.KeyId, out var publicKey))
        {
            await using var db = await data.OpenAsync(Caller.Installation, ct);
            publicKey = await db.PluginSigningKeys.Where(k => k.Id == signature.KeyId).Select(k => k.PublicKey).FirstOrDefaultAsync(ct);
            if (publicKey is null)
            {
                return false;
            }

            _publicKeys[signature.KeyId] = publicKey;
        }

        return signature.Verify(package, publicKey);
    }

    /// <summary>A new key signs from now on. The private part of the old one goes; what it signed stays valid.</summary>
    public async Task<PluginSigningKey> RotateAsync(CancellationToken ct)
    {
        await using var db = await data.OpenAsync(Caller.Installation, ct);
        foreach (var old in await db.PluginSigningKeys.Where(k => k.RetiredAt == null).ToListAsync(ct))
        {
            (old.RetiredAt, old.ProtectedPrivateKey) = (time.GetUtcNow(), null);
        }

        var made = Make();
        db.PluginSigningKeys.Add(made);
        await db.SaveChangesAsync(ct);
        return made;
    }

    /// <summary>Two portals may make one each at the same moment: both are kept, and the newest signs.</summary>
    private async Task<PluginSigningKey> EnsureKeyAsync(LoopaiDbContext db, CancellationToken ct)
    {
        if (await db.PluginSigningKeys.AsNoTracking().Where(k => k.RetiredAt == null).OrderByDescending(k => k.CreatedAt).ThenBy(k => k.Id).FirstOrDefaultAsync(ct) is { } key)
        {
            return key;
        }

        var made = Make();
        db.PluginSigningKeys.Add(made);
        await db.SaveChangesAsync(ct);
        return made;
    }

    private PluginSigningKey Make()
    {
        using var made = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        var publicKey = made.ExportSubjectPublicKeyInfo();
        return new PluginSigningKey
        {
            Id = Convert.ToHexStringLower(SHA256.HashData(publicKey))[..16], PublicKey = publicKey, ProtectedPrivateKey = _protector.Protect(made.ExportPkcs8PrivateKey()),
            CreatedAt = time.GetUtcNow(),
        };
    }
}
