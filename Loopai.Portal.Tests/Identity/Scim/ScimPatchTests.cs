using System.Text.Json;
using System.Text.Json.Nodes;
using Loopai.Core.Errors;
using Loopai.Core.Identity.Scim.Resources;

namespace Loopai.Portal.Tests.Identity.Scim;

/// <summary>What each operation does to a user, in the words of RFC 7644 and of the directories.</summary>
public sealed class ScimPatchTests
{
    private const string Before = """
        {"userName":"bjensen@acme.example","active":true,"name":{"givenName":"Barbara","familyName":"Jensen"},"title":"Engineer",
         "emails":[{"value":"bjensen@acme.example","type":"work","primary":true},{"value":"babs@home.example","type":"home"}]}
        """;

    private const string Enterprise = "urn:ietf:params:scim:schemas:extension:enterprise:2.0:User";

    [Theory]
    [InlineData("""{"op":"replace","path":"active","value":false}""", "active", "false")]
    [InlineData("""{"op":"Replace","path":"active","value":"False"}""", "active", "false")]
    [InlineData("""{"op":"replace","value":{"active":false}}""", "active", "false")]
    [InlineData("""{"op":"Add","path":"title","value":"Manager"}""", "title", "\"Manager\"")]
    [InlineData("""{"op":"Replace","path":"name.familyName","value":"Smith"}""", "name", """{"givenName":"Barbara","familyName":"Smith"}""")]
    [InlineData("""{"op":"Replace","value":{"name.familyName":"Smith","id":"1"}}""", "name", """{"givenName":"Barbara","familyName":"Smith"}""")]
    [InlineData("""{"op":"add","path":"name","value":{"middleName":"J"}}""", "name", """{"givenName":"Barbara","familyName":"Jensen","middleName":"J"}""")]
    [InlineData("""{"op":"remove","path":"name.givenName"}""", "name", """{"familyName":"Jensen"}""")]
    [InlineData("""{"op":"remove","path":"name"}""", "name", "null")]
    [InlineData("""{"op":"replace","path":"title","value":null}""", "title", "null")]
    [InlineData("""{"op":"Replace","path":"emails[type eq \"work\"].value","value":"b@acme.example"}""", "emails", """[{"value":"b@acme.example","type":"work","primary":true},{"value":"babs@home.example","type":"home"}]""")]
    [InlineData("""{"op":"Add","path":"phoneNumbers[type eq \"mobile\"].value","value":"+49 30 1"}""", "phoneNumbers", """[{"type":"mobile","value":"+49 30 1"}]""")]
    [InlineData("""{"op":"remove","path":"emails[type eq \"home\"]"}""", "emails", """[{"value":"bjensen@acme.example","type":"work","primary":true}]""")]
    [InlineData("""{"op":"remove","path":"emails"}""", "emails", "null")]
    [InlineData("""{"op":"add","path":"emails","value":[{"value":"new@acme.example","type":"other","primary":"True"}]}""", "emails", """[{"value":"bjensen@acme.example","type":"work","primary":false},{"value":"babs@home.example","type":"home"},{"value":"new@acme.example","type":"other","primary":true}]""")]
    [InlineData("""{"op":"add","path":"emails","value":[{"value":"BABS@home.example","type":"home"}]}""", "emails", """[{"value":"bjensen@acme.example","type":"work","primary":true},{"value":"babs@home.example","type":"home"}]""")]
    [InlineData("""{"op":"replace","path":"emails","value":[{"value":"only@acme.example"}]}""", "emails", """[{"value":"only@acme.example"}]""")]
    [InlineData("""{"op":"Add","path":"urn:ietf:params:scim:schemas:extension:enterprise:2.0:User:department","value":"R&D"}""", Enterprise, """{"department":"R&D"}""")]
    [InlineData("""{"op":"Replace","path":"urn:ietf:params:scim:schemas:extension:enterprise:2.0:User:manager","value":"42"}""", Enterprise, """{"manager":{"value":"42"}}""")]
    [InlineData("""{"op":"Add","value":{"urn:ietf:params:scim:schemas:extension:enterprise:2.0:User:department":"R&D"}}""", Enterprise, """{"department":"R&D"}""")]
    [InlineData("""{"op":"Add","value":{"urn:ietf:params:scim:schemas:extension:enterprise:2.0:User":{"department":"R&D"}}}""", Enterprise, """{"department":"R&D"}""")]
    public void Apply_Operation_Gives(string operation, string attribute, string expected)
    {
        var after = Apply(ScimSchemas.User, Before, operation);

        JsonNode.DeepEquals(after[attribute], JsonNode.Parse(expected)).ShouldBeTrue(after[attribute]?.ToJsonString());
    }

    [Theory]
    [InlineData("""{"op":"move","path":"title","value":"x"}""", "invalidSyntax")]
    [InlineData("""{"path":"title","value":"x"}""", "invalidSyntax")]
    [InlineData("""{"op":"remove"}""", "noTarget")]
    [InlineData("""{"op":"remove","path":"emails[type eq \"other\"]"}""", "noTarget")]
    [InlineData("""{"op":"replace","path":"emails[value co \"nobody\"].value","value":"x"}""", "noTarget")]
    [InlineData("""{"op":"replace","path":"shoeSize","value":"44"}""", "invalidPath")]
    [InlineData("""{"op":"replace","path":"emails[type eq \"work\"","value":"x"}""", "invalidPath")]
    [InlineData("""{"op":"replace","path":"emails[kind eq \"work\"].value","value":"x"}""", "invalidFilter")]
    [InlineData("""{"op":"replace","path":"id","value":"x"}""", "mutability")]
    [InlineData("""{"op":"replace","path":"groups","value":[]}""", "mutability")]
    [InlineData("""{"op":"replace","path":"active","value":"maybe"}""", "invalidValue")]
    [InlineData("""{"op":"replace","path":"active"}""", "invalidValue")]
    [InlineData("""{"op":"replace","value":"x"}""", "invalidValue")]
    [InlineData("""{"op":"remove","path":"userName"}""", "invalidValue")]
    [InlineData("""{"op":"replace","path":"title","value":{"x":1}}""", "invalidValue")]
    public void Apply_WrongOperation_IsRefusedByName(string operation, string type) =>
        Should.Throw<InvalidException>(() => Apply(ScimSchemas.User, Before, operation)).Code.ShouldBe("scim." + type);

    [Fact]
    public void Apply_MembersInBothDialects_AddAndRemove()
    {
        const string before = """{"displayName":"Staff","members":[{"value":"a"},{"value":"b"},{"value":"c"}]}""";

        Members("""{"op":"Add","path":"members","value":[{"value":"b"},{"value":"d"}]}""").ShouldBe(["a", "b", "c", "d"]);
        Members("""{"op":"Remove","path":"members","value":[{"value":"b"},{"value":"c"}]}""").ShouldBe(["a"]);
        Members("""{"op":"remove","path":"members[value eq \"A\"]"}""").ShouldBe(["b", "c"]);
        Members("""{"op":"replace","path":"members","value":[{"value":"z"}]}""").ShouldBe(["z"]);
        Members("""{"op":"remove","path":"members"}""").ShouldBeEmpty();

        IEnumerable<string> Members(string operation) =>
            (Apply(ScimSchemas.Group, before, operation)["members"] as JsonArray ?? []).Select(member => (string)member!["value"]!);
    }

    private static JsonObject Apply(ScimSchema schema, string before, string operation) =>
        ScimPatch.Apply(schema, (JsonObject)JsonNode.Parse(before)!, JsonElement.Parse($$"""{"schemas":["{{ScimPatch.Schema}}"],"Operations":[{{operation}}]}"""));
}
