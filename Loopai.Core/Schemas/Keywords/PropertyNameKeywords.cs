using System.Text.Json;
using Loopai.Core.Schemas.Evaluation;
using Loopai.Core.Schemas.Values;

namespace Loopai.Core.Schemas.Keywords;

/// <summary><c>propertyNames</c>.</summary>
internal sealed class PropertyNamesKeyword(string pointer, SchemaNode schema) : Keyword("propertyNames", pointer)
{
    public override InstanceKinds AppliesTo => InstanceKinds.Object;

    public override int Order => 3;

    public override bool IsValid(JsonElement instance, ref EvaluationState state)
    {
        foreach (var property in instance.EnumerateObject())
        {
            if (!schema.IsValid(NameOf(property), ref state))
            {
                return false;
            }
        }

        return true;
    }

    public override void Explain(JsonElement instance, InstancePath path, ref EvaluationState state, ErrorCollector errors)
    {
        foreach (var property in instance.EnumerateObject())
        {
            var rawName = JsonText.RawName(property);
            var found = new ErrorCollector(1);
            schema.Explain(NameOf(property), path, ref state, found);
            foreach (var error in found.Errors)
            {
                errors.Add(
                    path.Property(rawName),
                    error.SchemaPointer,
                    error.Keyword,
                    $"the property's name {Excerpt.OfName(rawName)} is not allowed: {error.Message}");
            }
        }
    }

    private static JsonElement NameOf(JsonProperty property)
    {
        var raw = JsonText.RawName(property);
        using var buffer = new TextBuffer<byte>(stackalloc byte[TextBuffer<byte>.StackLength], raw.Length + 2);
        var quoted = buffer.Span[..(raw.Length + 2)];
        quoted[0] = quoted[^1] = (byte)'"';
        raw.CopyTo(quoted[1..]);
        return JsonElement.Parse(quoted);
    }
}

/// <summary><c>dependentRequired</c>.</summary>
internal sealed class DependentRequiredKeyword(string pointer, IReadOnlyList<(byte[] Trigger, byte[][] Needed)> rules)
    : Keyword("dependentRequired", pointer)
{
    public override InstanceKinds AppliesTo => InstanceKinds.Object;

    public override int Order => 2;

    public override bool IsValid(JsonElement instance, ref EvaluationState state)
    {
        var names = NamesOf(instance);
        return rules.All(rule => !names.Contains(rule.Trigger) || rule.Needed.All(names.Contains));
    }

    public override void Explain(JsonElement instance, InstancePath path, ref EvaluationState state, ErrorCollector errors)
    {
        var names = NamesOf(instance);
        foreach (var (trigger, needed) in rules.Where(rule => names.Contains(rule.Trigger)))
        {
            foreach (var name in needed.Where(name => !names.Contains(name)))
            {
                errors.Add(path, this, $"property {Excerpt.OfText(name)} is required where {Excerpt.OfText(trigger)} is present");
            }
        }
    }

    private static HashSet<byte[]> NamesOf(JsonElement instance)
    {
        var names = new HashSet<byte[]>(instance.GetPropertyCount(), Utf8Comparer.Instance);
        foreach (var property in instance.EnumerateObject())
        {
            names.Add(JsonText.Unescape(JsonText.RawName(property)));
        }

        return names;
    }
}

/// <summary><c>dependentSchemas</c>.</summary>
internal sealed class DependentSchemasKeyword(string pointer, Utf8NameMap<SchemaNode> schemas, IReadOnlyList<SchemaNode> nodes)
    : Keyword("dependentSchemas", pointer)
{
    public override InstanceKinds AppliesTo => InstanceKinds.Object;

    public override int Order => 4;

    public override IEnumerable<SchemaNode> InPlace => nodes;

    public override bool IsValid(JsonElement instance, ref EvaluationState state)
    {
        foreach (var property in instance.EnumerateObject())
        {
            if (schemas.TryGet(JsonText.RawName(property), out var schema) && !schema.IsValid(instance, ref state))
            {
                return false;
            }
        }

        return true;
    }

    public override void Explain(JsonElement instance, InstancePath path, ref EvaluationState state, ErrorCollector errors)
    {
        foreach (var property in instance.EnumerateObject())
        {
            if (schemas.TryGet(JsonText.RawName(property), out var schema))
            {
                schema.Explain(instance, path, ref state, errors);
            }
        }
    }

    public override void MarkProperties(JsonElement instance, Span<bool> evaluated, ref EvaluationState state)
    {
        foreach (var property in instance.EnumerateObject())
        {
            if (schemas.TryGet(JsonText.RawName(property), out var schema))
            {
                schema.MarkProperties(instance, evaluated, ref state);
            }
        }
    }
}
