using System.Net;
using System.Net.Http.Json;
using System.Text.Json.Nodes;

namespace Loopai.Portal.Tests.Api;

[Collection(PortalCollection.Name)]
public sealed class OpenApiTests(PortalFixture portal)
{
    [Fact]
    public async Task Document_EveryRoute_IsDescribed()
    {
        var document = await DocumentAsync();
        document["openapi"]!.GetValue<string>().ShouldStartWith("3.1");
        var routes = ApiRoutes.Of(portal);
        routes.Count.ShouldBeGreaterThan(30);

        var faults = routes.SelectMany(route => FaultsOf(document, route).Select(fault => $"{route.Method} {route.Path}: {fault}")).ToList();

        faults.ShouldBeEmpty();
        var ids = document["paths"]!.AsObject().SelectMany(p => p.Value!.AsObject()).Select(o => o.Value!["operationId"]!.GetValue<string>()).ToList();
        ids.ShouldBeUnique();
        ids.Count.ShouldBe(routes.Count);
    }

    [Fact]
    public async Task Document_References_LeadSomewhere()
    {
        var document = await DocumentAsync();
        foreach (var reference in Find(document, "$ref").Select(r => r.GetValue<string>()))
        {
            var target = reference.Split('/').Skip(1).Aggregate((JsonNode?)document, (node, name) => (node as JsonObject)?[name]);
            target.ShouldNotBeNull(reference);
        }
    }

    [Fact]
    public async Task Document_Fields_AreInCamelCaseOnly()
    {
        var document = await DocumentAsync();
        var names = Find(document["components"]!["schemas"]!, "properties").SelectMany(p => p.AsObject()).Select(p => p.Key).ToList();
        names.ShouldContain("inputSchema");
        names.ShouldAllBe(name => !name.Contains('_'));
    }

    [Fact]
    public async Task Document_Execute_DescribesItsBody()
    {
        var document = await DocumentAsync();
        var body = document["paths"]!["/api/v1/tasks/execute"]!["post"]!["requestBody"]!["content"]!["application/json"]!;
        var schema = body["schema"]!["$ref"] is { } reference ? document["components"]!["schemas"]![reference.GetValue<string>().Split('/')[^1]]! : body["schema"]!;
        schema["properties"]!.AsObject().Select(p => p.Key).ShouldBe(
            ["taskId", "input", "version", "unit", "attributes", "timeoutMs", "forceValidation", "confidence", "executedAt"], ignoreOrder: true);
        document["components"]!["securitySchemes"]!.AsObject().Select(s => s.Key).ShouldBe(["bearer", "apiKey"], ignoreOrder: true);
    }

    [Fact]
    public async Task Docs_Playground_IsServedFromHere()
    {
        using var client = new HttpClient { BaseAddress = portal.Address };
        var page = await client.GetStringAsync("docs/index.html");
        page.ShouldContain("swagger-ui");
        page.ShouldNotContain("https://");
        (await client.GetAsync("docs/swagger-ui-bundle.js")).StatusCode.ShouldBe(HttpStatusCode.OK);
        (await client.GetAsync("docs")).StatusCode.ShouldBe(HttpStatusCode.OK);
    }

    private async Task<JsonObject> DocumentAsync()
    {
        using var client = new HttpClient { BaseAddress = portal.Address };
        return (await client.GetFromJsonAsync<JsonObject>("openapi/v1.json"))!;
    }

    private static IEnumerable<string> FaultsOf(JsonObject document, ApiRoutes.Route route)
    {
        var operation = document["paths"]?[route.Path.TrimEnd('/')]?[route.Method.ToLowerInvariant()] ?? document["paths"]?[route.Path]?[route.Method.ToLowerInvariant()];
        if (operation is null)
        {
            yield return "is missing";
            yield break;
        }

        if (operation["summary"]?.GetValue<string>() is not { Length: > 5 })
        {
            yield return "has no summary";
        }

        if (operation["tags"]?.AsArray().Count != 1)
        {
            yield return "has no tag";
        }

        foreach (var (type, media) in operation["requestBody"]?["content"]?.AsObject() ?? [])
        {
            if (media?["schema"] is null || media["example"] is null)
            {
                yield return $"has no schema or example of its body as {type}";
            }
        }

        var responses = operation["responses"]!.AsObject();
        var good = responses.Where(r => r.Key.StartsWith('2')).ToList();
        var isFile = good.Any(r => r.Value?["content"]?.AsObject().Any(c => c.Key is "application/zip" or "application/pdf" or "application/x-ndjson" or "image/png") == true);
        if (good.Count == 0 || (!isFile && good.Any(r => r.Key != "204" && r.Value?["content"]?["application/json"]?["schema"] is null)))
        {
            yield return "does not say what it answers";
        }

        if (!isFile && good.Any(r => r.Key != "204" && r.Value?["content"]?["application/json"]?["example"] is null))
        {
            yield return "has no example of its answer";
        }

        foreach (var status in new[] { "400", "401", "403", "429", "503" }.Where(s => !responses.ContainsKey(s)))
        {
            yield return $"does not tell of {status}";
        }
    }

    private static IEnumerable<JsonNode> Find(JsonNode node, string name) => node switch
    {
        JsonObject members => members.Where(m => m.Key == name && m.Value is not null).Select(m => m.Value!)
            .Concat(members.Where(m => m.Value is not null && m.Key != "example").SelectMany(m => Find(m.Value!, name))),
        JsonArray items => items.Where(i => i is not null).SelectMany(i => Find(i!, name)),
        _ => [],
    };
}
