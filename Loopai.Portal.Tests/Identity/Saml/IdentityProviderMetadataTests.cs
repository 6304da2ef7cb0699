using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using Loopai.Core.Errors;
using Loopai.Core.Identity.Saml;
using Loopai.Core.Identity.Saml.Metadata;
using Loopai.Core.Identity.Saml.Xml;

namespace Loopai.Portal.Tests.Identity.Saml;

/// <summary>Importing what providers publish, and what is no such thing.</summary>
public sealed class IdentityProviderMetadataTests
{
    private static readonly string Good = Convert.ToBase64String(GivenSaml.Trusted.RawData);

    [Fact]
    public void Import_Metadata_FillsTheSettings()
    {
        var settings = IdentityProviderMetadata.Import(
            Metadata(Key(Good) + Key(Convert.ToBase64String(GivenSaml.Stranger.RawData)) + Key(Good, "encryption"), Logout), new SamlSettings { AllowSha1 = true });

        settings.EntityId.ShouldBe("https://idp.example");
        settings.SignOnUrl.ShouldBe("https://idp.example/redirect");
        settings.SignOnBinding.ShouldBe(SamlBinding.Redirect);
        settings.LogoutUrl.ShouldBe("https://idp.example/slo");
        settings.LogoutResponseUrl.ShouldBe("https://idp.example/slo-answer");
        settings.LogoutBinding.ShouldBe(SamlBinding.Post);
        settings.Certificates.Count.ShouldBe(2);
        settings.AllowSha1.ShouldBeTrue("what metadata does not speak of stays");
    }

    [Fact]
    public void Import_DocumentType_IsRefused() =>
        Should.Throw<InvalidException>(() => IdentityProviderMetadata.Import("<!DOCTYPE x>" + Metadata(Key(Good)), new SamlSettings())).Code.ShouldBe("saml.document_type");

    [Fact]
    public void Import_ServiceProvider_IsRefused() => Refusal(Metadata(Key(Good)).Replace("IDPSSODescriptor", "SPSSODescriptor", StringComparison.Ordinal))
        .ShouldContain("not the metadata of a SAML 2.0 identity provider");

    [Fact]
    public void Import_SeveralProviders_AreRefused() =>
        Refusal($"<md:EntitiesDescriptor xmlns:md=\"{SamlNames.Metadata}\">{Metadata(Key(Good))}{Metadata(Key(Good))}</md:EntitiesDescriptor>").ShouldContain("2 identity providers");

    [Fact]
    public void Import_NoCertificate_IsRefused() => Refusal(Metadata("")).ShouldContain("no signing certificate");

    [Fact]
    public void Import_WeakKey_IsRefused()
    {
        using var rsa = RSA.Create(1024);
        using var weak = new CertificateRequest("CN=weak", rsa, HashAlgorithmName.SHA256, RSASignaturePadding.Pkcs1).CreateSelfSigned(GivenSaml.Now, GivenSaml.Now.AddYears(1));

        Refusal(Metadata(Key(Convert.ToBase64String(weak.RawData)))).ShouldContain("below 2048 bits");
    }

    [Fact]
    public void Certificate_Pem_IsTakenAsWellAsBase64()
    {
        IdentityProviderMetadata.Certificate(GivenSaml.Trusted.ExportCertificatePem()).ShouldBe(Good);
        IdentityProviderMetadata.Certificate(Good).ShouldBe(Good);
        Should.Throw<InvalidException>(() => IdentityProviderMetadata.Certificate("hello")).Code.ShouldBe("saml.certificate");
    }

    private const string Logout =
        "<md:SingleLogoutService Binding=\"urn:oasis:names:tc:SAML:2.0:bindings:HTTP-POST\" Location=\"https://idp.example/slo\" ResponseLocation=\"https://idp.example/slo-answer\"/>";

    private static string Refusal(string xml) =>
        Should.Throw<InvalidException>(() => IdentityProviderMetadata.Import(xml, new SamlSettings())).Errors.Single().Value.Single();

    private static string Key(string certificate, string use = "signing") =>
        $"<md:KeyDescriptor use=\"{use}\"><ds:KeyInfo xmlns:ds=\"{SamlNames.Signature}\"><ds:X509Data><ds:X509Certificate>{certificate}</ds:X509Certificate></ds:X509Data></ds:KeyInfo></md:KeyDescriptor>";

    private static string Metadata(string keys, string logout = "") => $"""
        <md:EntityDescriptor xmlns:md="{SamlNames.Metadata}" entityID="https://idp.example"><md:IDPSSODescriptor protocolSupportEnumeration="{SamlNames.Protocol}">{keys}{logout}
        <md:SingleSignOnService Binding="{SamlNames.PostBinding}" Location="https://idp.example/post"/><md:SingleSignOnService Binding="{SamlNames.RedirectBinding}" Location="https://idp.example/redirect"/>
        </md:IDPSSODescriptor></md:EntityDescriptor>
        """;
}
