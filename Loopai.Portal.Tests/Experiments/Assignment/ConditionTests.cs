using System.Text.Json;
using Loopai.Core.Experiments.Assignment;

namespace Loopai.Portal.Tests.Experiments.Assignment;

public class ConditionTests
{
    private const string Santa = """{"$and": [{"father.age": {"$gt": 65}}, {"$or": [{"bday": {"$regex": "-12-25$"}}, {"name": "santa"}]}]}""";

    [Theory]
    [InlineData("{}", """{"a": 1}""", true)]
    [InlineData(Santa, """{"name": "santa", "bday": "1980-12-25", "father": {"age": 70}}""", true)]
    [InlineData(Santa, """{"name": "barbara", "bday": "1980-12-25", "father": {"age": 70}}""", true)]
    [InlineData(Santa, """{"name": "barbara", "bday": "1980-11-25", "father": {"age": 70}}""", false)]
    [InlineData(Santa, """{"name": "santa", "bday": "1980-12-25", "father": {"age": 65}}""", false)]
    [InlineData("""{"$not": {"name": "hello"}}""", """{"name": "world"}""", true)]
    [InlineData("""{"$nor": [{"name": "a"}, {"name": "b"}]}""", """{"name": "b"}""", false)]
    [InlineData("""{"$or": []}""", """{}""", true)]
    [InlineData("""{"$and": []}""", """{}""", true)]
    [InlineData("""{"str": "str", "num": 10, "flag": false}""", """{"str": "str", "num": 10, "flag": false}""", true)]
    [InlineData("""{"id": "10"}""", """{"id": 10}""", true)]
    [InlineData("""{"id": 10}""", """{"id": "10.0"}""", true)]
    [InlineData("""{"id": 0}""", """{}""", false)]
    [InlineData("""{"beta": true}""", """{"beta": "yes"}""", true)]
    [InlineData("""{"beta": false}""", """{"beta": ""}""", true)]
    [InlineData("""{"beta": false}""", """{}""", false)]
    [InlineData("""{"a": null}""", """{}""", true)]
    [InlineData("""{"a": null}""", """{"a": 0}""", false)]
    [InlineData("""{"a": [1, "x"]}""", """{"a": [1, "x"]}""", true)]
    [InlineData("""{"a": {"b": 1}}""", """{"a": {"b": 1.0}}""", true)]
    [InlineData("""{"a": {"b": 1}}""", """{"a": {"b": 2}}""", false)]
    [InlineData("""{"a": {"$eq": "x"}}""", """{"a": "x"}""", true)]
    [InlineData("""{"a": {"$eq": 1}}""", """{"a": "1"}""", false)]
    [InlineData("""{"a": {"$ne": "x"}}""", """{}""", true)]
    [InlineData("""{"n": {"$gt": 5, "$lt": 10}}""", """{"n": "8"}""", true)]
    [InlineData("""{"n": {"$gt": "5", "$lt": "10"}}""", """{"n": 8}""", true)]
    [InlineData("""{"n": {"$gt": 5}}""", """{"n": "eight"}""", false)]
    [InlineData("""{"n": {"$lt": 5}}""", """{}""", false)]
    [InlineData("""{"n": {"$gte": 30, "$lte": 60}}""", """{"n": 60}""", true)]
    [InlineData("""{"n": {"$gte": 30, "$lte": 60}}""", """{"n": 61}""", false)]
    [InlineData("""{"w": {"$gt": "alphabet", "$lt": "zebra"}}""", """{"w": "always"}""", true)]
    [InlineData("""{"w": {"$gt": "alphabet", "$lt": "zebra"}}""", """{"w": "AZL"}""", false)]
    [InlineData("""{"n": {"$in": [1, 2, "x"]}}""", """{"n": 2}""", true)]
    [InlineData("""{"n": {"$in": [1, 2, "x"]}}""", """{"n": "\u0078"}""", true)]
    [InlineData("""{"n": {"$in": []}}""", """{"n": 1}""", false)]
    [InlineData("""{"tags": {"$in": ["a", "b"]}}""", """{"tags": ["d", "e", "a"]}""", true)]
    [InlineData("""{"tags": {"$nin": ["a", "b"]}}""", """{"tags": ["d", "e", "a"]}""", false)]
    [InlineData("""{"tags": {"$nin": ["a"]}}""", """{}""", true)]
    [InlineData("""{"tags": {"$all": ["a", "b"]}}""", """{"tags": ["b", "c", "a"]}""", true)]
    [InlineData("""{"tags": {"$all": ["a", "b"]}}""", """{"tags": ["b"]}""", false)]
    [InlineData("""{"tags": {"$size": 2}}""", """{"tags": [1, 2]}""", true)]
    [InlineData("""{"tags": {"$size": {"$gt": 2}}}""", """{"tags": [1, 2]}""", false)]
    [InlineData("""{"tags": {"$size": 0}}""", """{"tags": "no list"}""", false)]
    [InlineData("""{"nums": {"$elemMatch": {"$gt": 10}}}""", """{"nums": [0, 15]}""", true)]
    [InlineData("""{"hobbies": {"$elemMatch": {"name": {"$regex": "^ping"}}}}""", """{"hobbies": [{"name": "bowling"}, {"name": "pingpong"}]}""", true)]
    [InlineData("""{"hobbies": {"$not": {"$elemMatch": {"name": "bowling"}}}}""", """{"hobbies": [{"name": "bowling"}]}""", false)]
    [InlineData("""{"pets.dog.name": {"$exists": false}}""", """{"pets": {"dog": null}}""", true)]
    [InlineData("""{"pets.dog.name": {"$exists": true}}""", """{"pets": {"dog": {"name": "fido"}}}""", true)]
    [InlineData("""{"address.state": "CA"}""", """{"address": 123}""", false)]
    [InlineData("""{"a": {"$type": "undefined"}}""", """{}""", true)]
    [InlineData("""{"a": {"$type": "array"}}""", """{"a": {}}""", false)]
    [InlineData("""{"ua": {"$regex": "(Mobile|Tablet)"}}""", """{"ua": "Chrome Desktop"}""", false)]
    public void Matches_OfAttributes_SaysWhoTakesPart(string condition, string attributes, bool expected)
    {
        var parsed = Condition.Parse(condition, out var errors);
        errors.ShouldBeEmpty();
        using var document = JsonDocument.Parse(attributes);
        parsed!.Matches(document.RootElement).ShouldBe(expected);
    }

    [Theory]
    [InlineData("")]
    [InlineData(null)]
    [InlineData("{}")]
    public void Parse_NoCondition_MatchesEverybodyEvenWithoutAttributes(string? json) => Condition.Parse(json, out _)!.Matches(default).ShouldBeTrue();

    [Theory]
    [InlineData("[1]", "The condition must be an object")]
    [InlineData("{", "not valid JSON")]
    [InlineData("""{"a": {"$gt": true}}""", "a.$gt must be a number or a text")]
    [InlineData("""{"a": {"$in": 1}}""", "a.$in must be a list")]
    [InlineData("""{"a": {"$near": 1}}""", "a.$near is no operator; there are $eq")]
    [InlineData("""{"a": {"$regex": "(a"}}""", "a.$regex is a pattern that cannot be used")]
    [InlineData("""{"a": {"$regex": "(?=a)"}}""", "Look-around")]
    [InlineData("""{"$or": [{"a": {"$exists": 1}}]}""", "$or[0].a.$exists must be true or false")]
    [InlineData("""{"$or": {"a": 1}}""", "$or must be a list of conditions")]
    [InlineData("""{"a": {"$type": "date"}}""", "a.$type must be one of string")]
    public void Parse_WhatIsNoCondition_SaysWhereAndWhatToDo(string json, string message)
    {
        Condition.Parse(json, out var errors).ShouldBeNull();
        errors.ShouldContain(e => e.Contains(message, StringComparison.Ordinal), string.Join('\n', errors));
    }

    [Fact]
    public void Parse_SeveralMistakes_NamesThemAll()
    {
        Condition.Parse("""{"a": {"$gt": true, "$in": 1}, "b": {"$x": 1}}""", out var errors).ShouldBeNull();
        errors.Count.ShouldBe(3);
    }

    [Theory]
    [InlineData(15, true)]
    [InlineData(17, false)]
    [InlineData(5_000, false)]
    public void Parse_DeepNesting_IsRefusedBeyondTheLimit(int levels, bool accepted)
    {
        var json = string.Concat(Enumerable.Repeat("{\"$and\":[", levels).Append("{}").Concat(Enumerable.Repeat("]}", levels)));
        (Condition.Parse(json, out var errors) is not null).ShouldBe(accepted, string.Join('\n', errors));
    }

    [Fact]
    public void Parse_TooManyComparisonsOrValues_IsRefused()
    {
        Condition.Parse(JsonSerializer.Serialize(Enumerable.Range(0, 201).ToDictionary(i => $"a{i}", i => i)), out var many).ShouldBeNull();
        many.ShouldHaveSingleItem().ShouldContain("a condition may have 200");
        Condition.Parse(JsonSerializer.Serialize(new { a = new Dictionary<string, int[]> { ["$in"] = new int[1_001] } }), out var long_).ShouldBeNull();
        long_.ShouldHaveSingleItem().ShouldContain("a list of up to 1000");
        Condition.Parse("{\"a\": \"" + new string('x', 70_000) + "\"}", out _).ShouldBeNull();
    }
}
