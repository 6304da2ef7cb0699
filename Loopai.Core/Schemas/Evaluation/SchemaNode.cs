using System.Text.Json;

namespace Loopai.Core.Schemas.Evaluation;

/// <summary>A compiled schema or subschema.</summary>
internal sealed class SchemaNode(string pointer, SchemaResource resource)
{
    private Keyword[] _keywords = [];

    // The keywords that matter for each kind of instance, so that a string never meets what only objects know.
    private Keyword[][] _byKind = [];

    /// <summary>Where the schema is written.</summary>
    public string Pointer { get; } = pointer;

    public SchemaResource Resource { get; } = resource;

    public IReadOnlyList<Keyword> Keywords => _keywords;

    /// <summary>True for the schema <c>false</c>, which users see in messages as what is not allowed.</summary>
    public bool RefusesAll { get; init; }

    /// <summary>Gives the node its keywords; separate from construction because schemas refer to each other in circles.</summary>
    public void Fill(IEnumerable<Keyword> keywords)
    {
        _keywords = [.. keywords.OrderBy(keyword => keyword.Order)];
        _byKind = new Keyword[(int)JsonValueKind.Null + 1][];
        for (var kind = JsonValueKind.Undefined; kind <= JsonValueKind.Null; kind++)
        {
            _byKind[(int)kind] = [.. _keywords.Where(keyword => keyword.AppliesTo.Has(kind))];
        }
    }

    public bool IsValid(JsonElement instance, ref EvaluationState state)
    {
        var keywords = _byKind[(int)instance.ValueKind];
        if (keywords.Length == 0)
        {
            return true;
        }

        if (!state.Enter())
        {
            return false;
        }

        var outer = EnterResource(ref state);
        var valid = true;
        foreach (var keyword in keywords)
        {
            if (!keyword.IsValid(instance, ref state))
            {
                valid = false;
                break;
            }
        }

        state.Scope = outer;
        state.Leave();
        return valid;
    }

    public void Explain(JsonElement instance, InstancePath path, ref EvaluationState state, ErrorCollector errors)
    {
        if (errors.IsFull || !state.Enter())
        {
            return;
        }

        var outer = EnterResource(ref state);
        var isPartlyEvaluated = false;
        foreach (var keyword in _byKind[(int)instance.ValueKind])
        {
            // What a failing alternative would have evaluated is unknown: all of it would be reported as not allowed.
            if (keyword.DependsOnOthers && isPartlyEvaluated)
            {
                continue;
            }

            var before = errors.Count;
            keyword.Explain(instance, path, ref state, errors);
            isPartlyEvaluated |= errors.Count > before && keyword.InPlace.Any();
        }

        state.Scope = outer;
        state.Leave();
    }

    public void MarkProperties(JsonElement instance, Span<bool> evaluated, ref EvaluationState state)
    {
        if (!state.Enter())
        {
            return;
        }

        var outer = EnterResource(ref state);
        foreach (var keyword in _byKind[(int)JsonValueKind.Object])
        {
            keyword.MarkProperties(instance, evaluated, ref state);
        }

        state.Scope = outer;
        state.Leave();
    }

    public void MarkItems(JsonElement instance, Span<bool> evaluated, ref EvaluationState state)
    {
        if (!state.Enter())
        {
            return;
        }

        var outer = EnterResource(ref state);
        foreach (var keyword in _byKind[(int)JsonValueKind.Array])
        {
            keyword.MarkItems(instance, evaluated, ref state);
        }

        state.Scope = outer;
        state.Leave();
    }

    private DynamicScope? EnterResource(ref EvaluationState state)
    {
        var outer = state.Scope;
        if (state.TracksScope && outer?.Resource != Resource)
        {
            state.Scope = new DynamicScope(Resource, outer);
        }

        return outer;
    }
}
