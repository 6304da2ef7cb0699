using System.Globalization;
using System.Text.Json;
using Loopai.Core.Schemas.Evaluation;
using Loopai.Core.Schemas.Values;

namespace Loopai.Core.Schemas.Keywords;

/// <summary><c>minItems</c>, <c>maxItems</c>, <c>minProperties</c>, <c>maxProperties</c>.</summary>
internal sealed class CountBound(string name, string pointer, int limit) : Assertion(name, pointer)
{
    private readonly bool _isUpper = name is "maxItems" or "maxProperties";
    private readonly bool _isArray = name is "minItems" or "maxItems";

    public override InstanceKinds AppliesTo => _isArray ? InstanceKinds.Array : InstanceKinds.Object;

    public override bool IsValid(JsonElement instance, ref EvaluationState state) =>
        _isUpper ? Count(instance) <= limit : Count(instance) >= limit;

    protected override string Describe(JsonElement instance) => string.Create(
        CultureInfo.InvariantCulture,
        $"expected {(_isUpper ? "at most" : "at least")} {limit} {(_isArray ? "items" : "properties")}, found {Count(instance)}");

    private int Count(JsonElement instance) => _isArray ? instance.GetArrayLength() : instance.GetPropertyCount();
}

/// <summary><c>uniqueItems: true</c>.</summary>
internal sealed class UniqueItemsKeyword(string pointer) : Assertion("uniqueItems", pointer)
{
    // Comparing each with each is cheaper than a set up to here.
    private const int SmallArray = 6;

    public override InstanceKinds AppliesTo => InstanceKinds.Array;

    public override int Order => 2;

    public override bool IsValid(JsonElement instance, ref EvaluationState state) =>
        state.Spend(instance.GetArrayLength()) && FindDuplicate(instance) is null;

    protected override string Describe(JsonElement instance)
    {
        var (first, second) = FindDuplicate(instance) ?? default;
        return string.Create(CultureInfo.InvariantCulture, $"expected unique items, found {Excerpt.Of(instance[first])} at {first} and {second}");
    }

    private static (int First, int Second)? FindDuplicate(JsonElement array)
    {
        if (array.GetArrayLength() > SmallArray)
        {
            return FindDuplicateInSet(array);
        }

        var index = 0;
        foreach (var item in array.EnumerateArray())
        {
            var earlier = 0;
            foreach (var other in array.EnumerateArray())
            {
                if (earlier == index)
                {
                    break;
                }

                if (JsonEquality.Instance.Equals(other, item))
                {
                    return (earlier, index);
                }

                earlier++;
            }

            index++;
        }

        return null;
    }

    private static (int First, int Second)? FindDuplicateInSet(JsonElement array)
    {
        var seen = new Dictionary<JsonElement, int>(array.GetArrayLength(), JsonEquality.Instance);
        var index = 0;
        foreach (var item in array.EnumerateArray())
        {
            if (!seen.TryAdd(item, index))
            {
                return (seen[item], index);
            }

            index++;
        }

        return null;
    }
}
