using System.Globalization;
using System.Text.Json;
using Loopai.Core.Schemas.Evaluation;
using Loopai.Core.Schemas.Formats;
using Loopai.Core.Schemas.Patterns;
using Loopai.Core.Schemas.Values;

namespace Loopai.Core.Schemas.Keywords;

/// <summary><c>minLength</c>: in code points.</summary>
internal sealed class MinLengthKeyword(string pointer, int limit) : Assertion("minLength", pointer)
{
    public override InstanceKinds AppliesTo => InstanceKinds.String;

    public override bool IsValid(JsonElement instance, ref EvaluationState state)
    {
        var raw = JsonText.Raw(instance);
        return raw.Length >= limit && JsonText.CountCodePoints(raw) >= limit;
    }

    protected override string Describe(JsonElement instance) => LengthMessage.Of("at least", limit, instance);
}

/// <summary><c>maxLength</c>: in code points.</summary>
internal sealed class MaxLengthKeyword(string pointer, int limit) : Assertion("maxLength", pointer)
{
    public override InstanceKinds AppliesTo => InstanceKinds.String;

    // A text never has more code points than bytes, which spares most texts the counting.
    public override bool IsValid(JsonElement instance, ref EvaluationState state)
    {
        var raw = JsonText.Raw(instance);
        return raw.Length <= limit || JsonText.CountCodePoints(raw) <= limit;
    }

    protected override string Describe(JsonElement instance) => LengthMessage.Of("at most", limit, instance);
}

/// <summary><c>pattern</c>.</summary>
internal sealed class PatternKeyword(string pointer, SchemaPattern pattern) : Assertion("pattern", pointer)
{
    public override InstanceKinds AppliesTo => InstanceKinds.String;

    public override int Order => 1;

    public override bool IsValid(JsonElement instance, ref EvaluationState state) =>
        pattern.IsMatch(JsonText.Raw(instance), ref state);

    protected override string Describe(JsonElement instance) =>
        $"expected a string matching the pattern {pattern.Source}, found {Excerpt.Of(instance)}";
}

/// <summary><c>format</c>, where it is asserted.</summary>
internal sealed class FormatKeyword(string pointer, string format, FormatCheck check) : Assertion("format", pointer)
{
    public override InstanceKinds AppliesTo => InstanceKinds.String;

    public override int Order => 1;

    public override bool IsValid(JsonElement instance, ref EvaluationState state)
    {
        var raw = JsonText.Raw(instance);
        using var buffer = new TextBuffer<char>(stackalloc char[TextBuffer<char>.StackLength], raw.Length);
        return check(buffer.Span[..JsonText.ToChars(raw, buffer.Span)]);
    }

    protected override string Describe(JsonElement instance) => $"expected a string in the format {format}, found {Excerpt.Of(instance)}";
}

internal static class LengthMessage
{
    public static string Of(string relation, int limit, JsonElement text) => string.Create(
        CultureInfo.InvariantCulture,
        $"expected {relation} {limit} characters, found {JsonText.CountCodePoints(JsonText.Raw(text))}: {Excerpt.Of(text)}");
}
