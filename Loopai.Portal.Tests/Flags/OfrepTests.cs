using System.Net;
using System.Net.Http.Headers;
using System.Net.Http.Json;
using System.Text;
using System.Text.Json;
using Loopai.Portal.Tests.Api;

namespace Loopai.Portal.Tests.Flags;

/// <summary>OFREP as the protocol's document has it, over real HTTP.</summary>
[Collection(PortalCollection.Name)]
public sealed class OfrepTests(PortalFixture portal)
{
    private const string One = "/ofrep/v1/evaluate/flags/checkout";
    private const string All = "/ofrep/v1/evaluate/flags";

    [Theory]
    [InlineData("""{"context":{"targetingKey":"u1"}}""", 200, null)]
    [InlineData("""{"context":{"targetingKey":""}}""", 400, "TARGETING_KEY_MISSING")]
    [InlineData("""{"context":{"plan":"beta"}}""", 400, "TARGETING_KEY_MISSING")]
    [InlineData("""{"context":{"targetingKey":17}}""", 400, "INVALID_CONTEXT")]
    [InlineData("""{"context":"u1"}""", 400, "INVALID_CONTEXT")]
    [InlineData("{}", 400, "INVALID_CONTEXT")]
    [InlineData("{", 400, "PARSE_ERROR")]
    [InlineData("", 400, "PARSE_ERROR")]
    public async Task Evaluate_Contexts_AreTakenOrNamed(string body, int status, string? code)
    {
        using var client = await ClientAsync();

        foreach (var path in new[] { One, All })
        {
            using var answer = await client.PostAsync(path, Json(body));

            ((int)answer.StatusCode).ShouldBe(status, path);
            var said = await answer.Content.ReadFromJsonAsync<JsonElement>();
            (said.TryGetProperty("errorCode", out var errorCode) ? errorCode.GetString() : null).ShouldBe(code, path);
            (path == One && code is not null).ShouldBe(said.TryGetProperty("key", out _) && code is not null, path);
        }
    }

    [Fact]
    public async Task Evaluate_WithoutKeyOrRightOrFlag_AnswersAsOfrepDoes()
    {
        using var client = await ClientAsync();
        using var nobody = portal.Client((string?)null);
        using var without = portal.Client(await portal.AddKeyAsync(portal.Acme.Owner, ["tasks:read"]));

        (await StatusAsync(client, "/ofrep/v1/evaluate/flags/unknown")).ShouldBe((404, "FLAG_NOT_FOUND"));
        (await StatusAsync(nobody, One)).ShouldBe((401, "GENERAL"));
        (await StatusAsync(without, One)).ShouldBe((403, "GENERAL"));
        (await StatusAsync(portal.Client(portal.Globex), One)).ShouldBe((404, "FLAG_NOT_FOUND"));
        (await StatusAsync(client, "/ofrep/v1/nothing")).Status.ShouldBe(404);
    }

    [Fact]
    public async Task EvaluateAll_SameFlagsAndContext_AreNotSentAgain()
    {
        using var client = await ClientAsync();
        var first = await EvaluateAllAsync(client, "u1", null);
        var tag = first.Headers.ETag!;
        var body = await first.Content.ReadFromJsonAsync<JsonElement>();
        body.GetProperty("flags").EnumerateArray().Select(f => f.GetProperty("key").GetString()).ShouldBe(["checkout"]);
        body.GetProperty("flags")[0].GetProperty("value").GetBoolean().ShouldBeTrue();

        var again = await EvaluateAllAsync(client, "u1", tag);
        var other = await EvaluateAllAsync(client, "u2", tag);

        again.StatusCode.ShouldBe(HttpStatusCode.NotModified);
        (await again.Content.ReadAsStringAsync()).ShouldBeEmpty();
        other.StatusCode.ShouldBe(HttpStatusCode.OK);
        other.Headers.ETag.ShouldNotBe(tag);
    }

    [Fact]
    public async Task EventStream_FlagChanged_TellsToAskAgainAndTheAnswerIsNew()
    {
        var acme = await portal.AddOrganizationAsync("stream");
        using var client = portal.Client(acme);
        var flag = await client.AddFlagAsync("checkout", "boolean");
        var first = await EvaluateAllAsync(client, "u1", null);
        var stream = (await first.Content.ReadFromJsonAsync<JsonElement>()).GetProperty("eventStreams")[0];
        stream.GetProperty("type").GetString().ShouldBe("sse");
        using var listener = new HttpClient { BaseAddress = portal.Address };
        using var events = await listener.GetAsync(stream.GetProperty("endpoint").GetProperty("requestUri").GetString(), HttpCompletionOption.ResponseHeadersRead);
        events.Content.Headers.ContentType!.MediaType.ShouldBe("text/event-stream");

        (await client.PatchAsJsonAsync($"flags/{flag}/environments/production", new { on = true })).EnsureSuccessStatusCode();

        using var lines = new StreamReader(await events.Content.ReadAsStreamAsync());
        var data = await NextDataAsync(lines);
        data.GetProperty("type").GetString().ShouldBe("refetchEvaluation");
        data.GetProperty("lastModified").GetInt64().ShouldBeGreaterThan(0);
        var told = await EvaluateAllAsync(client, "u1", first.Headers.ETag, $"?flagConfigEtag={data.GetProperty("etag").GetString()}");
        told.StatusCode.ShouldBe(HttpStatusCode.OK);
        (await told.Content.ReadFromJsonAsync<JsonElement>()).GetProperty("flags")[0].GetProperty("value").GetBoolean().ShouldBeTrue();
    }

    [Fact]
    public async Task EventStream_ChangedBetweenTheAnswerAndListening_IsToldAtOnce()
    {
        var acme = await portal.AddOrganizationAsync("stream");
        using var client = portal.Client(acme);
        var flag = await client.AddFlagAsync("checkout", "boolean");
        var body = await (await EvaluateAllAsync(client, "u1", null)).Content.ReadFromJsonAsync<JsonElement>();
        (await client.PatchAsJsonAsync($"flags/{flag}/environments/production", new { on = true })).EnsureSuccessStatusCode();

        using var listener = new HttpClient { BaseAddress = portal.Address };
        using var events = await listener.GetAsync(
            body.GetProperty("eventStreams")[0].GetProperty("endpoint").GetProperty("requestUri").GetString(), HttpCompletionOption.ResponseHeadersRead);

        using var lines = new StreamReader(await events.Content.ReadAsStreamAsync());
        (await NextDataAsync(lines)).GetProperty("type").GetString().ShouldBe("refetchEvaluation");
        (await listener.GetAsync("/ofrep/v1/events?token=forged")).StatusCode.ShouldBe(HttpStatusCode.Unauthorized);
    }

    [Fact]
    public async Task Preflight_FromAnyPage_IsLetThroughWithoutAKey()
    {
        using var client = new HttpClient { BaseAddress = portal.Address };
        using var request = new HttpRequestMessage(HttpMethod.Options, All);
        request.Headers.Add("Origin", "https://shop.example");
        request.Headers.Add("Access-Control-Request-Method", "POST");

        using var answer = await client.SendAsync(request);

        answer.StatusCode.ShouldBe(HttpStatusCode.NoContent);
        answer.Headers.GetValues("Access-Control-Allow-Origin").ShouldBe(["*"]);
        answer.Headers.GetValues("Access-Control-Allow-Headers").Single().ShouldContain("Authorization");
    }

    [Fact]
    public async Task Evaluate_RunningExperiment_IsAFlagAndSaysWhatExecutionsGet()
    {
        var organization = await portal.AddOrganizationAsync("ofrep-experiment");
        using var client = portal.Client(organization);
        var task = await portal.CreateSpamFilterAsync(organization);
        await portal.AddVersionAsync(organization, task);
        using var made = await client.PostAsJsonAsync("experiments", new
        {
            taskId = task, key = "spam-v2", name = "Version 2", coverage = 0.5, variants = new[] { new { version = 1 }, new { version = 2 } },
            metrics = new[] { new { metric = "accuracy", role = "goal" } },
        });
        var experiment = (await made.Content.ReadFromJsonAsync<JsonElement>()).GetProperty("id").GetGuid();
        (await client.PostAsJsonAsync($"experiments/{experiment}/start", new { })).IsSuccessStatusCode.ShouldBeTrue();
        HashSet<string> reasons = new(StringComparer.Ordinal);
        for (var i = 0; i < 12; i++)
        {
            var assigned = await client.GetFromJsonAsync<JsonElement>($"experiments/{experiment}/assignment?unit=user-{i}");
            await Eventually.BecomesAsync(async () => await VariantAsync(i) is { ValueKind: JsonValueKind.Object }, true);
            var value = await VariantAsync(i);
            value.GetProperty("variant").GetString().ShouldBe(assigned.TryGetProperty("variant", out var variant) && variant.ValueKind == JsonValueKind.String ? variant.GetString() : "control");
        }

        reasons.ShouldBe(["SPLIT", "STATIC"], ignoreOrder: true);

        async Task<JsonElement> VariantAsync(int unit)
        {
            using var answer = await client.PostAsync("/ofrep/v1/evaluate/flags/spam-v2", Json($$"""{"context":{"targetingKey":"user-{{unit}}"} }"""));
            var said = await answer.Content.ReadFromJsonAsync<JsonElement>();
            if (!answer.IsSuccessStatusCode)
            {
                return default;
            }

            reasons.Add(said.GetProperty("reason").GetString()!);
            return said.GetProperty("value");
        }
    }

    private async Task<HttpClient> ClientAsync()
    {
        var client = portal.Client(await portal.AddOrganizationAsync("ofrep"));
        await client.AddFlagAsync("checkout", "boolean", targeting: new { on = true, otherwise = new { variation = "on" } });
        return client;
    }

    private static async Task<(int Status, string? Code)> StatusAsync(HttpClient client, string path)
    {
        using var answer = await client.PostAsync(path, Json("""{"context":{"targetingKey":"u1"}}"""));
        var said = await answer.Content.ReadFromJsonAsync<JsonElement>();
        said.GetProperty("errorDetails").GetString().ShouldNotBeNullOrEmpty();
        return ((int)answer.StatusCode, said.TryGetProperty("errorCode", out var code) ? code.GetString() : null);
    }

    private static async Task<HttpResponseMessage> EvaluateAllAsync(HttpClient client, string unit, EntityTagHeaderValue? tag, string query = "")
    {
        using var request = new HttpRequestMessage(HttpMethod.Post, All + query) { Content = Json($$"""{"context":{"targetingKey":"{{unit}}"} }""") };
        if (tag is not null)
        {
            request.Headers.IfNoneMatch.Add(tag);
        }

        return await client.SendAsync(request);
    }

    private static async Task<JsonElement> NextDataAsync(StreamReader lines)
    {
        using var patience = new CancellationTokenSource(TimeSpan.FromSeconds(60));
        while (await lines.ReadLineAsync(patience.Token) is { } line)
        {
            if (line.StartsWith("data: ", StringComparison.Ordinal))
            {
                return JsonElement.Parse(line["data: ".Length..]);
            }
        }

        throw new InvalidOperationException("The stream ended.");
    }

    private static StringContent Json(string body) => new(body, Encoding.UTF8, "application/json");
}
