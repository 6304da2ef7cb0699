using System.Text.Json.Nodes;

namespace Loopai.Core.Identity.Scim.Resources;

/// <summary>The rows by which a resource is found.</summary>
internal static class ScimValues
{
    /// <summary>One for each value, and one for each attribute that has parts.</summary>
    public static IEnumerable<ScimValue> Of(ScimResource resource, JsonObject document)
    {
        var schema = ScimSchemas.Of(resource.Kind);
        var inCore = schema.Attributes.Select(attribute => (new ScimPlace(null, attribute, null), document[attribute.Name]));
        var inExtension = schema.Extension is { } extension && document[extension.Id] is JsonObject more
            ? extension.Attributes.Select(attribute => (new ScimPlace(extension.Id, attribute, null), more[attribute.Name]))
            : [];
        return inCore.Concat(inExtension).Where(pair => pair.Item2 is not null).SelectMany(pair => Of(resource, pair.Item1, pair.Item2!));
    }

    private static IEnumerable<ScimValue> Of(ScimResource resource, ScimPlace place, JsonNode value) => value switch
    {
        JsonArray items => items.SelectMany((item, number) => OfParts(resource, place, (JsonObject)item!, number)),
        JsonObject parts => OfParts(resource, place, parts, 0),
        _ => [Row(resource, place.Root, 0, place.Attribute, value)],
    };

    private static IEnumerable<ScimValue> OfParts(ScimResource resource, ScimPlace place, JsonObject parts, int number) =>
        parts.Where(part => part.Value is not null)
            .Select(part => Row(resource, $"{place.Root}.{part.Key}", number, place.Attribute.Find(part.Key)!, part.Value!))
            .Prepend(Row(resource, place.Root, number, place.Attribute, null));

    private static ScimValue Row(ScimResource resource, string path, int item, ScimAttribute attribute, JsonNode? value)
    {
        var text = value is null ? null : attribute.Type == ScimType.Boolean ? (bool)value ? "true" : "false" : (string)value!;
        return new ScimValue
        {
            Id = Guid.CreateVersion7(), OrganizationId = resource.OrganizationId, ResourceId = resource.Id, Kind = resource.Kind, Path = path, Item = item,
            Value = attribute.IsCaseExact ? text : text?.ToLowerInvariant(),
        };
    }
}
