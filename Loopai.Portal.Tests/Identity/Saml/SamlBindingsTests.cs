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
    public void Receive_RedirectedRequest_IsRead()
    {
        var message = SamlBindings.Receive(Redirected(Query(LogoutRequest(), Trusted)), Settings);

        SamlLogoutReader.ReadRequest(message, Expect()).ShouldSatisfyAllConditions(r => r.NameId.ShouldBe(Person), r => r.SessionIndexes.ShouldBe(["_session"]));
    }

    [Fact]
    public void Receive_RedirectedEncodedOtherwise_IsVerifiedOverWhatWasSent()
    {
        // Lower-case percent codes, as .NET Framework providers write them.
        using var key = Trusted.GetRSAPrivateKey()!;
        var query = Query(LogoutRequest(), Trusted);
        var signed = Lower(query[..query.IndexOf("&Signature=", StringComparison.Ordinal)].TrimStart('?'));
        var signature = Convert.ToBase64String(key.SignData(Encoding.ASCII.GetBytes(signed), HashAlgorithmName.SHA256, RSASignaturePadding.Pkcs1));

        SamlBindings.Receive(Redirected($"?{signed}&Signature={Lower(Uri.EscapeDataString(signature))}"), Settings).LocalName.ShouldBe("LogoutRequest");
    }

    [Fact]
    public void Receive_RedirectedUnsigned_IsRefused() => Refused(() => SamlBindings.Receive(Redirected(Query(LogoutRequest(), null)), Settings)).ShouldBe("saml.signature_missing");

    [Fact]
    public void Receive_RedirectedOtherKey_IsRefused() => Refused(() => SamlBindings.Receive(Redirected(Query(LogoutRequest(), Stranger)), Settings)).ShouldBe("saml.signature_invalid");

    [Fact]
    public void Receive_RedirectedOtherRelayState_IsRefused() =>
        Refused(() => SamlBindings.Receive(Redirected(Query(LogoutRequest(), Trusted).Replace("RelayState=here", "RelayState=there", StringComparison.Ordinal)), Settings))
            .ShouldBe("saml.signature_invalid");

    [Fact]
    public void Receive_RedirectedRepeatedParameter_IsRefused() =>
        Refused(() => SamlBindings.Receive(Redirected(Query(LogoutRequest(), Trusted) + "&SAMLRequest=x"), Settings)).ShouldBe("saml.binding");

    [Fact]
    public void Receive_RedirectedDeflateBomb_IsRefused()
    {
        var bomb = Document($"<a>{new string(' ', 5_000_000)}</a>");

        Refused(() => SamlBindings.Receive(Redirected(Query(bomb, Trusted)), Settings)).ShouldBe("saml.too_large");
    }

    [Fact]
    public void Receive_PostedRequest_IsRead()
    {
        var message = SamlBindings.Receive(Posted(Form(LogoutRequest(), Trusted)), Settings);

        SamlLogoutReader.ReadRequest(message, Expect()).NameId.ShouldBe(Person);
    }

    [Fact]
    public void Receive_PostedUnsigned_IsRefused() => Refused(() => SamlBindings.Receive(Posted(Form(LogoutRequest(), null)), Settings)).ShouldBe("saml.signature_missing");

    [Fact]
    public void Receive_PostedNoBase64_IsRefused() => Refused(() => SamlBindings.Receive(Posted("<xml/>"), Settings)).ShouldBe("saml.malformed");

    [Fact]
    public void ReadRequest_OtherDestination_IsRefused() =>
        Refused(() => SamlLogoutReader.ReadRequest(Element(LogoutRequest(), e => e.SetAttribute("Destination", "https://other.example")), Expect())).ShouldBe("saml.destination");

    [Fact]
    public void ReadRequest_Stale_IsRefused() =>
        Refused(() => SamlLogoutReader.ReadRequest(Element(LogoutRequest(), e => e.SetAttribute("IssueInstant", Time(Now.AddHours(-1)))), Expect())).ShouldBe("saml.expired");

    [Fact]
    public void ReadResponse_AnswerToNobodysRequest_IsRefused()
    {
        var answer = Answer(SamlRequests.LogoutResponse("_stranger", complete: true, Settings, Addresses, Now));

        Refused(() => SamlLogoutReader.ReadResponse(answer, Expect())).ShouldBe("saml.in_response_to");
    }

    [Fact]
    public void ReadResponse_AnswerToOurs_SaysWhetherAllEnded()
    {
        SamlLogoutReader.ReadResponse(Answer(SamlRequests.LogoutResponse(Request, complete: true, Settings, Addresses, Now)), Expect()).Complete.ShouldBeTrue();
        SamlLogoutReader.ReadResponse(Answer(SamlRequests.LogoutResponse(Request, complete: false, Settings, Addresses, Now)), Expect()).Complete.ShouldBeFalse();
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

    private static XmlElement Answer(XmlDocument document) => AsProvider(document).DocumentElement!;

    private static SamlIncoming Redirected(string query) => SamlIncoming.Redirected(query, isRequest: true, null);

    private static SamlIncoming Posted(string field) => SamlIncoming.Posted(field, null, null);

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
