using System.Text.Json;

namespace Loopai.Core.Schemas.Evaluation;

/// <summary>One keyword of a schema, compiled.</summary>
/// <param name="name">As it is written in the schema.</param>
/// <param name="pointer">Where it is written.</param>
internal abstract class Keyword(string name, string pointer)
{
    public string Name { get; } = name;

    public string Pointer { get; } = pointer;

    /// <summary>The kinds of instance that this keyword has something to say about.</summary>
    public abstract InstanceKinds AppliesTo { get; }

    /// <summary>Cheap keywords run first, so that most invalid instances are refused early; those that see what others evaluated run last.</summary>
    public virtual int Order => 0;

    /// <summary>Whether it looks at what other keywords evaluated.</summary>
    public virtual bool DependsOnOthers => false;

    /// <summary>The subschemas that apply to the very instance this keyword applies to.</summary>
    public virtual IEnumerable<SchemaNode> InPlace => [];

    public abstract bool IsValid(JsonElement instance, ref EvaluationState state);

    /// <summary>Reports everything that is wrong with the instance.</summary>
    public abstract void Explain(JsonElement instance, InstancePath path, ref EvaluationState state, ErrorCollector errors);

    /// <summary>Marks the properties (by position) that this keyword evaluated in a valid object.</summary>
    public virtual void MarkProperties(JsonElement instance, Span<bool> evaluated, ref EvaluationState state)
    {
    }

    /// <summary>Marks the items that this keyword evaluated in a valid array.</summary>
    public virtual void MarkItems(JsonElement instance, Span<bool> evaluated, ref EvaluationState state)
    {
    }
}

/// <summary>A keyword without subschemas: it passes or fails as a whole.</summary>
internal abstract class Assertion(string name, string pointer) : Keyword(name, pointer)
{
    public sealed override void Explain(JsonElement instance, InstancePath path, ref EvaluationState state, ErrorCollector errors)
    {
        if (!IsValid(instance, ref state) && state.Fault is null)
        {
            errors.Add(path, this, Describe(instance));
        }
    }

    /// <summary>What was expected and what was found, for an instance that failed.</summary>
    protected abstract string Describe(JsonElement instance);
}
