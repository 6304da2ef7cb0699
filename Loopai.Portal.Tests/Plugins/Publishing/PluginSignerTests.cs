using System.Security.Cryptography;
using Loopai.Core.Access;
using Loopai.Core.Plugins.Packages;
using Loopai.Core.Plugins.Packages.Signing;
using Loopai.Portal.Tests.Data;
using Loopai.Portal.Tests.Plugins.Packages;
using Microsoft.AspNetCore.DataProtection;
using Microsoft.EntityFrameworkCore;

namespace Loopai.Portal.Tests.Plugins.Publishing;

public sealed class PluginSignerTests(LoopaiDatabaseFixture fixture) : IClassFixture<LoopaiDatabaseFixture>
{
    /// <summary>The tests share a database, and with it the keys that one of them protected.</summary>
    private static readonly EphemeralDataProtectionProvider Protection = new();

    private readonly PluginSigner _signer = new(fixture.Database.Data, Protection, TimeProvider.System);

    [Fact]
    public async Task SignAsync_Package_IsKnownAgainAndNothingElseIs()
    {
        var package = GivenPackage.Validator().Read();
        var signature = await _signer.SignAsync(package, default);

        (await _signer.IsSignedAsync(package, signature, default)).ShouldBeTrue();
        (await _signer.IsSignedAsync(GivenPackage.Validator(GivenPackage.Python + "\n").Read(), signature, default)).ShouldBeFalse();
        (await _signer.IsSignedAsync(GivenPackage.Validator(version: "1.0.1").Read(), signature, default)).ShouldBeFalse();
        (await _signer.IsSignedAsync(GivenPackage.Validator().File("more.txt", "x").Read(), signature, default)).ShouldBeFalse();
        (await _signer.IsSignedAsync(package, signature with { KeyId = "unknown" }, default)).ShouldBeFalse();
    }

    [Fact]
    public async Task RotateAsync_OldSignature_StaysValidAndTheOldPrivateKeyIsGone()
    {
        var package = GivenPackage.Validator().Read();
        var before = await _signer.SignAsync(package, default);
        var made = await _signer.RotateAsync(default);

        (await _signer.IsSignedAsync(package, before, default)).ShouldBeTrue();
        (await _signer.SignAsync(package, default)).KeyId.ShouldBe(made.Id);
        await using var db = await fixture.Database.Data.OpenAsync(Caller.Installation, default);
        (await db.PluginSigningKeys.SingleAsync(k => k.Id == before.KeyId)).ProtectedPrivateKey.ShouldBeNull();
    }

    [Fact]
    public async Task Canonical_Package_CanBeVerifiedWithThePublishedKeyAlone()
    {
        var package = GivenPackage.Validator().Read();
        var signature = await _signer.SignAsync(package, default);
        var key = (await _signer.KeysAsync(default)).Single(k => k.Id == signature.KeyId);

        // As anybody would who has the package, sha256sum and the public key.
        var lines = package.Files.OrderBy(f => f.Key, StringComparer.Ordinal).Select(f => $"{Convert.ToHexStringLower(SHA256.HashData(f.Value.Span))}  {f.Key}\n");
        var text = $"loopai-plugin-signature-v1\nacme.label-guard@1.0.0\n{package.Files.Count}\n{string.Concat(lines)}";
        using var verifier = ECDsa.Create();
        verifier.ImportSubjectPublicKeyInfo(key.PublicKey, out _);
        verifier.VerifyData(System.Text.Encoding.UTF8.GetBytes(text), signature.Value.Span, HashAlgorithmName.SHA256).ShouldBeTrue();
    }
}
