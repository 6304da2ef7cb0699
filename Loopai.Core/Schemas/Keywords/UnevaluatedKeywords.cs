using System.Text.Json;
using Loopai.Core.Schemas.Evaluation;
using Loopai.Core.Schemas.Values;

namespace Loopai.Core.Schemas.Keywords;

/// <summary><c>unevaluatedProperties</c>: the properties that no keyword beside it, nor a schema those apply in place, has looked at.</summary>
internal sealed class UnevaluatedPropertiesKeyword(string pointer, SchemaNode schema, Func<IReadOnlyList<Keyword>> siblings)
    : Keyword("unevaluatedProperties", pointer)
{
    public override InstanceKinds AppliesTo => InstanceKinds.Object;

    public override int Order => 5;

    public override bool DependsOnOthers => true;

    public override bool IsValid(JsonElement instance, ref EvaluationState state)
    {
        using var buffer = new TextBuffer<bool>(stackalloc bool[TextBuffer<bool>.StackLength], instance.GetPropertyCount());
        var evaluated = Evaluated(instance, buffer.Span, ref state);
        var position = 0;
        foreach (var property in instance.EnumerateObject())
        {
            if (!evaluated[position++] && !schema.IsValid(property.Value, ref state))
            {
                return false;
            }
        }

        return true;
    }

    public override void Explain(JsonElement instance, InstancePath path, ref EvaluationState state, ErrorCollector errors)
    {
        var evaluated = Evaluated(instance, new bool[instance.GetPropertyCount()], ref state);
        var position = 0;
        foreach (var property in instance.EnumerateObject())
        {
            if (evaluated[position++])
            {
                continue;
            }

            var rawName = JsonText.RawName(property);
            if (schema.RefusesAll)
            {
                errors.Add(path.Property(rawName), this, $"property {Excerpt.OfName(rawName)} is not allowed");
            }
            else
            {
                schema.Explain(property.Value, path.Property(rawName), ref state, errors);
            }
        }
    }

    public override void MarkProperties(JsonElement instance, Span<bool> evaluated, ref EvaluationState state) => evaluated.Fill(true);

    private Span<bool> Evaluated(JsonElement instance, Span<bool> buffer, ref EvaluationState state)
    {
        var evaluated = buffer[..instance.GetPropertyCount()];
        evaluated.Clear();
        foreach (var sibling in siblings())
        {
            if (sibling != this)
            {
                sibling.MarkProperties(instance, evaluated, ref state);
            }
        }

        return evaluated;
    }
}

/// <summary><c>unevaluatedItems</c>: the items that no keyword beside it, nor a schema those apply in place, has looked at.</summary>
internal sealed class UnevaluatedItemsKeyword(string pointer, SchemaNode schema, Func<IReadOnlyList<Keyword>> siblings)
    : Keyword("unevaluatedItems", pointer)
{
    public override InstanceKinds AppliesTo => InstanceKinds.Array;

    public override int Order => 5;

    public override bool DependsOnOthers => true;

    public override bool IsValid(JsonElement instance, ref EvaluationState state)
    {
        using var buffer = new TextBuffer<bool>(stackalloc bool[TextBuffer<bool>.StackLength], instance.GetArrayLength());
        var evaluated = Evaluated(instance, buffer.Span, ref state);
        var index = 0;
        foreach (var item in instance.EnumerateArray())
        {
            if (!evaluated[index++] && !schema.IsValid(item, ref state))
            {
                return false;
            }
        }

        return true;
    }

    public override void Explain(JsonElement instance, InstancePath path, ref EvaluationState state, ErrorCollector errors)
    {
        var evaluated = Evaluated(instance, new bool[instance.GetArrayLength()], ref state);
        var index = 0;
        foreach (var item in instance.EnumerateArray())
        {
            if (!evaluated[index] && schema.RefusesAll)
            {
                errors.Add(path.Item(index), this, $"no further item is allowed, found {Excerpt.WithKind(item)}");
            }
            else if (!evaluated[index])
            {
                schema.Explain(item, path.Item(index), ref state, errors);
            }

            index++;
        }
    }

    public override void MarkItems(JsonElement instance, Span<bool> evaluated, ref EvaluationState state) => evaluated.Fill(true);

    private Span<bool> Evaluated(JsonElement instance, Span<bool> buffer, ref EvaluationState state)
    {
        var evaluated = buffer[..instance.GetArrayLength()];
        evaluated.Clear();
        foreach (var sibling in siblings())
        {
            if (sibling != this)
            {
                sibling.MarkItems(instance, evaluated, ref state);
            }
        }

        return evaluated;
    }
}
