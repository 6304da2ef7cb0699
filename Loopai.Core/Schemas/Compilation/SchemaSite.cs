using System.Text.Json;
using Loopai.Core.Schemas.Evaluation;
using Loopai.Core.Schemas.Values;

namespace Loopai.Core.Schemas.Compilation;

/// <summary>A place in a document where a schema is written.</summary>
internal sealed class SchemaSite(JsonElement element, string pointer, SchemaResource resource, IReadOnlyDictionary<string, JsonElement> keywords)
{
    public JsonElement Element { get; } = element;

    public string Pointer { get; } = pointer;

    public SchemaResource Resource { get; } = resource;

    /// <summary>Exists from the start, so that schemas can refer to each other before they are compiled.</summary>
    public SchemaNode Node { get; } = new(pointer, resource) { RefusesAll = element.ValueKind == JsonValueKind.False };

    public IReadOnlyCollection<string> KeywordNames { get; } = [.. keywords.Keys];

    public KeywordValue? Find(string name) => keywords.TryGetValue(name, out var value)
        ? new KeywordValue(name, JsonPointer.Append(Pointer, name), value)
        : null;
}
