using System.Globalization;
using System.Text.Json;
using System.Text.Json.Nodes;
using Loopai.Core.Configuration;
using Loopai.Core.Errors;
using Loopai.Core.Identity.Scim;
using Loopai.Core.Identity.Scim.Resources;

namespace Loopai.Portal.Scim;

/// <summary>How resources, lists and errors are written; RFC 7644 sections 3.4.2, 3.12 and RFC 7643 section 3.1.</summary>
public static class ScimAnswer
{
    private const string ContentType = "application/scim+json";
    private const string ListSchema = "urn:ietf:params:scim:api:messages:2.0:ListResponse";
    private const string ErrorSchema = "urn:ietf:params:scim:api:messages:2.0:Error";

    /// <summary>One resource with its ETag; 304 when the directory has this version already.</summary>
    public static async Task WriteAsync(HttpContext http, ScimView view, ScimProjection projection, int status = StatusCodes.Status200OK)
    {
        var resource = Resource(http, view);
        http.Response.Headers.ETag = view.Version;
        if (HttpMethods.IsGet(http.Request.Method) && http.Request.Headers.IfNoneMatch.ToString().Split(',', StringSplitOptions.TrimEntries).Contains(view.Version, StringComparer.Ordinal))
        {
            http.Response.StatusCode = StatusCodes.Status304NotModified;
            return;
        }

        var location = (string)resource["meta"]!["location"]!;
        http.Response.Headers[status == StatusCodes.Status201Created ? "Location" : "Content-Location"] = location;
        await WriteAsync(http, projection.Apply(resource), status);
    }

    public static Task WriteAsync(HttpContext http, ScimList list, ScimProjection projection) => WriteAsync(http, new JsonObject
    {
        ["schemas"] = new JsonArray(ListSchema),
        ["totalResults"] = list.Total,
        ["startIndex"] = list.StartIndex,
        ["itemsPerPage"] = list.Items.Count,
        ["Resources"] = new JsonArray([.. list.Items.Select(view => (JsonNode)projection.Apply(Resource(http, view)))]),
    });

    /// <summary>A list of what does not change: schemas, kinds of resources.</summary>
    public static Task WriteListAsync(HttpContext http, IReadOnlyList<JsonObject> items) => WriteAsync(http, new JsonObject
    {
        ["schemas"] = new JsonArray(ListSchema), ["totalResults"] = items.Count, ["startIndex"] = 1, ["itemsPerPage"] = items.Count,
        ["Resources"] = new JsonArray([.. items]),
    });

    public static async Task WriteAsync(HttpContext http, JsonObject body, int status = StatusCodes.Status200OK)
    {
        http.Response.StatusCode = status;
        http.Response.ContentType = ContentType;
        await http.Response.WriteAsync(body.ToJsonString(JsonSerializerOptions.Web), http.RequestAborted);
    }

    public static async Task WriteErrorAsync(HttpContext http, int status, string? type, string detail)
    {
        if (http.Response.HasStarted)
        {
            http.Abort();
            return;
        }

        var (allow, challenge) = (http.Response.Headers.Allow, http.Response.Headers.WWWAuthenticate);
        http.Response.Clear();
        (http.Response.Headers.Allow, http.Response.Headers.WWWAuthenticate) = (allow, challenge);
        var body = new JsonObject { ["schemas"] = new JsonArray(ErrorSchema), ["status"] = status.ToString(CultureInfo.InvariantCulture) };
        if (type is not null)
        {
            body["scimType"] = type;
        }

        body["detail"] = detail;
        await WriteAsync(http, body, status);
    }

    /// <summary>RFC 7644's name for a failure, which is the end of its code; null where it has none.</summary>
    public static string? TypeOf(Exception failure) => failure is LoopaiException { Code: var code } && code.StartsWith("scim.", StringComparison.Ordinal)
        ? code["scim.".Length..] is "invalidFilter" or "invalidPath" or "invalidValue" or "invalidSyntax" or "noTarget" or "mutability" or "uniqueness" ? code["scim.".Length..] : null
        : failure is BadHttpRequestException { StatusCode: StatusCodes.Status400BadRequest } or JsonException ? "invalidSyntax" : null;

    /// <summary>The address of a kind of resource, as the directory reaches it.</summary>
    public static string Address(HttpContext http, string path)
    {
        var portal = http.RequestServices.GetRequiredService<PortalSettings>();
        return (portal.PublicUrl.Length > 0 ? portal.LinkBase() : $"{http.Request.Scheme}://{http.Request.Host}") + ScimPipeline.Prefix + path;
    }

    private static JsonObject Resource(HttpContext http, ScimView view)
    {
        var (row, schema) = (view.Resource, ScimSchemas.Of(view.Resource.Kind));
        var resource = new JsonObject { ["schemas"] = new JsonArray(schema.Id), ["id"] = row.Id.ToString() };
        foreach (var (name, value) in view.Document)
        {
            resource[name] = value?.DeepClone();
        }

        if (schema.Extension is { } extension && resource[extension.Id] is not null)
        {
            resource["schemas"]!.AsArray().Add(extension.Id);
        }

        Refer(http, resource["members"], "/Users/");
        Refer(http, resource["groups"], "/Groups/");
        resource["meta"] = new JsonObject
        {
            ["resourceType"] = schema.Name, ["created"] = Moment(row.CreatedAt), ["lastModified"] = Moment(row.ChangedAt),
            ["location"] = Address(http, $"/{schema.Name}s/{row.Id}"), ["version"] = view.Version,
        };
        return resource;
    }

    private static void Refer(HttpContext http, JsonNode? items, string path)
    {
        foreach (var item in items as JsonArray ?? [])
        {
            item!["$ref"] = Address(http, path + (string)item["value"]!);
        }
    }

    private static string Moment(DateTimeOffset at) => at.UtcDateTime.ToString("yyyy-MM-dd'T'HH:mm:ss.fff'Z'", CultureInfo.InvariantCulture);
}
