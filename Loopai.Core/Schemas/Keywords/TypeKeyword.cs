using System.Text.Json;
using Loopai.Core.Schemas.Evaluation;
using Loopai.Core.Schemas.Values;

namespace Loopai.Core.Schemas.Keywords;

/// <summary><c>type</c>. Applies only to the kinds it has to look at, so that a string where a string is expected costs nothing.</summary>
internal sealed class TypeKeyword(string pointer, IReadOnlyList<string> types) : Assertion("type", pointer)
{
    private readonly InstanceKinds _allowed = types.Aggregate(InstanceKinds.None, (kinds, type) => kinds | KindOf(type));

    private readonly bool _integersOnly = types.Contains("integer") && !types.Contains("number");

    public static IReadOnlyList<string> Names { get; } = ["null", "boolean", "object", "array", "number", "integer", "string"];

    public override InstanceKinds AppliesTo => (InstanceKinds.Any & ~_allowed) | (_integersOnly ? InstanceKinds.Number : InstanceKinds.None);

    public override int Order => -1;

    public override bool IsValid(JsonElement instance, ref EvaluationState state) =>
        _integersOnly && instance.ValueKind == JsonValueKind.Number && JsonNumber.Of(instance).IsInteger;

    protected override string Describe(JsonElement instance) =>
        $"expected {string.Join(" or ", types)}, found {Excerpt.WithKind(instance)}";

    private static InstanceKinds KindOf(string type) => type switch
    {
        "null" => InstanceKinds.Null,
        "boolean" => InstanceKinds.Boolean,
        "object" => InstanceKinds.Object,
        "array" => InstanceKinds.Array,
        "number" or "integer" => InstanceKinds.Number,
        "string" => InstanceKinds.String,
        _ => throw new ArgumentOutOfRangeException(nameof(type), type, "Not a JSON Schema type."),
    };
}
