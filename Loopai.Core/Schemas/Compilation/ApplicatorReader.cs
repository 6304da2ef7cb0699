using System.Text.Json;
using Loopai.Core.Schemas.Evaluation;
using Loopai.Core.Schemas.Keywords;
using Loopai.Core.Schemas.Patterns;
using Loopai.Core.Schemas.Values;

namespace Loopai.Core.Schemas.Compilation;

/// <summary>Reads the keywords that apply other schemas.</summary>
internal sealed class ApplicatorReader(SchemaCatalog catalog, SchemaOptions options)
{
    public IEnumerable<Keyword> Read(SchemaSite site) => new[]
    {
        ReadReference(site),
        ReadDynamicReference(site),
        ReadObject(site),
        NodeAt(site, "propertyNames") is { } names ? new PropertyNamesKeyword(names.Pointer, names) : null,
        ReadDependentSchemas(site),
        site.Find("prefixItems") is { } prefix ? new PrefixItemsKeyword(prefix.Pointer, NodesOf(prefix)) : null,
        ReadItems(site),
        ReadContains(site),
        site.Find("allOf") is { } all ? new AllOfKeyword(all.Pointer, NodesOf(all)) : null,
        site.Find("anyOf") is { } any ? new AnyOfKeyword(any.Pointer, NodesOf(any)) : null,
        site.Find("oneOf") is { } one ? new OneOfKeyword(one.Pointer, NodesOf(one)) : null,
        NodeAt(site, "not") is { } refused ? new NotKeyword(refused.Pointer, refused) : null,
        NodeAt(site, "if") is { } condition
            ? new ConditionKeyword(condition.Pointer, condition, NodeAt(site, "then"), NodeAt(site, "else"))
            : null,
        NodeAt(site, "unevaluatedItems") is { } items
            ? new UnevaluatedItemsKeyword(items.Pointer, items, () => site.Node.Keywords)
            : null,
        NodeAt(site, "unevaluatedProperties") is { } properties
            ? new UnevaluatedPropertiesKeyword(properties.Pointer, properties, () => site.Node.Keywords)
            : null,
    }.OfType<Keyword>();

    private ReferenceKeyword? ReadReference(SchemaSite site) => site.Find("$ref") is { } reference
        ? new ReferenceKeyword(reference.Name, reference.Pointer, catalog.Find(reference, site.Resource).Node)
        : null;

    private Keyword? ReadDynamicReference(SchemaSite site)
    {
        if (site.Find("$dynamicRef") is not { } reference)
        {
            return null;
        }

        var target = catalog.Find(reference, site.Resource);
        var anchor = UriReference.Parse(reference.Text()).Fragment ?? "";
        return target.Find("$dynamicAnchor") is { } dynamicAnchor && dynamicAnchor.Text() == anchor
            ? new DynamicReferenceKeyword(reference.Pointer, anchor, target.Node)
            : new ReferenceKeyword(reference.Name, reference.Pointer, target.Node);
    }

    private ObjectKeyword? ReadObject(SchemaSite site)
    {
        var properties = site.Find("properties");
        var patterns = site.Find("patternProperties");
        var required = site.Find("required");
        var additional = NodeAt(site, "additionalProperties");
        if (properties is null && patterns is null && required is null && additional is null)
        {
            return null;
        }

        var requiredNames = (required?.DistinctTexts() ?? []).Select(name => JsonText.Raw(name).ToArray()).ToList();
        return new ObjectKeyword(JsonPointer.Append(site.Pointer, "properties"), new ObjectShape
        {
            Properties = ReadProperties(properties, requiredNames),
            Patterns = [.. (patterns?.Members() ?? []).Select(member => (ReadPattern(member), NodeOf(member.Value)))],
            Additional = additional,
            Required = requiredNames,
            RequiredPointer = JsonPointer.Append(site.Pointer, "required"),
        });
    }

    private List<(byte[] Name, ObjectShape.Property Rule)> ReadProperties(KeywordValue? properties, List<byte[]> requiredNames)
    {
        var rules = new Dictionary<byte[], ObjectShape.Property>(Utf8Comparer.Instance);
        foreach (var (property, value) in properties?.Members() ?? [])
        {
            rules[JsonText.Unescape(JsonText.RawName(property))] = new(NodeOf(value), null);
        }

        for (var index = 0; index < requiredNames.Count; index++)
        {
            var name = JsonText.Unescape(requiredNames[index]);
            rules[name] = rules.GetValueOrDefault(name) with { RequiredIndex = index };
        }

        return [.. rules.Select(rule => (rule.Key, rule.Value))];
    }

    private SchemaPattern ReadPattern((JsonProperty Property, KeywordValue Value) member) => PatternCompiler.Compile(
        member.Value.Name,
        member.Value.Pointer,
        JsonText.Decode(JsonText.RawName(member.Property)),
        options.PatternTimeout);

    private DependentSchemasKeyword? ReadDependentSchemas(SchemaSite site)
    {
        if (site.Find("dependentSchemas") is not { } keyword)
        {
            return null;
        }

        var rules = keyword.Members()
            .Select(member => (Name: JsonText.Unescape(JsonText.RawName(member.Property)), Node: NodeOf(member.Value)))
            .ToList();
        return new DependentSchemasKeyword(keyword.Pointer, new Utf8NameMap<SchemaNode>(rules), [.. rules.Select(rule => rule.Node)]);
    }

    private ItemsKeyword? ReadItems(SchemaSite site) => NodeAt(site, "items") is { } items
        ? new ItemsKeyword(items.Pointer, items, site.Find("prefixItems")?.List().Count ?? 0)
        : null;

    private ContainsKeyword? ReadContains(SchemaSite site)
    {
        var minimum = site.Find("minContains")?.Count() ?? 1;
        var maximum = site.Find("maxContains")?.Count() ?? int.MaxValue;
        return NodeAt(site, "contains") is { } contains ? new ContainsKeyword(contains.Pointer, contains, minimum, maximum) : null;
    }

    private SchemaNode? NodeAt(SchemaSite site, string name) => site.Find(name) is { } value ? NodeOf(value) : null;

    private SchemaNode NodeOf(KeywordValue value) => catalog.At(value.Pointer).Node;

    private SchemaNode[] NodesOf(KeywordValue list) =>
        [.. Enumerable.Range(0, list.Element.GetArrayLength()).Select(index => catalog.At(JsonPointer.Append(list.Pointer, index)).Node)];
}
