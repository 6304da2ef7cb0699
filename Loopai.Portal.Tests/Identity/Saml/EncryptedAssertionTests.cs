using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using System.Text;
using System.Xml;
using Loopai.Core.Identity.Saml;
using Loopai.Core.Identity.Saml.Xml;
using static Loopai.Portal.Tests.Identity.Saml.GivenSaml;

namespace Loopai.Portal.Tests.Identity.Saml;

/// <summary>Encrypted assertions: each cipher, each key transport, and what a garbler learns.</summary>
public sealed class EncryptedAssertionTests
{
    private const string Oaep = SamlNames.Encryption + "rsa-oaep-mgf1p";

    private static readonly X509Certificate2 Ours = Certificate("CN=loopai encryption");

    [Theory]
    [InlineData(SamlNames.Encryption + "aes128-cbc", 16)]
    [InlineData(SamlNames.Encryption + "aes256-cbc", 32)]
    [InlineData(SamlNames.Encryption11 + "aes128-gcm", 16)]
    [InlineData(SamlNames.Encryption11 + "aes256-gcm", 32)]
    public void Read_EncryptedAssertion_IsDecrypted(string cipher, int keyBytes) =>
        Read(Encrypted(cipher, keyBytes).OuterXml, Settings with { DemandEncryption = true }, Stranger, Ours).NameId.ShouldBe(Person);

    [Fact]
    public void Read_OaepWithSha256_IsDecrypted()
    {
        var method = $"""
            <e:EncryptionMethod Algorithm="{SamlNames.Encryption11}rsa-oaep"><ds:DigestMethod xmlns:ds="{SamlNames.Signature}" Algorithm="{SamlNames.Encryption}sha256"/><e11:MGF xmlns:e11="{SamlNames.Encryption11}" Algorithm="{SamlNames.Encryption11}mgf1sha256"/></e:EncryptionMethod>
            """;

        Read(Encrypted(SamlNames.Encryption11 + "aes256-gcm", 32, method, RSAEncryptionPadding.OaepSHA256).OuterXml, null, Ours).NameId.ShouldBe(Person);
    }

    [Fact]
    public void Read_SignedResponseAroundAnEncryptedAssertion_IsTaken()
    {
        var document = Encrypted(SamlNames.Encryption11 + "aes256-gcm", 32, signAssertion: false);
        Sign(document.DocumentElement!, Trusted);

        Read(document.OuterXml, Settings with { Demand = SignatureDemand.Response }, Ours).NameId.ShouldBe(Person);
    }

    [Fact]
    public void Read_RsaPkcs1KeyTransport_IsRefused()
    {
        var method = $"<e:EncryptionMethod Algorithm=\"{SamlNames.Encryption}rsa-1_5\"/>";

        Refusal(Encrypted(SamlNames.Encryption11 + "aes256-gcm", 32, method, RSAEncryptionPadding.Pkcs1).OuterXml, null, Ours).ShouldBe("saml.algorithm");
    }

    [Fact]
    public void Read_TripleDes_IsRefused() => Refusal(Encrypted(SamlNames.Encryption + "tripledes-cbc", 32).OuterXml, null, Ours).ShouldBe("saml.algorithm");

    [Fact]
    public void Read_EncryptedForAnother_IsRefused() => Refusal(Encrypted(SamlNames.Encryption11 + "aes256-gcm", 32).OuterXml, null, Stranger).ShouldBe("saml.encryption");

    [Fact]
    public void Read_PlainWhereEncryptionIsDemanded_IsRefused() =>
        Refusal(Signed().OuterXml, Settings with { DemandEncryption = true }, Ours).ShouldBe("saml.encryption_missing");

    [Fact]
    public void Read_GarbledCipherText_AlwaysFailsTheSameWay()
    {
        // Whichever byte is turned, be it in the padding, the markup or the name, the answer is one and the same: no oracle to decrypt by.
        var document = Encrypted(SamlNames.Encryption + "aes256-cbc", 32);
        var value = (XmlElement)document.GetElementsByTagName("CipherValue", SamlNames.Encryption)[1]!;
        var bytes = Convert.FromBase64String(value.InnerText);
        foreach (var position in new[] { 0, 40, bytes.Length / 2, bytes.Length - 17, bytes.Length - 1 })
        {
            var turned = bytes.ToArray();
            turned[position] ^= 1;
            value.InnerText = Convert.ToBase64String(turned);

            Refusal(document.OuterXml, null, Ours).ShouldBe("saml.encryption");
        }
    }

    [Fact]
    public void Read_UnsignedEncryptedAssertion_IsRefused() =>
        Refusal(Encrypted(SamlNames.Encryption11 + "aes256-gcm", 32, signAssertion: false).OuterXml, Settings with { Demand = SignatureDemand.Either }, Ours).ShouldBe("saml.encryption");

    private static XmlDocument Encrypted(
        string cipher, int keyBytes, string? method = null, RSAEncryptionPadding? padding = null, bool signAssertion = true)
    {
        var document = signAssertion ? Signed() : Unsigned();
        var assertion = AssertionOf(document);
        var key = RandomNumberGenerator.GetBytes(keyBytes);
        using var rsa = Ours.GetRSAPublicKey()!;
        var wrapped = Convert.ToBase64String(rsa.Encrypt(key, padding ?? RSAEncryptionPadding.OaepSHA1));
        var bytes = Convert.ToBase64String(Encrypt(cipher, key, Encoding.UTF8.GetBytes(assertion.OuterXml)));
        var holder = document.CreateElement("saml", "EncryptedAssertion", SamlNames.Assertion);
        holder.InnerXml = $"""
            <e:EncryptedData xmlns:e="{SamlNames.Encryption}" Type="http://www.w3.org/2001/04/xmlenc#Element"><e:EncryptionMethod Algorithm="{cipher}"/><ds:KeyInfo xmlns:ds="{SamlNames.Signature}"><e:EncryptedKey>{method ?? $"<e:EncryptionMethod Algorithm=\"{Oaep}\"/>"}<e:CipherData><e:CipherValue>{wrapped}</e:CipherValue></e:CipherData></e:EncryptedKey></ds:KeyInfo><e:CipherData><e:CipherValue>{bytes}</e:CipherValue></e:CipherData></e:EncryptedData>
            """;
        document.DocumentElement!.ReplaceChild(holder, assertion);
        return document;
    }

    private static byte[] Encrypt(string cipher, byte[] key, byte[] plain)
    {
        if (cipher.EndsWith("gcm", StringComparison.Ordinal))
        {
            using var gcm = new AesGcm(key, 16);
            var nonce = RandomNumberGenerator.GetBytes(12);
            var text = new byte[plain.Length];
            var tag = new byte[16];
            gcm.Encrypt(nonce, plain, text, tag);
            return [.. nonce, .. text, .. tag];
        }

        using var aes = Aes.Create();
        aes.Key = key;
        return [.. aes.IV, .. aes.EncryptCbc(plain, aes.IV, PaddingMode.ISO10126)];
    }
}
