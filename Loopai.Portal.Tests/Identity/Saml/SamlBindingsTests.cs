using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using System.Text;
using System.Xml;
using Loopai.Core.Errors;
using Loopai.Core.Identity.Saml;
using Loopai.Core.Identity.Saml.Messages;
using Loopai.Core.Identity.Saml.Xml;
using static Loopai.Portal.Tests.Identity.Saml.GivenSaml;

namespace Loopai.Portal.Tests.Identity.Saml;

/// <summary>Logout messages over both bindings, honest and not. The provider here speaks with this service provider's own sender, which samlify checks elsewhere.</summary>
public sealed partial class SamlBindingsTests
{
    [Fact]
    public void ReceiveRedirect_SignedRequest_IsRead()
    {
        var (message, isRequest) = SamlBindings.ReceiveRedirect(Query(LogoutRequest(), Trusted), Settings);

        isRequest.ShouldBeTrue();
        SamlLogoutReader.ReadRequest(message, Expect()).ShouldSatisfyAllConditions(r => r.NameId.ShouldBe(Person), r => r.SessionIndexes.ShouldBe(["_session"]));
    }

    [Fact]
    public void ReceiveRedirect_EncodedOtherwise_IsVerifiedOverWhatWasSent()
    {
        // Lower-case percent codes, as .NET Framework providers write them.
        using var key = Trusted.GetRSAPrivateKey()!;
        var query = Query(LogoutRequest(), Trusted);
        var signed = Lower(query[..query.IndexOf("&Signature=", StringComparison.Ordinal)].TrimStart('?'));
        var signature = Convert.ToBase64String(key.SignData(Encoding.ASCII.GetBytes(signed), HashAlgorithmName.SHA256, RSASignaturePadding.Pkcs1));

        SamlBindings.ReceiveRedirect($"?{signed}&Signature={Lower(Uri.EscapeDataString(signature))}", Settings).IsRequest.ShouldBeTrue();
    }

    [Fact]
    public void ReceiveRedirect_Unsigned_IsRefused() => Refused(() => SamlBindings.ReceiveRedirect(Query(LogoutRequest(), null), Settings)).ShouldBe("saml.signature_missing");

    [Fact]
    public void ReceiveRedirect_OtherKey_IsRefused() => Refused(() => SamlBindings.ReceiveRedirect(Query(LogoutRequest(), Stranger), Settings)).ShouldBe("saml.signature_invalid");

    [Fact]
    public void ReceiveRedirect_OtherRelayState_IsRefused() =>
        Refused(() => SamlBindings.ReceiveRedirect(Query(LogoutRequest(), Trusted).Replace("RelayState=here", "RelayState=there", StringComparison.Ordinal), Settings))
            .ShouldBe("saml.signature_invalid");

    [Fact]
    public void ReceiveRedirect_RepeatedParameter_IsRefused() =>
        Refused(() => SamlBindings.ReceiveRedirect(Query(LogoutRequest(), Trusted) + "&SAMLRequest=x", Settings)).ShouldBe("saml.binding");

    [Fact]
    public void ReceiveRedirect_DeflateBomb_IsRefused()
    {
        var bomb = Document($"<a>{new string(' ', 5_000_000)}</a>");

        Refused(() => SamlBindings.ReceiveRedirect(Query(bomb, Trusted), Settings)).ShouldBe("saml.too_large");
    }

    [Fact]
    public void ReceivePost_SignedRequest_IsRead()
    {
        var (message, isRequest) = SamlBindings.ReceivePost(Form(LogoutRequest(), Trusted), null, Settings);

        isRequest.ShouldBeTrue();
        SamlLogoutReader.ReadRequest(message, Expect()).NameId.ShouldBe(Person);
    }

    [Fact]
    public void ReceivePost_Unsigned_IsRefused() => Refused(() => SamlBindings.ReceivePost(Form(LogoutRequest(), null), null, Settings)).ShouldBe("saml.signature_missing");

    [Fact]
    public void ReceivePost_NoBase64_IsRefused() => Refused(() => SamlBindings.ReceivePost("<xml/>", null, Settings)).ShouldBe("saml.malformed");

    [Fact]
    public void ReadRequest_OtherDestination_IsRefused() =>
        Refused(() => SamlLogoutReader.ReadRequest(Element(LogoutRequest(), e => e.SetAttribute("Destination", "https://other.example")), Expect())).ShouldBe("saml.destination");

    [Fact]
    public void ReadRequest_Stale_IsRefused() =>
        Refused(() => SamlLogoutReader.ReadRequest(Element(LogoutRequest(), e => e.SetAttribute("IssueInstant", Time(Now.AddHours(-1)))), Expect())).ShouldBe("saml.expired");

    [Fact]
    public void ReadResponse_AnswerToNobodysRequest_IsRefused()
    {
        var answer = Redirected(SamlRequests.LogoutResponse("_stranger", complete: true, Settings, Addresses, Now));

        Refused(() => SamlLogoutReader.ReadResponse(answer, Expect())).ShouldBe("saml.in_response_to");
    }

    [Fact]
    public void ReadResponse_AnswerToOurs_SaysWhetherAllEnded()
    {
        SamlLogoutReader.ReadResponse(Redirected(SamlRequests.LogoutResponse(Request, complete: true, Settings, Addresses, Now)), Expect()).Complete.ShouldBeTrue();
        SamlLogoutReader.ReadResponse(Redirected(SamlRequests.LogoutResponse(Request, complete: false, Settings, Addresses, Now)), Expect()).Complete.ShouldBeFalse();
    }

    /// <summary>As the provider would send it: its name, to our logout address.</summary>
    private static XmlDocument LogoutRequest() =>
        AsProvider(SamlRequests.Logout("_logout", new SamlSubject(Person, SamlNames.EmailNameId, null, null, "_session"), Settings, Addresses, Now));

    private static XmlDocument AsProvider(XmlDocument document)
    {
        document.DocumentElement!.SetAttribute("Destination", Addresses.Logout);
        document.DocumentElement!.Child(SamlNames.Assertion, "Issuer")!.InnerText = Issuer;
        return document;
    }

    private static XmlElement Redirected(XmlDocument document) => AsProvider(document).DocumentElement!;

    private static XmlElement Element(XmlDocument document, Action<XmlElement> change)
    {
        change(document.DocumentElement!);
        return document.DocumentElement!;
    }

    private static string Query(XmlDocument document, X509Certificate2? key) =>
        new Uri(SamlBindings.Send(document, SamlMessageKind.Request, SamlBinding.Redirect, Addresses.Logout, "here", key).Url).Query;

    private static string Form(XmlDocument document, X509Certificate2? key) =>
        SamlBindings.Send(document, SamlMessageKind.Request, SamlBinding.Post, Addresses.Logout, null, key).Form!["SAMLRequest"];

    private static string Lower(string text) => PercentCode().Replace(text, m => m.Value.ToLowerInvariant());

    [System.Text.RegularExpressions.GeneratedRegex("%[0-9A-F]{2}", System.Text.RegularExpressions.RegexOptions.None, 1000)]
    private static partial System.Text.RegularExpressions.Regex PercentCode();

    private static string Refused(Action act) => Should.Throw<InvalidException>(act).Code;
}
