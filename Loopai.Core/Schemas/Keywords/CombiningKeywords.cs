using System.Text.Json;
using Loopai.Core.Schemas.Evaluation;

namespace Loopai.Core.Schemas.Keywords;

/// <summary>A keyword that applies other schemas to the same instance.</summary>
internal abstract class CombiningKeyword(string name, string pointer, params SchemaNode[] schemas) : Keyword(name, pointer)
{
    public override InstanceKinds AppliesTo => InstanceKinds.Any;

    public override int Order => 4;

    public override IEnumerable<SchemaNode> InPlace => schemas;

    protected SchemaNode[] Schemas => schemas;

    /// <summary>The schemas whose evaluated properties and items count for a valid instance.</summary>
    protected abstract IEnumerable<SchemaNode> Contributing(JsonElement instance, EvaluationStateBox state);

    public sealed override void MarkProperties(JsonElement instance, Span<bool> evaluated, ref EvaluationState state)
    {
        var box = new EvaluationStateBox { State = state };
        foreach (var schema in Contributing(instance, box))
        {
            schema.MarkProperties(instance, evaluated, ref box.State);
        }

        state = box.State;
    }

    public sealed override void MarkItems(JsonElement instance, Span<bool> evaluated, ref EvaluationState state)
    {
        var box = new EvaluationStateBox { State = state };
        foreach (var schema in Contributing(instance, box))
        {
            schema.MarkItems(instance, evaluated, ref box.State);
        }

        state = box.State;
    }

    protected IEnumerable<SchemaNode> Valid(IEnumerable<SchemaNode> candidates, JsonElement instance, EvaluationStateBox state) =>
        candidates.Where(schema => schema.IsValid(instance, ref state.State));
}

/// <summary>Carries the state through an iterator, which cannot take it by reference.</summary>
internal sealed class EvaluationStateBox
{
    public EvaluationState State;
}

/// <summary><c>allOf</c>.</summary>
internal sealed class AllOfKeyword(string pointer, SchemaNode[] schemas) : CombiningKeyword("allOf", pointer, schemas)
{
    public override bool IsValid(JsonElement instance, ref EvaluationState state)
    {
        foreach (var schema in Schemas)
        {
            if (!schema.IsValid(instance, ref state))
            {
                return false;
            }
        }

        return true;
    }

    public override void Explain(JsonElement instance, InstancePath path, ref EvaluationState state, ErrorCollector errors)
    {
        foreach (var schema in Schemas)
        {
            schema.Explain(instance, path, ref state, errors);
        }
    }

    protected override IEnumerable<SchemaNode> Contributing(JsonElement instance, EvaluationStateBox state) => Schemas;
}

/// <summary><c>anyOf</c>.</summary>
internal sealed class AnyOfKeyword(string pointer, SchemaNode[] schemas) : CombiningKeyword("anyOf", pointer, schemas)
{
    public override bool IsValid(JsonElement instance, ref EvaluationState state)
    {
        foreach (var schema in Schemas)
        {
            if (schema.IsValid(instance, ref state))
            {
                return true;
            }
        }

        return false;
    }

    public override void Explain(JsonElement instance, InstancePath path, ref EvaluationState state, ErrorCollector errors)
    {
        if (!IsValid(instance, ref state) && state.Fault is null)
        {
            errors.Add(path, this, ClosestAlternative.Describe(Schemas, instance, path, ref state));
        }
    }

    protected override IEnumerable<SchemaNode> Contributing(JsonElement instance, EvaluationStateBox state) => Valid(Schemas, instance, state);
}

/// <summary><c>oneOf</c>.</summary>
internal sealed class OneOfKeyword(string pointer, SchemaNode[] schemas) : CombiningKeyword("oneOf", pointer, schemas)
{
    public override bool IsValid(JsonElement instance, ref EvaluationState state)
    {
        var matched = false;
        foreach (var schema in Schemas)
        {
            if (schema.IsValid(instance, ref state))
            {
                if (matched)
                {
                    return false;
                }

                matched = true;
            }
        }

        return matched;
    }

    public override void Explain(JsonElement instance, InstancePath path, ref EvaluationState state, ErrorCollector errors)
    {
        var matching = new List<string>();
        foreach (var schema in Schemas)
        {
            if (schema.IsValid(instance, ref state))
            {
                matching.Add(schema.Pointer);
            }
        }

        if (state.Fault is null && matching.Count != 1)
        {
            errors.Add(path, this, matching.Count == 0
                ? ClosestAlternative.Describe(Schemas, instance, path, ref state)
                : $"expected exactly one alternative to fit, found {matching.Count}: {string.Join(", ", matching)}");
        }
    }

    protected override IEnumerable<SchemaNode> Contributing(JsonElement instance, EvaluationStateBox state) => Valid(Schemas, instance, state);
}

/// <summary><c>not</c>.</summary>
internal sealed class NotKeyword(string pointer, SchemaNode schema) : Assertion("not", pointer)
{
    public override InstanceKinds AppliesTo => InstanceKinds.Any;

    public override int Order => 4;

    public override IEnumerable<SchemaNode> InPlace => [schema];

    public override bool IsValid(JsonElement instance, ref EvaluationState state) => !schema.IsValid(instance, ref state);

    protected override string Describe(JsonElement instance) =>
        $"expected a value that does not fit {schema.Pointer}, found {Excerpt.WithKind(instance)}";
}
