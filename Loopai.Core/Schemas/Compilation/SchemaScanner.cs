using System.Text.Json;
using Loopai.Core.Schemas.Evaluation;
using Loopai.Core.Schemas.Values;

namespace Loopai.Core.Schemas.Compilation;

/// <summary>
/// Walks a document along the keywords that hold schemas and records each schema in the catalog. What merely looks like a
/// schema, such as an object with an <c>$id</c> inside <c>enum</c>, is left alone.
/// </summary>
internal sealed class SchemaScanner(SchemaCatalog catalog)
{
    private static readonly HashSet<string> HoldOne = new(StringComparer.Ordinal)
    {
        "additionalProperties", "items", "contains", "propertyNames", "not", "if", "then", "else", "unevaluatedItems",
        "unevaluatedProperties", "contentSchema",
    };

    private static readonly HashSet<string> HoldList = new(StringComparer.Ordinal) { "allOf", "anyOf", "oneOf", "prefixItems" };

    // "definitions" is the older name of $defs; draft 2020-12 keeps it for schemas that still refer there.
    private static readonly HashSet<string> HoldMap = new(StringComparer.Ordinal)
    {
        "$defs", "definitions", "properties", "patternProperties", "dependentSchemas",
    };

    public SchemaSite Scan(JsonElement element, string pointer, SchemaResource resource)
    {
        var keywords = ReadKeywords(element, pointer);
        var id = Identify(keywords, pointer, resource);
        var site = new SchemaSite(element, pointer, id ?? resource, keywords);
        catalog.Add(site);
        Name(site, id is not null || pointer.Length == 0);
        foreach (var name in keywords.Keys)
        {
            ScanBelow(site, site.Find(name)!.Value);
        }

        return site;
    }

    private static Dictionary<string, JsonElement> ReadKeywords(JsonElement element, string pointer)
    {
        var keywords = new Dictionary<string, JsonElement>(StringComparer.Ordinal);
        if (element.ValueKind is JsonValueKind.True or JsonValueKind.False)
        {
            return keywords;
        }

        if (element.ValueKind != JsonValueKind.Object)
        {
            throw new InvalidSchemaException(pointer, $"expected a schema (an object, true or false), found {Excerpt.WithKind(element)}");
        }

        foreach (var property in element.EnumerateObject())
        {
            var name = JsonText.Decode(JsonText.RawName(property));
            if (!keywords.TryAdd(name, property.Value))
            {
                throw new InvalidSchemaException(JsonPointer.Append(pointer, name), $"{name} is written twice");
            }
        }

        return keywords;
    }

    /// <summary>The resource that begins here, where an <c>$id</c> says so.</summary>
    private static SchemaResource? Identify(Dictionary<string, JsonElement> keywords, string pointer, SchemaResource enclosing)
    {
        if (!keywords.TryGetValue("$id", out var value))
        {
            return null;
        }

        var keyword = new KeywordValue("$id", JsonPointer.Append(pointer, "$id"), value);
        var id = UriReference.Parse(keyword.Text());
        return string.IsNullOrEmpty(id.Fragment)
            ? new SchemaResource(UriReference.Parse(enclosing.Uri).Resolve(id).WithoutFragment().ToString())
            : throw keyword.Refuse("a URI without a fragment (use $anchor to name a place)");
    }

    private void Name(SchemaSite site, bool isResource)
    {
        if (isResource && !catalog.TryName(site.Resource.Uri, site))
        {
            throw new InvalidSchemaException(JsonPointer.Append(site.Pointer, "$id"), $"$id: {site.Resource.Uri} is the $id of another schema too");
        }

        if (site.Find("$anchor") is { } anchor)
        {
            NameAnchor(site, anchor);
        }

        if (site.Find("$dynamicAnchor") is { } dynamicAnchor)
        {
            NameAnchor(site, dynamicAnchor);
            site.Resource.DynamicAnchors.Add(dynamicAnchor.Text(), site.Node);
        }
    }

    private void NameAnchor(SchemaSite site, KeywordValue anchor)
    {
        var name = anchor.Text();
        var isName = name.Length > 0
            && (char.IsAsciiLetter(name[0]) || name[0] == '_')
            && name.All(letter => char.IsAsciiLetterOrDigit(letter) || letter is '_' or '-' or '.');
        if (!isName)
        {
            throw anchor.Refuse("a name of letters, digits, '-', '_' and '.' that begins with a letter or '_'");
        }

        if (!catalog.TryName($"{site.Resource.Uri}#{name}", site))
        {
            throw new InvalidSchemaException(anchor.Pointer, $"{anchor.Name}: {name} names another place in the same schema too");
        }
    }

    private void ScanBelow(SchemaSite site, KeywordValue keyword)
    {
        if (HoldOne.Contains(keyword.Name))
        {
            if (keyword.Name == "items" && keyword.Element.ValueKind == JsonValueKind.Array)
            {
                throw keyword.Refuse("one schema (in draft 2020-12 a list of schemas goes into prefixItems)");
            }

            Scan(keyword.Element, keyword.Pointer, site.Resource);
        }
        else if (HoldList.Contains(keyword.Name))
        {
            var schemas = keyword.List();
            if (schemas.Count == 0)
            {
                throw keyword.Refuse("at least one schema");
            }

            for (var index = 0; index < schemas.Count; index++)
            {
                Scan(schemas[index], JsonPointer.Append(keyword.Pointer, index), site.Resource);
            }
        }
        else if (HoldMap.Contains(keyword.Name))
        {
            ScanMap(site, keyword);
        }
    }

    private void ScanMap(SchemaSite site, KeywordValue keyword)
    {
        var pointers = new HashSet<string>(StringComparer.Ordinal);
        foreach (var (_, value) in keyword.Members())
        {
            if (!pointers.Add(value.Pointer))
            {
                throw new InvalidSchemaException(value.Pointer, $"{keyword.Name}: a name is written twice");
            }

            Scan(value.Element, value.Pointer, site.Resource);
        }
    }
}
