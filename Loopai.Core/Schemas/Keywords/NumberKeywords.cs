using System.Runtime.InteropServices;
using System.Text.Json;
using Loopai.Core.Schemas.Evaluation;
using Loopai.Core.Schemas.Values;

namespace Loopai.Core.Schemas.Keywords;

/// <summary><c>minimum</c>, <c>maximum</c> and their exclusive forms.</summary>
internal sealed class NumberBound : Assertion
{
    private readonly byte[] _bound;
    private readonly long? _small;
    private readonly bool _isUpper;
    private readonly bool _isExclusive;

    public NumberBound(string name, string pointer, JsonElement bound)
        : base(name, pointer)
    {
        _bound = JsonMarshal.GetRawUtf8Value(bound).ToArray();
        _small = bound.TryGetInt64(out var small) ? small : null;
        _isUpper = name is "maximum" or "exclusiveMaximum";
        _isExclusive = name is "exclusiveMinimum" or "exclusiveMaximum";
    }

    public override InstanceKinds AppliesTo => InstanceKinds.Number;

    public override bool IsValid(JsonElement instance, ref EvaluationState state)
    {
        var order = _small is { } small && instance.TryGetInt64(out var value)
            ? value.CompareTo(small)
            : JsonNumber.Compare(JsonNumber.Of(instance), JsonNumber.Parse(_bound));
        return order == 0 ? !_isExclusive : order < 0 == _isUpper;
    }

    protected override string Describe(JsonElement instance)
    {
        var relation = (_isUpper, _isExclusive) switch
        {
            (true, false) => "at most",
            (true, true) => "less than",
            (false, false) => "at least",
            (false, true) => "more than",
        };
        return $"expected {relation} {System.Text.Encoding.UTF8.GetString(_bound)}, found {Excerpt.Of(instance)}";
    }
}

/// <summary><c>multipleOf</c>.</summary>
internal sealed class MultipleOfKeyword(string pointer, JsonElement divisor) : Assertion("multipleOf", pointer)
{
    private readonly Divisor _divisor = new(JsonNumber.Of(divisor));

    public override InstanceKinds AppliesTo => InstanceKinds.Number;

    public override bool IsValid(JsonElement instance, ref EvaluationState state) => _divisor.Divides(JsonNumber.Of(instance));

    protected override string Describe(JsonElement instance) =>
        $"expected a multiple of {Excerpt.Of(divisor)}, found {Excerpt.Of(instance)}";
}
