using System.Globalization;
using System.Text.Json;
using Loopai.Core.Access;
using Loopai.Core.Errors;
using Loopai.Core.Identity.Scim;

namespace Loopai.Portal.Scim;

/// <summary>SCIM 2.0 (RFC 7643, 7644): how a directory provisions an organization's people and teams.</summary>
public static class ScimEndpoints
{
    public static void MapScim(this WebApplication app)
    {
        var scim = app.MapGroup(ScimPipeline.Prefix).ExcludeFromDescription();
        scim.MapGet("/Users", ListUsersAsync);
        scim.MapPost("/Users", CreateUserAsync);
        scim.MapGet("/Users/{id}", GetUserAsync);
        scim.MapPut("/Users/{id}", ReplaceUserAsync);
        scim.MapPatch("/Users/{id}", PatchUserAsync);
        scim.MapDelete("/Users/{id}", DeleteUserAsync);
        scim.MapGet("/Groups", ListGroupsAsync);
        scim.MapPost("/Groups", CreateGroupAsync);
        scim.MapGet("/Groups/{id}", GetGroupAsync);
        scim.MapPut("/Groups/{id}", ReplaceGroupAsync);
        scim.MapPatch("/Groups/{id}", PatchGroupAsync);
        scim.MapDelete("/Groups/{id}", DeleteGroupAsync);
        scim.MapGet("/ServiceProviderConfig", (HttpContext http) => ScimAnswer.WriteAsync(http, ScimDiscovery.Provider(http)));
        scim.MapGet("/Schemas", (HttpContext http) => ScimAnswer.WriteListAsync(http, ScimDiscovery.Schemas(http)));
        scim.MapGet("/Schemas/{id}", (HttpContext http, string id) => OneAsync(http, ScimDiscovery.Schemas(http), "id", id));
        scim.MapGet("/ResourceTypes", (HttpContext http) => ScimAnswer.WriteListAsync(http, ScimDiscovery.ResourceTypes(http)));
        scim.MapGet("/ResourceTypes/{id}", (HttpContext http, string id) => OneAsync(http, ScimDiscovery.ResourceTypes(http), "id", id));
        scim.Map("/{**path}", (HttpContext http) => Nothing(http));
    }

    private static async Task ListUsersAsync(HttpContext http, Caller caller, ScimUserService users, CancellationToken ct)
    {
        var projection = Projection(http, ScimKind.User);
        await ScimAnswer.WriteAsync(http, await users.ListAsync(caller, ListRequest(http), projection, ct), projection);
    }

    private static async Task CreateUserAsync(HttpContext http, Caller caller, ScimUserService users, CancellationToken ct) =>
        await ScimAnswer.WriteAsync(http, await users.CreateAsync(caller, await BodyAsync(http), ct), Projection(http, ScimKind.User), StatusCodes.Status201Created);

    private static async Task GetUserAsync(HttpContext http, string id, Caller caller, ScimUserService users, CancellationToken ct) =>
        await ScimAnswer.WriteAsync(http, await users.GetAsync(caller, id, ct), Projection(http, ScimKind.User));

    private static async Task ReplaceUserAsync(HttpContext http, string id, Caller caller, ScimUserService users, CancellationToken ct) =>
        await ScimAnswer.WriteAsync(http, await users.ReplaceAsync(caller, id, await BodyAsync(http), IfMatch(http), ct), Projection(http, ScimKind.User));

    private static async Task PatchUserAsync(HttpContext http, string id, Caller caller, ScimUserService users, CancellationToken ct) =>
        await ScimAnswer.WriteAsync(http, await users.PatchAsync(caller, id, await BodyAsync(http), IfMatch(http), ct), Projection(http, ScimKind.User));

    private static async Task DeleteUserAsync(HttpContext http, string id, Caller caller, ScimUserService users, CancellationToken ct)
    {
        await users.DeleteAsync(caller, id, IfMatch(http), ct);
        http.Response.StatusCode = StatusCodes.Status204NoContent;
    }

    private static async Task ListGroupsAsync(HttpContext http, Caller caller, ScimGroupService groups, CancellationToken ct)
    {
        var projection = Projection(http, ScimKind.Group);
        await ScimAnswer.WriteAsync(http, await groups.ListAsync(caller, ListRequest(http), projection, ct), projection);
    }

    private static async Task CreateGroupAsync(HttpContext http, Caller caller, ScimGroupService groups, CancellationToken ct) =>
        await ScimAnswer.WriteAsync(http, await groups.CreateAsync(caller, await BodyAsync(http), ct), Projection(http, ScimKind.Group), StatusCodes.Status201Created);

    private static async Task GetGroupAsync(HttpContext http, string id, Caller caller, ScimGroupService groups, CancellationToken ct)
    {
        var projection = Projection(http, ScimKind.Group);
        await ScimAnswer.WriteAsync(http, await groups.GetAsync(caller, id, projection, ct), projection);
    }

    private static async Task ReplaceGroupAsync(HttpContext http, string id, Caller caller, ScimGroupService groups, CancellationToken ct) =>
        await ScimAnswer.WriteAsync(http, await groups.ReplaceAsync(caller, id, await BodyAsync(http), IfMatch(http), ct), Projection(http, ScimKind.Group));

    private static async Task PatchGroupAsync(HttpContext http, string id, Caller caller, ScimGroupService groups, CancellationToken ct) =>
        await ScimAnswer.WriteAsync(http, await groups.PatchAsync(caller, id, await BodyAsync(http), IfMatch(http), ct), Projection(http, ScimKind.Group));

    private static async Task DeleteGroupAsync(HttpContext http, string id, Caller caller, ScimGroupService groups, CancellationToken ct)
    {
        await groups.DeleteAsync(caller, id, IfMatch(http), ct);
        http.Response.StatusCode = StatusCodes.Status204NoContent;
    }

    private static Task OneAsync(HttpContext http, IReadOnlyList<System.Text.Json.Nodes.JsonObject> all, string key, string id) =>
        all.FirstOrDefault(one => id.Equals((string?)one[key], StringComparison.OrdinalIgnoreCase)) is { } found
            ? ScimAnswer.WriteAsync(http, found)
            : throw new NotFoundException("scim.not_found", $"There is no '{id}' here.");

    /// <summary>Otherwise the portal's own page for unknown addresses would answer.</summary>
    private static Task Nothing(HttpContext http) =>
        throw new NotFoundException("scim.not_found", $"There is nothing at {http.Request.Method} {http.Request.Path}. /ServiceProviderConfig tells what there is.");

    private static ScimProjection Projection(HttpContext http, ScimKind kind) =>
        ScimProjection.Of(kind, http.Request.Query["attributes"], http.Request.Query["excludedAttributes"]);

    private static string? IfMatch(HttpContext http) => http.Request.Headers.IfMatch.Count == 0 ? null : http.Request.Headers.IfMatch.ToString();

    /// <summary>Numbers below what makes sense count as the least that does; RFC 7644 section 3.4.2.4.</summary>
    private static ScimListRequest ListRequest(HttpContext http)
    {
        var query = http.Request.Query;
        return new ScimListRequest(
            query["filter"], query["sortBy"], string.Equals(query["sortOrder"], "descending", StringComparison.OrdinalIgnoreCase),
            Math.Max(1, Number("startIndex", 1)), Math.Clamp(Number("count", ScimListRequest.DefaultCount), 0, ScimListRequest.MaxCount));

        int Number(string name, int otherwise) => query[name].ToString() is not { Length: > 0 } text ? otherwise
            : int.TryParse(text, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out var number) ? number
            : throw new InvalidException("scim.invalidValue", name, $"{name} is a whole number; got '{text}'.");
    }

    private static async Task<JsonElement> BodyAsync(HttpContext http)
    {
        var type = http.Request.ContentType?.Split(';')[0].Trim();
        if (type is not ("application/scim+json" or "application/json"))
        {
            throw new BadHttpRequestException("Send 'Content-Type: application/scim+json'.", StatusCodes.Status415UnsupportedMediaType);
        }

        using var document = await JsonDocument.ParseAsync(http.Request.Body, new JsonDocumentOptions { MaxDepth = 16 }, http.RequestAborted);
        return document.RootElement.Clone();
    }
}
