using System.Text.Json;
using Loopai.Core.Schemas.Evaluation;
using Loopai.Core.Schemas.Patterns;
using Loopai.Core.Schemas.Values;

namespace Loopai.Core.Schemas.Keywords;

/// <summary>
/// <c>properties</c>, <c>patternProperties</c>, <c>additionalProperties</c> and <c>required</c> in one walk over the object:
/// they look at the same names, and walking is most of the work.
/// </summary>
internal sealed class ObjectKeyword(string pointer, ObjectShape shape) : Keyword("properties", pointer)
{
    private const int MaskBits = 64;

    private readonly Utf8NameMap<ObjectShape.Property> _properties = new(shape.Properties);
    private readonly int _maskLength = (shape.Required.Count + MaskBits - 1) / MaskBits;

    public override InstanceKinds AppliesTo => InstanceKinds.Object;

    public override int Order => 3;

    public override bool IsValid(JsonElement instance, ref EvaluationState state)
    {
        if (instance.GetPropertyCount() < shape.Required.Count)
        {
            return false;
        }

        using var mask = new TextBuffer<ulong>(stackalloc ulong[1], _maskLength);
        var seen = mask.Span[.._maskLength];
        seen.Clear();
        foreach (var property in instance.EnumerateObject())
        {
            var rawName = JsonText.RawName(property);
            var known = _properties.TryGet(rawName, out var rule);
            if (rule.RequiredIndex is { } index)
            {
                seen[index / MaskBits] |= 1UL << (index % MaskBits);
            }

            if (rule.Schema is { } schema && !schema.IsValid(property.Value, ref state))
            {
                return false;
            }

            var matched = known && rule.Schema is not null;
            if (shape.Patterns.Length > 0 && !FitsPatterns(rawName, property.Value, ref matched, ref state))
            {
                return false;
            }

            if (!matched && shape.Additional is { } additional && !additional.IsValid(property.Value, ref state))
            {
                return false;
            }
        }

        var found = 0;
        foreach (var bits in seen)
        {
            found += System.Numerics.BitOperations.PopCount(bits);
        }

        return found == shape.Required.Count;
    }

    public override void Explain(JsonElement instance, InstancePath path, ref EvaluationState state, ErrorCollector errors)
    {
        var missing = new HashSet<int>(Enumerable.Range(0, shape.Required.Count));
        foreach (var property in instance.EnumerateObject())
        {
            var rawName = JsonText.RawName(property);
            _properties.TryGet(rawName, out var rule);
            if (rule.RequiredIndex is { } index)
            {
                missing.Remove(index);
            }

            var place = path.Property(rawName);
            rule.Schema?.Explain(property.Value, place, ref state, errors);
            var matched = rule.Schema is not null;
            foreach (var (pattern, schema) in shape.Patterns)
            {
                if (pattern.IsMatch(rawName, ref state))
                {
                    matched = true;
                    schema.Explain(property.Value, place, ref state, errors);
                }
            }

            if (!matched && shape.Additional is { RefusesAll: true } refused)
            {
                errors.Add(place, refused.Pointer, "additionalProperties", $"property {Excerpt.OfName(rawName)} is not allowed");
            }
            else if (!matched)
            {
                shape.Additional?.Explain(property.Value, place, ref state, errors);
            }
        }

        foreach (var index in missing.Order())
        {
            errors.Add(path, shape.RequiredPointer, "required", $"required property {Excerpt.OfName(shape.Required[index])} is missing");
        }
    }

    public override void MarkProperties(JsonElement instance, Span<bool> evaluated, ref EvaluationState state)
    {
        if (shape.Additional is not null)
        {
            evaluated.Fill(true);
            return;
        }

        var position = 0;
        foreach (var property in instance.EnumerateObject())
        {
            var rawName = JsonText.RawName(property);
            evaluated[position++] |= (_properties.TryGet(rawName, out var rule) && rule.Schema is not null)
                || MatchesPattern(rawName, ref state);
        }
    }

    private bool FitsPatterns(ReadOnlySpan<byte> rawName, JsonElement value, ref bool matched, ref EvaluationState state)
    {
        foreach (var (pattern, schema) in shape.Patterns)
        {
            if (!pattern.IsMatch(rawName, ref state))
            {
                continue;
            }

            matched = true;
            if (!schema.IsValid(value, ref state))
            {
                return false;
            }
        }

        return state.Fault is null;
    }

    private bool MatchesPattern(ReadOnlySpan<byte> rawName, ref EvaluationState state)
    {
        foreach (var (pattern, _) in shape.Patterns)
        {
            if (pattern.IsMatch(rawName, ref state))
            {
                return true;
            }
        }

        return false;
    }
}

/// <summary>What a schema says of the properties of an object.</summary>
internal sealed class ObjectShape
{
    public required IReadOnlyList<(byte[] Name, Property Rule)> Properties { get; init; }

    public required (SchemaPattern Pattern, SchemaNode Schema)[] Patterns { get; init; }

    public required SchemaNode? Additional { get; init; }

    /// <summary>The names as they stand in the schema.</summary>
    public required IReadOnlyList<byte[]> Required { get; init; }

    public required string RequiredPointer { get; init; }

    /// <param name="Schema">What <c>properties</c> says of the value.</param>
    /// <param name="RequiredIndex">The place of the name in <c>required</c>.</param>
    public readonly record struct Property(SchemaNode? Schema, int? RequiredIndex);
}
