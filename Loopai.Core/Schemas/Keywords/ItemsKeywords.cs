using System.Text.Json;
using Loopai.Core.Schemas.Evaluation;

namespace Loopai.Core.Schemas.Keywords;

/// <summary><c>prefixItems</c>.</summary>
internal sealed class PrefixItemsKeyword(string pointer, SchemaNode[] prefix) : Keyword("prefixItems", pointer)
{
    public override InstanceKinds AppliesTo => InstanceKinds.Array;

    public override int Order => 3;

    public override bool IsValid(JsonElement instance, ref EvaluationState state)
    {
        var index = 0;
        foreach (var item in instance.EnumerateArray())
        {
            if (index == prefix.Length)
            {
                break;
            }

            if (!prefix[index++].IsValid(item, ref state))
            {
                return false;
            }
        }

        return true;
    }

    public override void Explain(JsonElement instance, InstancePath path, ref EvaluationState state, ErrorCollector errors)
    {
        var index = 0;
        foreach (var item in instance.EnumerateArray().Take(prefix.Length))
        {
            prefix[index].Explain(item, path.Item(index), ref state, errors);
            index++;
        }
    }

    public override void MarkItems(JsonElement instance, Span<bool> evaluated, ref EvaluationState state) =>
        evaluated[..Math.Min(prefix.Length, evaluated.Length)].Fill(true);
}

/// <summary><c>items</c>: every item after those of <c>prefixItems</c>.</summary>
internal sealed class ItemsKeyword(string pointer, SchemaNode schema, int start) : Keyword("items", pointer)
{
    public override InstanceKinds AppliesTo => InstanceKinds.Array;

    public override int Order => 3;

    public override bool IsValid(JsonElement instance, ref EvaluationState state)
    {
        var index = 0;
        foreach (var item in instance.EnumerateArray())
        {
            if (index++ >= start && !schema.IsValid(item, ref state))
            {
                return false;
            }
        }

        return true;
    }

    public override void Explain(JsonElement instance, InstancePath path, ref EvaluationState state, ErrorCollector errors)
    {
        var index = 0;
        foreach (var item in instance.EnumerateArray())
        {
            if (index >= start)
            {
                schema.Explain(item, path.Item(index), ref state, errors);
            }

            index++;
        }
    }

    public override void MarkItems(JsonElement instance, Span<bool> evaluated, ref EvaluationState state) => evaluated.Fill(true);
}

/// <summary><c>contains</c> with <c>minContains</c> and <c>maxContains</c>.</summary>
/// <param name="pointer">Where <c>contains</c> is written.</param>
/// <param name="schema">What items have to fit to be counted.</param>
/// <param name="minimum">How many have to.</param>
/// <param name="maximum">How many may.</param>
internal sealed class ContainsKeyword(string pointer, SchemaNode schema, int minimum, int maximum) : Assertion("contains", pointer)
{
    public override InstanceKinds AppliesTo => InstanceKinds.Array;

    public override int Order => 3;

    public override bool IsValid(JsonElement instance, ref EvaluationState state)
    {
        if (maximum == int.MaxValue && minimum == 0)
        {
            return true;
        }

        var count = 0;
        foreach (var item in instance.EnumerateArray())
        {
            count += schema.IsValid(item, ref state) ? 1 : 0;
            if (count > maximum)
            {
                return false;
            }

            if (count >= minimum && maximum == int.MaxValue)
            {
                return true;
            }
        }

        return count >= minimum;
    }

    public override void MarkItems(JsonElement instance, Span<bool> evaluated, ref EvaluationState state)
    {
        var index = 0;
        foreach (var item in instance.EnumerateArray())
        {
            evaluated[index] |= schema.IsValid(item, ref state);
            index++;
        }
    }

    protected override string Describe(JsonElement instance) => (minimum, maximum) switch
    {
        (_, int.MaxValue) => $"expected at least {minimum} items that fit {schema.Pointer}",
        (0, _) => $"expected at most {maximum} items that fit {schema.Pointer}",
        _ => $"expected {minimum} to {maximum} items that fit {schema.Pointer}",
    };
}
