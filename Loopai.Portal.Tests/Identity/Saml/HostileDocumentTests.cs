using System.Text;
using Loopai.Core.Identity.Saml;
using static Loopai.Portal.Tests.Identity.Saml.GivenSaml;

namespace Loopai.Portal.Tests.Identity.Saml;

/// <summary>Documents that are bad before any signature is looked at, and texts that are cut so that two readers read them differently.</summary>
public sealed class HostileDocumentTests
{
    [Fact]
    public void Read_CommentInsideNameId_ReadsTheWholeText()
    {
        // Canonicalization drops the comment, so the signature stays good; a reader that stops at the first text node would see ann@acme.example.
        var xml = Signed(new SamlAnswer { NameId = Person + ".evil.example" }).OuterXml
            .Replace($"{Person}.evil.example</saml:NameID>", $"{Person}<!-- -->.evil.example</saml:NameID>", StringComparison.Ordinal);

        xml.ShouldContain("<!-- -->");
        Read(xml).NameId.ShouldBe(Person + ".evil.example");
    }

    [Fact]
    public void Read_CommentInsideAttributeValue_ReadsTheWholeText()
    {
        var xml = Signed().OuterXml.Replace(">Admins<", ">Ad<!---->mins<", StringComparison.Ordinal);

        Read(xml).Attributes.Single(a => a.Name == "groups").Values.ShouldBe(["Engineers", "Admins"]);
    }

    [Fact]
    public void Read_CharacterDataSectionInsideNameId_ReadsTheWholeText() =>
        Read(Signed().OuterXml.Replace($">{Person}</saml:NameID>", $">ann@<![CDATA[acme]]>.example</saml:NameID>", StringComparison.Ordinal)).NameId.ShouldBe(Person);

    [Fact]
    public void Read_DuplicateId_IsRefused()
    {
        var document = Signed();
        document.DocumentElement!.SetAttribute("ID", "_assertion");

        Refusal(document.OuterXml).ShouldBe("saml.duplicate_id");
    }

    [Fact]
    public void Read_DuplicateIdInAnotherSpelling_IsRefused()
    {
        var document = Signed();
        document.DocumentElement!.SetAttribute("id", "_assertion");

        Refusal(document.OuterXml).ShouldBe("saml.duplicate_id");
    }

    [Fact]
    public void Read_DocumentType_IsRefused() =>
        Refusal("<!DOCTYPE r SYSTEM \"http://127.0.0.1:9/evil.dtd\">" + Signed().OuterXml).ShouldBe("saml.document_type");

    [Fact]
    public void Read_ExternalEntity_IsRefused() =>
        Refusal("<!DOCTYPE r [<!ENTITY x SYSTEM \"file:///etc/passwd\">]>" + Signed().OuterXml.Replace(Person, "&x;", StringComparison.Ordinal)).ShouldBe("saml.document_type");

    [Fact]
    public void Read_BillionLaughs_IsRefused()
    {
        var entities = new StringBuilder("<!ENTITY l0 \"lol\">");
        for (var i = 1; i < 10; i++)
        {
            entities.Append($"<!ENTITY l{i} \"{string.Concat(Enumerable.Repeat($"&l{i - 1};", 10))}\">");
        }

        Refusal($"<!DOCTYPE r [{entities}]><r>&l9;</r>").ShouldBe("saml.document_type");
    }

    [Fact]
    public void Read_EntityWithoutDeclaration_IsRefused() => Refusal(Signed().OuterXml.Replace(Person, "&x;", StringComparison.Ordinal)).ShouldBe("saml.malformed");

    [Fact]
    public void Read_ProcessingInstruction_IsRefused() =>
        Refusal(Signed().OuterXml.Replace("<samlp:Status>", "<?xml-stylesheet href='x'?><samlp:Status>", StringComparison.Ordinal)).ShouldBe("saml.malformed");

    [Fact]
    public void Read_HugeDocument_IsRefused() =>
        Refusal(Signed().OuterXml.Replace("<samlp:Status>", new string(' ', 600_000) + "<samlp:Status>", StringComparison.Ordinal)).ShouldBe("saml.too_large");

    [Fact]
    public void Read_DeeplyNestedDocument_IsRefused() =>
        Refusal(string.Concat(Enumerable.Repeat("<a>", 20_000)) + string.Concat(Enumerable.Repeat("</a>", 20_000))).ShouldBe("saml.too_large");

    [Fact]
    public void Read_NoXml_IsRefused() => Refusal("{\"not\": \"xml\"}").ShouldBe("saml.malformed");

    [Fact]
    public void Read_AnotherMessage_IsRefused() => Refusal(AssertionOf(Signed()).OuterXml).ShouldBe("saml.structure");

    [Fact]
    public void Read_TwoAssertions_AreRefused()
    {
        var document = Signed();
        var second = Unsigned();
        AssertionOf(second).SetAttribute("ID", "_second");
        document.DocumentElement!.AppendChild(document.ImportNode(AssertionOf(second), deep: true));

        Refusal(document.OuterXml, Settings with { Demand = SignatureDemand.Either }).ShouldBe("saml.structure");
    }

    [Fact]
    public void Read_RefusalOfTheProvider_IsTold()
    {
        var document = Signed(new SamlAnswer { Status = "urn:oasis:names:tc:SAML:2.0:status:Requester" });

        Refusal(document.OuterXml).ShouldBe("saml.status");
    }
}
