using System.Text.Json;
using Loopai.Core.Schemas.Evaluation;
using Loopai.Core.Schemas.Values;

namespace Loopai.Core.Schemas.Compilation;

/// <summary>What a schema says for one keyword, read with the checks that its type asks for.</summary>
internal readonly record struct KeywordValue(string Name, string Pointer, JsonElement Element)
{
    public string Text() => Element.ValueKind == JsonValueKind.String ? JsonText.Decode(JsonText.Raw(Element)) : throw Refuse("a string");

    public bool Flag() => Element.ValueKind switch
    {
        JsonValueKind.True => true,
        JsonValueKind.False => false,
        _ => throw Refuse("true or false"),
    };

    public JsonElement Number() => Element.ValueKind == JsonValueKind.Number ? Element : throw Refuse("a number");

    public JsonElement PositiveNumber()
    {
        var number = JsonNumber.Of(Number());
        return number.IsNegative || number.IsZero ? throw Refuse("a number above zero") : Element;
    }

    /// <summary>A limit of a length or a count; what is beyond any length of .NET is as good as the largest.</summary>
    public int Count()
    {
        const string expected = "a whole number of zero or more";
        if (Element.ValueKind != JsonValueKind.Number)
        {
            throw Refuse(expected);
        }

        var number = JsonNumber.Of(Element);
        if (!number.IsInteger || (number.IsNegative && !number.IsZero))
        {
            throw Refuse(expected);
        }

        return (int)Math.Min(int.MaxValue, Element.GetDouble());
    }

    public IReadOnlyList<JsonElement> List() =>
        Element.ValueKind == JsonValueKind.Array ? [.. Element.EnumerateArray()] : throw Refuse("an array");

    /// <summary>Texts that must differ, such as the names in <c>required</c>.</summary>
    public IReadOnlyList<JsonElement> DistinctTexts()
    {
        var texts = List();
        var seen = new HashSet<JsonElement>(JsonEquality.Instance);
        for (var index = 0; index < texts.Count; index++)
        {
            var item = this with { Pointer = JsonPointer.Append(Pointer, index), Element = texts[index] };
            if (texts[index].ValueKind != JsonValueKind.String)
            {
                throw item.Refuse("a string");
            }

            if (!seen.Add(texts[index]))
            {
                throw new InvalidSchemaException(item.Pointer, $"{Name}: {Excerpt.Of(texts[index])} is listed twice");
            }
        }

        return texts;
    }

    /// <summary>The members of an object, each with the pointer to it.</summary>
    public IEnumerable<(JsonProperty Property, KeywordValue Value)> Members()
    {
        if (Element.ValueKind != JsonValueKind.Object)
        {
            throw Refuse("an object");
        }

        foreach (var property in Element.EnumerateObject())
        {
            var name = JsonText.Decode(JsonText.RawName(property));
            yield return (property, this with { Pointer = JsonPointer.Append(Pointer, name), Element = property.Value });
        }
    }

    public InvalidSchemaException Refuse(string expected) =>
        new(Pointer, $"{Name}: expected {expected}, found {Excerpt.WithKind(Element)}");
}
