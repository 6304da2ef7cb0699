namespace Loopai.Core.Schemas.Evaluation;

/// <summary>A schema with an identity of its own: the root, and every subschema with an <c>$id</c>.</summary>
internal sealed class SchemaResource(string uri)
{
    /// <summary>The absolute URI, without a fragment.</summary>
    public string Uri { get; } = uri;

    /// <summary>What the <c>$dynamicAnchor</c>s of this resource name.</summary>
    public Dictionary<string, SchemaNode> DynamicAnchors { get; } = new(StringComparer.Ordinal);
}
