using System.Text.Json;
using Loopai.Core.Schemas.Evaluation;

namespace Loopai.Core.Schemas.Keywords;

/// <summary><c>if</c> with <c>then</c> and <c>else</c>.</summary>
internal sealed class ConditionKeyword(string pointer, SchemaNode condition, SchemaNode? then, SchemaNode? otherwise)
    : CombiningKeyword("if", pointer, [.. new[] { condition, then, otherwise }.OfType<SchemaNode>()])
{
    public override bool IsValid(JsonElement instance, ref EvaluationState state)
    {
        if (then is null && otherwise is null)
        {
            return true;
        }

        return Branch(condition.IsValid(instance, ref state))?.IsValid(instance, ref state) ?? true;
    }

    public override void Explain(JsonElement instance, InstancePath path, ref EvaluationState state, ErrorCollector errors) =>
        Branch(condition.IsValid(instance, ref state))?.Explain(instance, path, ref state, errors);

    protected override IEnumerable<SchemaNode> Contributing(JsonElement instance, EvaluationStateBox state)
    {
        var holds = condition.IsValid(instance, ref state.State);
        if (holds)
        {
            yield return condition;
        }

        if (Branch(holds) is { } branch)
        {
            yield return branch;
        }
    }

    private SchemaNode? Branch(bool holds) => holds ? then : otherwise;
}
