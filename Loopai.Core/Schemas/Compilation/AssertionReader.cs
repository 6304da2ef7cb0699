using System.Text.Json;
using Loopai.Core.Schemas.Evaluation;
using Loopai.Core.Schemas.Formats;
using Loopai.Core.Schemas.Keywords;
using Loopai.Core.Schemas.Patterns;
using Loopai.Core.Schemas.Values;

namespace Loopai.Core.Schemas.Compilation;

/// <summary>Reads the keywords without subschemas.</summary>
internal sealed class AssertionReader(SchemaOptions options)
{
    public IEnumerable<Keyword> Read(SchemaSite site)
    {
        foreach (var name in site.KeywordNames)
        {
            if (Read(site.Find(name)!.Value) is { } keyword)
            {
                yield return keyword;
            }
        }
    }

    private Keyword? Read(KeywordValue value) => value.Name switch
    {
        "type" => new TypeKeyword(value.Pointer, ReadTypes(value)),
        "enum" => new EnumKeyword(value.Pointer, value.List()),
        "const" => new ConstKeyword(value.Pointer, value.Element),
        "minimum" or "maximum" or "exclusiveMinimum" or "exclusiveMaximum" => new NumberBound(value.Name, value.Pointer, value.Number()),
        "multipleOf" => new MultipleOfKeyword(value.Pointer, value.PositiveNumber()),
        "minLength" => new MinLengthKeyword(value.Pointer, value.Count()),
        "maxLength" => new MaxLengthKeyword(value.Pointer, value.Count()),
        "pattern" => new PatternKeyword(value.Pointer, PatternCompiler.Compile(value.Name, value.Pointer, value.Text(), options.PatternTimeout)),
        "format" => ReadFormat(value),
        "minItems" or "maxItems" or "minProperties" or "maxProperties" => new CountBound(value.Name, value.Pointer, value.Count()),
        "uniqueItems" => value.Flag() ? new UniqueItemsKeyword(value.Pointer) : null,
        "dependentRequired" => new DependentRequiredKeyword(value.Pointer, ReadDependentRequired(value)),
        _ => null,
    };

    private static IReadOnlyList<string> ReadTypes(KeywordValue value)
    {
        var expected = $"one of {string.Join(", ", TypeKeyword.Names)}";
        if (value.Element.ValueKind == JsonValueKind.String)
        {
            return TypeKeyword.Names.Contains(value.Text()) ? [value.Text()] : throw value.Refuse(expected);
        }

        if (value.Element.ValueKind != JsonValueKind.Array || value.Element.GetArrayLength() == 0)
        {
            throw value.Refuse("a type or a list of types");
        }

        var types = value.DistinctTexts().Select(item => JsonText.Decode(JsonText.Raw(item))).ToList();
        var unknown = types.FindIndex(type => !TypeKeyword.Names.Contains(type));
        return unknown < 0
            ? types
            : throw (value with { Pointer = JsonPointer.Append(value.Pointer, unknown), Element = value.Element[unknown] }).Refuse(expected);
    }

    private FormatKeyword? ReadFormat(KeywordValue value)
    {
        var format = value.Text();
        return options.AssertFormat && options.AssertedFormats.Contains(format)
            ? new FormatKeyword(value.Pointer, format, FormatChecks.Find(format)!)
            : null;
    }

    private static List<(byte[] Trigger, byte[][] Needed)> ReadDependentRequired(KeywordValue value) =>
        [.. value.Members().Select(member => (
            JsonText.Unescape(JsonText.RawName(member.Property)),
            member.Value.DistinctTexts().Select(name => JsonText.Unescape(JsonText.Raw(name))).ToArray()))];
}
