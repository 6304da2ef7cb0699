using System.Collections.Concurrent;
using System.Net;
using System.Net.Http.Json;
using System.Text;
using System.Text.Json.Nodes;
using System.Text.RegularExpressions;
using Loopai.Core.Access;
using Loopai.Portal.Tests.Api;

namespace Loopai.Portal.Tests.Access;

/// <summary>Every endpoint of the API, asked with the permissions of every built-in role, compared with docs/permissions.md.</summary>
[Collection(PortalCollection.Name)]
public sealed partial class PermissionTableTests(PortalFixture portal)
{
    private readonly ConcurrentDictionary<string, string> _keys = new(StringComparer.Ordinal);

    [Fact]
    public Task Roles_HoldWhatTheTableSays() => PermissionTables.ShouldBeWrittenAsync(
        "roles", ["Permission", "Allows", .. BuiltInRoles.All.Select(r => r.Name), "On one environment", "On one task"],
        PermissionCatalog.All.Select(IReadOnlyList<string> (p) =>
        [
            $"`{p.Name}`", p.Description, .. BuiltInRoles.All.Select(r => PermissionTables.Cell(r.Permissions.Contains(p.Name))),
            PermissionTables.Cell(p.OnEnvironment), PermissionTables.Cell(p.OnTask),
        ]));

    [Fact]
    public async Task Endpoints_LetInWhomTheTableSays()
    {
        var organization = await portal.AddOrganizationAsync("table");
        using var client = new HttpClient { BaseAddress = portal.Address };
        var document = (await client.GetFromJsonAsync<JsonObject>("openapi/v1.json"))!["paths"]!;
        var rows = new List<IReadOnlyList<string>>();
        foreach (var route in ApiRoutes.Of(portal).OrderBy(r => r.Path, StringComparer.Ordinal).ThenBy(r => r.Method, StringComparer.Ordinal))
        {
            var (needs, handsOn) = await NeedsAsync(client, organization, document, route);
            var cells = new List<string>();
            foreach (var role in BuiltInRoles.All)
            {
                var refusal = await AskAsync(client, organization, document, route, role.Permissions);
                (refusal is null).ShouldBe(needs.All(role.Permissions.Contains), $"{route.Method} {route.Path} as {role.Name}: {refusal}");
                cells.Add(PermissionTables.Cell(refusal is null));
            }

            var words = needs.Count == 0 ? "any key" : string.Join(", ", needs.Select(p => $"`{p}`"));
            rows.Add([$"`{route.Method} {route.Path.TrimEnd('/')}`", handsOn ? words + ", and what is handed on" : words, .. cells]);
        }

        rows.Count.ShouldBeGreaterThan(80);
        await PermissionTables.ShouldBeWrittenAsync("endpoints", ["Endpoint", "Needs", .. BuiltInRoles.All.Select(r => r.Name)], rows);
    }

    /// <summary>What the endpoint asks for, one after the other, of a key that holds nothing of use.</summary>
    private async Task<(List<string> Needs, bool HandsOn)> NeedsAsync(HttpClient client, PortalOrganization organization, JsonNode document, ApiRoutes.Route route)
    {
        var held = new List<string>();
        while (await AskAsync(client, organization, document, route, [Permissions.ExecutionsImport, .. held]) is { } refusal)
        {
            if (Needed().Match(refusal) is not { Success: true } needed)
            {
                return (held, true);
            }

            held.ShouldNotContain(needed.Groups[1].Value, $"{route.Method} {route.Path} asks again for what is held");
            held.Add(needed.Groups[1].Value);
        }

        return (held, false);
    }

    /// <summary>Why a key with these permissions is refused; null when it is not. Nothing there has the ids that are asked for.</summary>
    private async Task<string?> AskAsync(HttpClient client, PortalOrganization organization, JsonNode document, ApiRoutes.Route route, IReadOnlyList<string> permissions)
    {
        var path = Placeholder().Replace(route.Path, hole => hole.Value == "{version}" ? "1" : $"{Guid.CreateVersion7()}");
        path = path.EndsWith("/compare", StringComparison.Ordinal) ? path + "?left=1&right=2"
            : path.EndsWith("/access/explain", StringComparison.Ordinal) ? $"{path}?subject={Guid.CreateVersion7()}&permission=tasks:read" : path;
        using var request = new HttpRequestMessage(new HttpMethod(route.Method), path) { Content = BodyOf(document, route) };
        request.Headers.Authorization = new("Bearer", await KeyAsync(organization, permissions));
        using var answer = await client.SendAsync(request);
        var text = answer.StatusCode == HttpStatusCode.Forbidden || (int)answer.StatusCode >= 500 ? await answer.Content.ReadAsStringAsync() : "";
        ((int)answer.StatusCode < 500 || answer.StatusCode == HttpStatusCode.ServiceUnavailable).ShouldBeTrue($"{route.Method} {path}: {text}");
        answer.StatusCode.ShouldNotBe(HttpStatusCode.Unauthorized, $"{route.Method} {path}");
        return answer.StatusCode == HttpStatusCode.Forbidden ? JsonNode.Parse(text)!["detail"]!.GetValue<string>() : null;
    }

    private async Task<string> KeyAsync(PortalOrganization organization, IReadOnlyList<string> permissions)
    {
        var name = string.Join(' ', permissions);
        return _keys.TryGetValue(name, out var known) ? known : _keys[name] = await portal.AddPersonsKeyAsync(organization, permissions);
    }

    private static StringContent? BodyOf(JsonNode document, ApiRoutes.Route route)
    {
        var operation = (document[route.Path] ?? document[route.Path.TrimEnd('/')])?[route.Method.ToLowerInvariant()];
        return operation?["requestBody"]?["content"]?.AsObject().FirstOrDefault() is { Value: { } media } content
            ? new StringContent(media["example"]?.ToJsonString() ?? "", Encoding.UTF8, content.Key)
            : null;
    }

    [GeneratedRegex("This needs the permission '([^']+)'", RegexOptions.NonBacktracking)]
    private static partial Regex Needed();

    [GeneratedRegex("{[^}]+}", RegexOptions.NonBacktracking)]
    private static partial Regex Placeholder();
}
