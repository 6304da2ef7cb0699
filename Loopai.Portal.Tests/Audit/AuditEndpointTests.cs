using System.Diagnostics;
using System.Globalization;
using System.Net;
using System.Net.Http.Json;
using System.Text.Json;
using Loopai.Core.Audit;
using Loopai.Portal.Tests.Api;
using Microsoft.Extensions.DependencyInjection;

namespace Loopai.Portal.Tests.Audit;

[Collection(PortalCollection.Name)]
public sealed class AuditEndpointTests(PortalFixture portal)
{
    [Fact]
    public async Task List_AChange_TellsWhoWhatFromWhereAndBothStates()
    {
        var (organization, client, task) = await StartAsync();
        client.DefaultRequestHeaders.UserAgent.ParseAdd("auditor/1.0");
        (await client.PatchAsJsonAsync($"tasks/{task}", new { accuracyTarget = 0.75 })).EnsureSuccessStatusCode();

        var e = (await ItemsAsync(client, $"audit?object=task:{task}&action=task.updated")).Single();

        e.GetProperty("actorKind").GetString().ShouldBe("api_key");
        e.GetProperty("actorName").GetString().ShouldBe("test");
        e.GetProperty("address").GetString().ShouldBe("127.0.0.1");
        e.GetProperty("userAgent").GetString().ShouldBe("auditor/1.0");
        e.GetProperty("objectName").GetString().ShouldBe("Spam filter");
        e.GetProperty("result").GetString().ShouldBe("success");
        e.GetProperty("traceId").GetString()!.Length.ShouldBe(32);
        e.GetProperty("before").GetProperty("accuracyTarget").GetRawText().ShouldNotBe("0.75");
        e.GetProperty("after").GetProperty("accuracyTarget").GetDouble().ShouldBe(0.75);
        (await client.GetFromJsonAsync<JsonElement>($"audit/{e.GetProperty("id").GetGuid()}")).GetProperty("action").GetString().ShouldBe("task.updated");
        organization.Id.ShouldNotBe(Guid.Empty);
    }

    [Fact]
    public async Task List_Filters_NarrowAndPage()
    {
        var (organization, client, _) = await StartAsync();
        var from = DateTimeOffset.UtcNow.AddHours(-1).ToString("O", CultureInfo.InvariantCulture);

        (await ActionsAsync(client, "audit?action=task.*")).ShouldBe(["task.created"]);
        (await ActionsAsync(client, "audit?action=key.created&actor=owner")).ShouldBe(["key.created"]);
        (await ActionsAsync(client, "audit?actor=system")).ShouldBeEmpty("people did all of it");
        (await ActionsAsync(client, $"audit?actor={organization.Owner.Id}&object=key")).ShouldBe(["key.created"]);
        (await ActionsAsync(client, $"audit?to={Uri.EscapeDataString(from)}")).ShouldBeEmpty();
        (await ActionsAsync(client, $"audit?text=SPAM&from={Uri.EscapeDataString(from)}")).ShouldBe(["task.created"]);
        (await ActionsAsync(client, "audit?address=192.0.2.1")).ShouldBeEmpty();
        (await ActionsAsync(client, "audit?result=failed")).ShouldBeEmpty();

        var first = await client.GetFromJsonAsync<JsonElement>("audit?limit=2&sort=oldest");
        var second = await client.GetFromJsonAsync<JsonElement>($"audit?limit=2&sort=oldest&cursor={first.GetProperty("nextCursor").GetString()}");
        new[] { first, second }.SelectMany(p => p.GetProperty("items").EnumerateArray()).Select(e => e.GetProperty("action").GetString())
            .ShouldBe(["organization.created", "key.created", "task.created"]);
        await (await client.GetAsync("audit?address=here&action=a*b")).ShouldBeProblemAsync(HttpStatusCode.BadRequest, "audit.filter");
    }

    [Fact]
    public async Task Refusals_MissingPermissionAndWrongSecret_AreRecorded()
    {
        var (organization, owner, _) = await StartAsync();
        var key = await portal.AddKeyAsync(organization.Owner, ["tasks:read"]);
        using var reader = portal.Client(key);
        using var revoked = portal.Client(organization.Key);
        (await reader.PostAsJsonAsync("keys", new { name = "mine", environment = "production" })).StatusCode.ShouldBe(HttpStatusCode.Forbidden);
        (await reader.GetAsync("audit")).StatusCode.ShouldBe(HttpStatusCode.Forbidden);
        var id = (await ItemsAsync(owner, "audit?action=key.created&text=tasks:read&limit=1"))[0].GetProperty("objectId").GetString();
        (await owner.DeleteAsync($"keys/{id}")).EnsureSuccessStatusCode();
        await UntilAsync(async () => (await reader.GetAsync("tasks")).StatusCode == HttpStatusCode.Unauthorized);

        await UntilAsync(async () => (await ItemsAsync(owner, "audit?result=refused")).Count >= 3);

        var refused = await ItemsAsync(owner, "audit?result=refused&sort=oldest");
        refused.Take(2).Select(e => $"{e.GetProperty("action")} {e.GetProperty("objectId")}").ShouldBe(["access.refused keys:manage", "access.refused audit:read"]);
        refused.ShouldContain(e => e.GetProperty("action").GetString() == "key.refused" && e.GetProperty("reason").GetString() == "The key is revoked.");
        refused.ShouldAllBe(e => e.GetProperty("address").GetString() == "127.0.0.1");
    }

    [Fact]
    public async Task Export_JsonLines_VerifiesWithoutLoopai()
    {
        var (organization, client, task) = await StartAsync();
        (await client.PatchAsJsonAsync($"tasks/{task}", new { description = "Zitat: \"ü\" \\ 🙂\nnew line" })).EnsureSuccessStatusCode();
        await client.PostAsync("audit/checkpoints", null);
        await SealAsync(organization);
        using var folder = new Folder();
        var files = new[] { ("audit/export", "log.jsonl"), ("audit/checkpoints", "checkpoints.json"), ("audit/keys", "keys.json") };
        foreach (var (path, file) in files)
        {
            await File.WriteAllBytesAsync(folder.Of(file), await client.GetByteArrayAsync(path));
        }

        var lines = await File.ReadAllLinesAsync(folder.Of("log.jsonl"));
        lines.Length.ShouldBeGreaterThan(4);
        (await VerifyAsync(folder, organization)).ShouldStartWith($"{lines.Length} events hold, 1 checkpoints");

        lines[1] = lines[1].Replace("key.created", "key.creatde", StringComparison.Ordinal);
        await File.WriteAllTextAsync(folder.Of("log.jsonl"), string.Join('\n', lines) + "\n");
        (await VerifyAsync(folder, organization)).ShouldStartWith("event 2: not what was sealed");
        await File.WriteAllTextAsync(folder.Of("log.jsonl"), string.Join('\n', await OriginalAsync(client, 2)) + "\n");
        (await VerifyAsync(folder, organization)).ShouldStartWith("event 3: missing, a checkpoint speaks for it");
    }

    [Fact]
    public async Task Export_Csv_IsTheSameLog_AndIsItselfRecorded()
    {
        var (organization, client, _) = await StartAsync();
        await SealAsync(organization);

        var lines = (await client.GetStringAsync("audit/export?format=csv&action=task.created")).Trim().Split('\n');

        lines.Length.ShouldBe(2);
        lines[0].ShouldStartWith("sequence,at,action,result,");
        lines[1].ShouldContain(",task.created,success,");
        lines[1].ShouldContain(",\"Spam filter\",");
        (lines[1].Trim()[^64..].All(char.IsAsciiHexDigitLower), lines[1].Trim()[^65]).ShouldBe((true, ','));
        var exported = (await ItemsAsync(client, "audit?action=audit.exported")).Single().GetProperty("details");
        exported.GetProperty("format").GetString().ShouldBe("csv");
        exported.GetProperty("filter").GetProperty("action").GetString().ShouldBe("task.created");
    }

    [Fact]
    public async Task Verify_AndSettings_OverHttp()
    {
        var (_, client, _) = await StartAsync();

        var verdict = await client.GetFromJsonAsync<JsonElement>("audit/verify");
        (verdict.GetProperty("intact").GetBoolean(), verdict.GetProperty("checked").GetInt64()).ShouldBe((true, 3));
        var set = await client.PutAsJsonAsync("audit/settings", new { retentionDays = 365 });
        set.StatusCode.ShouldBe(HttpStatusCode.OK);
        (await client.GetFromJsonAsync<JsonElement>("audit/settings")).GetProperty("retentionDays").GetInt32().ShouldBe(365);
        await (await client.PutAsJsonAsync("audit/settings", new { retentionDays = 3 })).ShouldBeProblemAsync(HttpStatusCode.BadRequest, "audit.retention");
        var change = (await ItemsAsync(client, "audit?action=audit.retention_changed")).Single();
        change.GetProperty("after").GetProperty("retentionDays").GetInt32().ShouldBe(365);
    }

    [Fact]
    public async Task Streams_OverHttp_ShowTheirSecretOnce()
    {
        var (_, client, _) = await StartAsync();
        await using var receiver = await AuditReceiver.StartAsync();

        var made = await client.PostAsJsonAsync("audit/streams", new { name = "SIEM", kind = "webhook", url = receiver.Url, fromStart = true });
        made.StatusCode.ShouldBe(HttpStatusCode.Created);
        var secret = (await made.Content.ReadFromJsonAsync<JsonElement>()).GetProperty("secret").GetString();
        secret!.ShouldStartWith("whsec_");
        await UntilAsync(() => Task.FromResult(receiver.Taken.Count >= 4));

        receiver.Taken.Take(4).ShouldBe([1, 2, 3, 4]);
        (await client.GetStringAsync("audit/streams")).ShouldNotContain("whsec_");
        (await client.GetStringAsync("audit?action=audit_stream.*")).ShouldNotContain(secret["whsec_".Length..]);
        var id = (await ItemsAsync(client, "audit/streams"))[0].GetProperty("id").GetGuid();
        (await client.PatchAsJsonAsync($"audit/streams/{id}", new { isEnabled = false })).EnsureSuccessStatusCode();
        (await ItemsAsync(client, "audit/streams"))[0].GetProperty("state").GetString().ShouldBe("off");
        (await client.DeleteAsync($"audit/streams/{id}")).StatusCode.ShouldBe(HttpStatusCode.NoContent);
    }

    private async Task<(PortalOrganization Organization, HttpClient Client, Guid Task)> StartAsync()
    {
        var organization = await portal.AddOrganizationAsync("audited");
        var client = portal.Client(organization);
        var made = await client.PostAsJsonAsync("tasks", new { name = "Spam filter", inputSchema = new { type = "object" }, outputSchema = new { type = "string" } });
        return (organization, client, (await made.Content.ReadFromJsonAsync<JsonElement>()).GetProperty("id").GetGuid());
    }

    private Task SealAsync(PortalOrganization organization) => portal.Services.GetRequiredService<AuditSealing>().SealAsync(organization.Id, default);

    private static async Task<IReadOnlyList<JsonElement>> ItemsAsync(HttpClient client, string path) =>
        [.. (await client.GetFromJsonAsync<JsonElement>(path)).GetProperty("items").EnumerateArray()];

    private static async Task<IReadOnlyList<string?>> ActionsAsync(HttpClient client, string path) =>
        [.. (await ItemsAsync(client, path)).Select(e => e.GetProperty("action").GetString())];

    private static async Task<string[]> OriginalAsync(HttpClient client, int lines) =>
        [.. (await client.GetStringAsync("audit/export")).Split('\n').Take(lines)];

    private static async Task<string> VerifyAsync(Folder folder, PortalOrganization organization)
    {
        using var python = Process.Start(new ProcessStartInfo(
            "python3",
            [RepositoryRoot.File("docs/verify-audit.py"), folder.Of("log.jsonl"), folder.Of("checkpoints.json"), folder.Of("keys.json"), $"{organization.Id}"])
        {
            UseShellExecute = false,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        })!;
        var said = await python.StandardOutput.ReadToEndAsync() + await python.StandardError.ReadToEndAsync();
        await python.WaitForExitAsync();
        return said;
    }

    private static async Task UntilAsync(Func<Task<bool>> condition)
    {
        var limit = Stopwatch.StartNew();
        while (!await condition())
        {
            limit.Elapsed.ShouldBeLessThan(TimeSpan.FromSeconds(20));
            await Task.Delay(25);
        }
    }

    private sealed class Folder : IDisposable
    {
        private readonly DirectoryInfo folder = Directory.CreateTempSubdirectory("loopai-audit-");

        public string Of(string file) => Path.Combine(folder.FullName, file);

        public void Dispose() => folder.Delete(recursive: true);
    }
}
