using System.Security.Cryptography;
using Loopai.Core.Access;
using Loopai.Core.Data;
using Microsoft.AspNetCore.DataProtection;
using Microsoft.EntityFrameworkCore;

namespace Loopai.Core.ApiKeys.Tokens;

/// <summary>Signs access tokens with ECDSA P-256, and knows the keys of all that may still be alive.</summary>
public sealed class TokenSigner(LoopaiData data, IDataProtectionProvider protection, TimeProvider time) : IDisposable
{
    /// <summary>After this a new key takes over.</summary>
    private static readonly TimeSpan SignsFor = TimeSpan.FromDays(30);

    /// <summary>A key is published a day longer than it signs: tokens live an hour, and clocks differ.</summary>
    private static readonly TimeSpan PublishedFor = SignsFor + TimeSpan.FromDays(1);

    /// <summary>Who sends tokens with made-up key names must not make us read the table each time.</summary>
    private static readonly TimeSpan RefreshAtMostEvery = TimeSpan.FromSeconds(5);

    /// <summary>Two instances may make a key each at the same moment: for no longer than this do they publish different ones.</summary>
    private static readonly TimeSpan ReadEvery = TimeSpan.FromMinutes(5);

    private readonly IDataProtector _protector = protection.CreateProtector("Loopai.ApiKeys.TokenSigningKey");
    private readonly SemaphoreSlim _loading = new(1, 1);
    private volatile Loaded? _loaded;

    /// <summary>The keys that tokens may be signed with, newest first.</summary>
    public async Task<IReadOnlyList<TokenSigningKey>> PublishedAsync(CancellationToken ct) => (await CurrentAsync(ct)).Keys;

    /// <summary>Signs with the newest key; its name has to stand in what is signed.</summary>
    public async Task<(string KeyId, Func<ReadOnlyMemory<byte>, byte[]> Sign)> SignerAsync(CancellationToken ct)
    {
        var newest = (await CurrentAsync(ct)).Keys[0];
        return (newest.Id, content =>
        {
            using var signer = ECDsa.Create();
            signer.ImportPkcs8PrivateKey(_protector.Unprotect(newest.ProtectedPrivateKey), out _);
            return signer.SignData(content.Span, HashAlgorithmName.SHA256, DSASignatureFormat.IeeeP1363FixedFieldConcatenation);
        });
    }

    /// <summary>Whether the key of this name, if we have one, made the signature.</summary>
    public async ValueTask<bool> IsSignedAsync(string keyId, ReadOnlyMemory<byte> content, ReadOnlyMemory<byte> signature, CancellationToken ct)
    {
        var loaded = await CurrentAsync(ct);
        var key = loaded.Keys.FirstOrDefault(k => k.Id == keyId);
        if (key is null && time.GetUtcNow() - loaded.At > RefreshAtMostEvery)
        {
            // Another instance may have made one since.
            key = (await LoadAsync(loaded, ct)).Keys.FirstOrDefault(k => k.Id == keyId);
        }

        if (key is null)
        {
            return false;
        }

        using var verifier = ECDsa.Create();
        verifier.ImportSubjectPublicKeyInfo(key.PublicKey, out _);
        return verifier.VerifyData(content.Span, signature.Span, HashAlgorithmName.SHA256, DSASignatureFormat.IeeeP1363FixedFieldConcatenation);
    }

    public void Dispose() => _loading.Dispose();

    private async ValueTask<Loaded> CurrentAsync(CancellationToken ct) =>
        _loaded is { } loaded && time.GetUtcNow() is var now && now - loaded.Keys[0].CreatedAt < SignsFor && now - loaded.At < ReadEvery ? loaded : await LoadAsync(_loaded, ct);

    private async Task<Loaded> LoadAsync(Loaded? stale, CancellationToken ct)
    {
        await _loading.WaitAsync(ct);
        try
        {
            if (_loaded is { } others && !ReferenceEquals(others, stale))
            {
                return others;
            }

            var now = time.GetUtcNow();
            await using var db = await data.OpenAsync(Caller.Installation, ct);
            await db.TokenSigningKeys.Where(k => k.CreatedAt < now - PublishedFor).ExecuteDeleteAsync(ct);
            var keys = await db.TokenSigningKeys.AsNoTracking().OrderByDescending(k => k.CreatedAt).ThenBy(k => k.Id).ToListAsync(ct);
            if (keys.Count == 0 || now - keys[0].CreatedAt >= SignsFor)
            {
                // Two instances may make one each; both are published.
                var made = Make(now);
                db.TokenSigningKeys.Add(made);
                await db.SaveChangesAsync(ct);
                keys.Insert(0, made);
            }

            return _loaded = new Loaded(keys, now);
        }
        finally
        {
            _loading.Release();
        }
    }

    private TokenSigningKey Make(DateTimeOffset now)
    {
        using var made = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        var publicKey = made.ExportSubjectPublicKeyInfo();
        return new TokenSigningKey
        {
            Id = Convert.ToHexStringLower(SHA256.HashData(publicKey))[..16], PublicKey = publicKey, ProtectedPrivateKey = _protector.Protect(made.ExportPkcs8PrivateKey()),
            CreatedAt = now,
        };
    }

    private sealed record Loaded(IReadOnlyList<TokenSigningKey> Keys, DateTimeOffset At);
}
