using System.Text.Json;
using Loopai.Core.Schemas.Evaluation;
using Loopai.Core.Schemas.Values;

namespace Loopai.Core.Schemas.Compilation;

/// <summary>Every schema found so far, by place and by URI.</summary>
internal sealed class SchemaCatalog
{
    private readonly Dictionary<string, SchemaSite> _byPointer = new(StringComparer.Ordinal);

    // Resources by their URI, anchors by the URI of their resource with the anchor as fragment.
    private readonly Dictionary<string, SchemaSite> _byUri = new(StringComparer.Ordinal);

    /// <summary>Sites that still have to be compiled. A queue, since recursion along references could exhaust the stack.</summary>
    public Queue<SchemaSite> Pending { get; } = new();

    public IReadOnlyCollection<SchemaSite> Sites => _byPointer.Values;

    public SchemaSite At(string pointer) => _byPointer[pointer];

    public void Add(SchemaSite site)
    {
        _byPointer.Add(site.Pointer, site);
        Pending.Enqueue(site);
    }

    /// <summary>Names a site; false when the name is taken.</summary>
    public bool TryName(string uri, SchemaSite site) => _byUri.TryAdd(uri, site) || _byUri[uri] == site;

    /// <summary>The schema that a reference written in a resource means.</summary>
    public SchemaSite Find(KeywordValue keyword, SchemaResource from)
    {
        var reference = keyword.Text();
        var uri = UriReference.Parse(from.Uri).Resolve(UriReference.Parse(reference));
        var document = uri.WithoutFragment().ToString();
        if (!_byUri.TryGetValue(document, out var root))
        {
            if (!Metaschemas.TryRead(document, out var metaschema))
            {
                throw Missing(keyword, uri, reference);
            }

            root = new SchemaScanner(this).Scan(metaschema, document + "#", new SchemaResource(document));
        }

        var fragment = Uri.UnescapeDataString(uri.Fragment ?? "");
        if (fragment.Length == 0)
        {
            return root;
        }

        return (fragment[0] == '/' ? FindByPointer(root, fragment) : _byUri.GetValueOrDefault($"{document}#{fragment}"))
            ?? throw new InvalidSchemaException(keyword.Pointer, $"{keyword.Name}: there is no schema at {reference}");
    }

    private SchemaSite? FindByPointer(SchemaSite root, string fragment)
    {
        // Most references lead to schemas that are known; walking to them would cost the square of their number.
        var target = JsonPointer.Tokens(fragment).Aggregate(root.Pointer, JsonPointer.Append);
        if (_byPointer.TryGetValue(target, out var known))
        {
            return known;
        }

        var enclosing = root;
        var element = root.Element;
        var pointer = root.Pointer;
        foreach (var token in JsonPointer.Tokens(fragment))
        {
            if (JsonPointer.Step(element, token) is not { } next)
            {
                return null;
            }

            element = next;
            pointer = JsonPointer.Append(pointer, token);
            enclosing = _byPointer.GetValueOrDefault(pointer, enclosing);
        }

        // Under a keyword of the author's own, where nobody knew that it is a schema until something referred to it.
        return element.ValueKind is JsonValueKind.Object or JsonValueKind.True or JsonValueKind.False
            ? new SchemaScanner(this).Scan(element, pointer, enclosing.Resource)
            : null;
    }

    private static InvalidSchemaException Missing(KeywordValue keyword, UriReference uri, string reference) => new(
        keyword.Pointer,
        uri.Scheme is null
            ? $"{keyword.Name}: nothing in this schema has the $id that {reference} refers to"
            : $"{keyword.Name}: {reference} is in another document ({uri.WithoutFragment()}), and schemas are not fetched from elsewhere; "
                + "put it into $defs, with its $id");
}
