using FsCheck;
using FsCheck.Fluent;
using Loopai.Core.Errors;
using Loopai.Core.Identity.Scim.Filters;
using Loopai.Core.Identity.Scim.Resources;

namespace Loopai.Portal.Tests.Identity.Scim;

public sealed class ScimFilterParserTests
{
    [Theory]
    [InlineData("userName eq \"bjensen\"", "userName eq \"bjensen\"")]
    [InlineData("USERNAME EQ \"a\"", "USERNAME eq \"a\"")]
    [InlineData("active eq true", "active eq true")]
    [InlineData("title pr and userType eq \"Employee\"", "title pr and userType eq \"Employee\"")]
    [InlineData("title pr or userType eq \"Intern\" and active eq False", "title pr or userType eq \"Intern\" and active eq false")]
    [InlineData("(title pr or nickName pr) and not (active eq true)", "(title pr or nickName pr) and not (active eq true)")]
    [InlineData("userType ne \"E\" and not(emails co \"example.com\")", "userType ne \"E\" and not (emails co \"example.com\")")]
    [InlineData("emails[type eq \"work\" and value co \"@example.com\"]", "emails[type eq \"work\" and value co \"@example.com\"]")]
    [InlineData("meta.lastModified gt \"2011-05-13T04:42:34Z\"", "meta.lastModified gt \"2011-05-13T04:42:34Z\"")]
    [InlineData("urn:ietf:params:scim:schemas:core:2.0:User:name.familyName sw \"J\"", "urn:ietf:params:scim:schemas:core:2.0:User:name.familyName sw \"J\"")]
    [InlineData("externalId eq \"quote \\\" and \\\\ slash\"", "externalId eq \"quote \\u0022 and \\\\ slash\"")]
    [InlineData("title eq null", "title eq null")]
    [InlineData("((((title pr))))", "title pr")]
    public void Parse_Filters_PrintAs(string text, string printed) => ScimFilterParser.Parse(text).ToString().ShouldBe(printed);

    [Theory]
    [InlineData("")]
    [InlineData("userName")]
    [InlineData("userName eq")]
    [InlineData("userName eq bjensen")]
    [InlineData("userName eq \"open")]
    [InlineData("userName like \"x\"")]
    [InlineData("(userName pr")]
    [InlineData("userName pr)")]
    [InlineData("emails[type eq \"work\"")]
    [InlineData("not userName pr")]
    [InlineData("userName pr and")]
    [InlineData("a.b.c eq \"x\"")]
    [InlineData("userName eq \"\\u0000\"")]
    [InlineData("userName eq \"x\\\"")]
    public void Parse_NoFilter_IsInvalidFilter(string text) => Should.Throw<InvalidException>(() => ScimFilterParser.Parse(text)).Code.ShouldBe("scim.invalidFilter");

    [Fact]
    public void Parse_TooMuch_IsRefused()
    {
        foreach (var text in new[]
        {
            $"userName eq \"{new string('x', ScimFilterParser.MaxLength)}\"",
            new string('(', 100) + "title pr" + new string(')', 100),
            string.Join(" or ", Enumerable.Repeat("title pr", ScimFilterParser.MaxTerms + 1)),
        })
        {
            Should.Throw<InvalidException>(() => ScimFilterParser.Parse(text)).Message.ShouldContain("at most");
        }
    }

    [Fact]
    public void Parse_WhatATreePrints_IsTheTree() => Prop.ForAll(
        Trees(3).ToArbitrary(),
        tree => ScimFilterParser.Parse(tree.ToString()).ToString() == tree.ToString()).QuickCheckThrowOnFailure();

    private static Gen<ScimFilter> Trees(int depth)
    {
        var paths = Gen.Elements("userName", "name.familyName", "urn:ietf:params:scim:schemas:extension:enterprise:2.0:User:department").Select(p => ScimPath.Parse(p)!);
        var values = Gen.OneOf(
            Gen.Elements("", "a b", "\"", "\\", "ü🙂", "or", "]").Select(ScimLiteral.Of), Gen.Elements("true", "12", "-0.5").Select(t => new ScimLiteral(t, IsQuoted: false)));
        var compare = from path in paths
                      from verb in Gen.Elements(Enum.GetValues<ScimOperator>())
                      from value in values
                      select (ScimFilter)new ScimFilter.Compare(path, verb, value);
        var leaf = Gen.OneOf(compare, paths.Select(path => (ScimFilter)new ScimFilter.Present(path)));
        if (depth == 0)
        {
            return leaf;
        }

        var inner = Trees(depth - 1);
        return Gen.OneOf(
            leaf,
            inner.Select(tree => (ScimFilter)new ScimFilter.Not(tree)),
            inner.Select(tree => (ScimFilter)new ScimFilter.Item(new ScimPath(null, "emails", null), tree)),
            from left in inner from right in inner select (ScimFilter)new ScimFilter.And(left, right),
            from left in inner from right in inner select (ScimFilter)new ScimFilter.Or(left, right));
    }
}
