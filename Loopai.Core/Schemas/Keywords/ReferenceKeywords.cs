using System.Text.Json;
using Loopai.Core.Schemas.Evaluation;

namespace Loopai.Core.Schemas.Keywords;

/// <summary><c>$ref</c>, and <c>$dynamicRef</c> where it can only mean one schema.</summary>
internal sealed class ReferenceKeyword(string name, string pointer, SchemaNode target) : CombiningKeyword(name, pointer, target)
{
    public override bool IsValid(JsonElement instance, ref EvaluationState state) => target.IsValid(instance, ref state);

    public override void Explain(JsonElement instance, InstancePath path, ref EvaluationState state, ErrorCollector errors) =>
        target.Explain(instance, path, ref state, errors);

    protected override IEnumerable<SchemaNode> Contributing(JsonElement instance, EvaluationStateBox state) => Schemas;
}

/// <summary><c>$dynamicRef</c> to a <c>$dynamicAnchor</c>: means the one of the outermost schema resource that has it.</summary>
internal sealed class DynamicReferenceKeyword(string pointer, string anchor, SchemaNode initial) : CombiningKeyword("$dynamicRef", pointer)
{
    public override bool IsValid(JsonElement instance, ref EvaluationState state) => Resolve(state.Scope).IsValid(instance, ref state);

    public override void Explain(JsonElement instance, InstancePath path, ref EvaluationState state, ErrorCollector errors) =>
        Resolve(state.Scope).Explain(instance, path, ref state, errors);

    protected override IEnumerable<SchemaNode> Contributing(JsonElement instance, EvaluationStateBox state) => [Resolve(state.State.Scope)];

    private SchemaNode Resolve(DynamicScope? scope)
    {
        var target = initial;
        for (; scope is not null; scope = scope.Outer)
        {
            if (scope.Resource.DynamicAnchors.TryGetValue(anchor, out var outer))
            {
                target = outer;
            }
        }

        return target;
    }
}
