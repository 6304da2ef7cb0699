using System.Text.Json;
using Loopai.Core.Schemas.Evaluation;
using Loopai.Core.Schemas.Values;

namespace Loopai.Core.Schemas.Keywords;

/// <summary><c>enum</c>.</summary>
internal sealed class EnumKeyword : Assertion
{
    private readonly IReadOnlyList<JsonElement> _values;
    private readonly Utf8NameMap<bool> _texts;
    private readonly HashSet<JsonElement> _others;

    public EnumKeyword(string pointer, IReadOnlyList<JsonElement> values)
        : base("enum", pointer)
    {
        _values = values;
        _texts = new(values.Where(IsText).Select(value => (JsonText.Unescape(JsonText.Raw(value)), true)));
        _others = new(values.Where(value => !IsText(value)), JsonEquality.Instance);
    }

    public override InstanceKinds AppliesTo => InstanceKinds.Any;

    public override bool IsValid(JsonElement instance, ref EvaluationState state) =>
        IsText(instance) ? _texts.TryGet(JsonText.Raw(instance), out _) : _others.Count > 0 && _others.Contains(instance);

    protected override string Describe(JsonElement instance) =>
        _values.Count == 0
            ? $"no value is allowed here, found {Excerpt.Of(instance)}"
            : $"expected one of {Excerpt.OfList(_values)}, found {Excerpt.Of(instance)}";

    private static bool IsText(JsonElement value) => value.ValueKind == JsonValueKind.String;
}

/// <summary><c>const</c>.</summary>
internal sealed class ConstKeyword(string pointer, JsonElement value) : Assertion("const", pointer)
{
    public override InstanceKinds AppliesTo => InstanceKinds.Any;

    public override bool IsValid(JsonElement instance, ref EvaluationState state) => JsonEquality.Instance.Equals(value, instance);

    protected override string Describe(JsonElement instance) => $"expected {Excerpt.Of(value)}, found {Excerpt.Of(instance)}";
}

/// <summary>The schema <c>false</c>.</summary>
internal sealed class NothingKeyword(string pointer) : Assertion("false", pointer)
{
    public override InstanceKinds AppliesTo => InstanceKinds.Any;

    public override bool IsValid(JsonElement instance, ref EvaluationState state) => false;

    protected override string Describe(JsonElement instance) => $"no value is allowed here, found {Excerpt.WithKind(instance)}";
}
