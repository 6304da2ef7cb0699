using System.Text.Json.Nodes;
using Loopai.Core.Identity.Scim;
using Loopai.Core.Identity.Scim.Resources;

namespace Loopai.Portal.Scim;

/// <summary>What a directory can find out about this server; written from what the server does, so that it is true.</summary>
internal static class ScimDiscovery
{
    public static JsonObject Provider(HttpContext http) => new()
    {
        ["schemas"] = new JsonArray("urn:ietf:params:scim:schemas:core:2.0:ServiceProviderConfig"),
        ["patch"] = new JsonObject { ["supported"] = true },
        ["bulk"] = new JsonObject { ["supported"] = false, ["maxOperations"] = 0, ["maxPayloadSize"] = 0 },
        ["filter"] = new JsonObject { ["supported"] = true, ["maxResults"] = ScimListRequest.MaxCount },
        ["changePassword"] = new JsonObject { ["supported"] = false },
        ["sort"] = new JsonObject { ["supported"] = true },
        ["etag"] = new JsonObject { ["supported"] = true },
        ["authenticationSchemes"] = new JsonArray(new JsonObject
        {
            ["type"] = "oauthbearertoken", ["name"] = "Provisioning token", ["primary"] = true,
            ["description"] = "Authorization: Bearer scim_…, made in Loopai under Provisioning.", ["specUri"] = "https://www.rfc-editor.org/info/rfc6750",
        }),
        ["meta"] = Meta(http, "ServiceProviderConfig", "/ServiceProviderConfig"),
    };

    public static IReadOnlyList<JsonObject> Schemas(HttpContext http) =>
        [.. new[] { ScimSchemas.User, ScimSchemas.User.Extension!, ScimSchemas.Group }.Select(schema => new JsonObject
        {
            ["schemas"] = new JsonArray("urn:ietf:params:scim:schemas:core:2.0:Schema"),
            ["id"] = schema.Id, ["name"] = schema.Name, ["description"] = schema.Description,
            ["attributes"] = new JsonArray([.. schema.Attributes.Select(attribute => (JsonNode)Attribute(attribute))]),
            ["meta"] = Meta(http, "Schema", $"/Schemas/{schema.Id}"),
        })];

    public static IReadOnlyList<JsonObject> ResourceTypes(HttpContext http) => [.. new[] { ScimSchemas.User, ScimSchemas.Group }.Select(schema => new JsonObject
    {
        ["schemas"] = new JsonArray("urn:ietf:params:scim:schemas:core:2.0:ResourceType"),
        ["id"] = schema.Name, ["name"] = schema.Name, ["description"] = schema.Description, ["endpoint"] = $"/{schema.Name}s", ["schema"] = schema.Id,
        ["schemaExtensions"] = schema.Extension is { } extension ? new JsonArray(new JsonObject { ["schema"] = extension.Id, ["required"] = false }) : new JsonArray(),
        ["meta"] = Meta(http, "ResourceType", $"/ResourceTypes/{schema.Name}"),
    })];

    private static JsonObject Attribute(ScimAttribute attribute)
    {
        var told = new JsonObject
        {
            ["name"] = attribute.Name,
            ["type"] = attribute.Type switch
            {
                ScimType.String => "string", ScimType.Boolean => "boolean", ScimType.DateTime => "dateTime", ScimType.Reference => "reference", ScimType.Complex => "complex",
            },
            ["multiValued"] = attribute.IsMulti, ["description"] = attribute.Description, ["required"] = attribute.IsRequired, ["caseExact"] = attribute.IsCaseExact,
            ["mutability"] = attribute.IsReadOnly ? "readOnly" : "readWrite", ["returned"] = attribute.IsAlwaysReturned ? "always" : "default",
            ["uniqueness"] = attribute.IsUnique ? "server" : "none",
        };
        if (attribute.Sub.Count > 0)
        {
            told["subAttributes"] = new JsonArray([.. attribute.Sub.Select(sub => (JsonNode)Attribute(sub))]);
        }

        if (attribute.CanonicalValues.Count > 0)
        {
            told["canonicalValues"] = new JsonArray([.. attribute.CanonicalValues.Select(value => (JsonNode)value)]);
        }

        if (attribute.Type == ScimType.Reference)
        {
            told["referenceTypes"] = new JsonArray([.. attribute.ReferenceTypes.Select(type => (JsonNode)type)]);
        }

        return told;
    }

    private static JsonObject Meta(HttpContext http, string type, string path) => new() { ["resourceType"] = type, ["location"] = ScimAnswer.Address(http, path) };
}
