using System.Diagnostics;
using System.Net.Http.Json;
using System.Text.Json;
using Loopai.Core.Plugins.Packages.Signing;
using Loopai.Core.Plugins.Registry;
using Loopai.Portal.Tests.Api;
using Loopai.Portal.Tests.Plugins.Packages;
using Loopai.Portal.Tests.Plugins.Registry;
using Loopai.Portal.Tests.Sandbox;
using Microsoft.Extensions.DependencyInjection;

namespace Loopai.Portal.Tests.Plugins.Runtime;

/// <summary>Hostile versions that somebody forced past the pipeline, rightly signed, on a task under load: the sandbox stops them, and executions are as before.</summary>
[Collection(PortalCollection.Name)]
public sealed class PluginCostTests(PortalFixture portal)
{
    private const int HangsMs = 8_000;

    [SandboxFact]
    public async Task Execute_ValidatorsHangEatMemoryThrowAndReachOut_AnswersAndLatencyAreAsBefore()
    {
        var acme = await portal.AddOrganizationAsync("acme");
        using var client = portal.Client(acme);
        var task = await portal.CreateSpamFilterAsync(acme, "Under load", samplingRate: 0);
        var (before, _) = await LoadAsync(client, task);
        var publisher = GivenRegistry.NewName();
        (await client.PostAsJsonAsync("publishers", new { name = publisher, displayName = "Acme" })).EnsureSuccessStatusCode();
        var hostile = new Dictionary<string, string>
        {
            ["hangs"] = "def validate(e, c):\n  while True: pass",
            ["eats"] = "def validate(e, c):\n  kept = []\n  while True: kept.append(bytearray(1 << 20))",
            ["throws"] = "def validate(e, c): return 1 / 0",
            ["reads"] = "def validate(e, c): return {'verdict': 'pass', 'reason': open('/etc/passwd').read()}",
        };
        foreach (var (name, code) in hostile)
        {
            await ForceAsync(acme, client, task, $"{publisher}.{name}", code);
        }

        var (after, slowest) = await LoadAsync(client, task);

        after.ShouldBe(before);
        slowest.TotalMilliseconds.ShouldBeLessThan(HangsMs, "no execution waits for a validator");
        foreach (var (name, says) in new[] { ("eats", "ran out of memory (limit 64 MB)"), ("throws", "ZeroDivisionError: division by zero"), ("reads", "No such file or directory") })
        {
            await Eventually.IsTrueAsync(async () => (await client.GetFromJsonAsync<JsonElement>($"plugin-installations/verdicts?limit=200")).GetProperty("items").EnumerateArray().Any(
                v => v.GetProperty("key").GetString() == $"{publisher}.{name}" && v.GetProperty("verdict").GetString() == "error"
                    && v.GetProperty("reason").GetString()!.Contains(says, StringComparison.Ordinal)));
        }
    }

    /// <summary>What came back, in order, and how long the slowest took.</summary>
    private static async Task<(IReadOnlyList<string> Answers, TimeSpan Slowest)> LoadAsync(HttpClient client, Guid task)
    {
        var answers = new string[150];
        var slowest = TimeSpan.Zero;
        await Parallel.ForAsync(0, answers.Length, new ParallelOptions { MaxDegreeOfParallelism = 8 }, async (i, ct) =>
        {
            var started = Stopwatch.GetTimestamp();
            var answer = await client.PostAsJsonAsync("tasks/execute", new { taskId = task, input = new { text = i % 3 == 0 ? "buy now" : "meet at noon" } }, ct);
            var took = Stopwatch.GetElapsedTime(started);
            answers[i] = $"{(int)answer.StatusCode} {(await answer.Content.ReadFromJsonAsync<JsonElement>(ct)).GetProperty("output").GetString()}";
            lock (answers)
            {
                slowest = took > slowest ? took : slowest;
            }
        });
        return (answers, slowest);
    }

    private async Task ForceAsync(PortalOrganization organization, HttpClient client, Guid task, string key, string code)
    {
        var given = GivenPackage.Validator(code, id: key).With("capabilities", $$"""{"output":"*","timeoutMs":{{HangsMs}},"memoryMb":64}""");
        var package = given.Read();
        var signature = await portal.Services.GetRequiredService<PluginSigner>().SignAsync(package, default);
        await using (var db = await portal.Database.Data.OpenAsync(organization.Owner, default))
        {
            await portal.Services.GetRequiredService<VersionRegistry>().AddAsync(db, organization.Owner, new VersionToPublish(package, given.Build(), signature.Value, signature.KeyId), default);
        }

        var installed = await client.PostAsJsonAsync("plugin-installations", new { key, acceptCapabilities = true });
        installed.IsSuccessStatusCode.ShouldBeTrue(await installed.Content.ReadAsStringAsync());
        var id = (await installed.Content.ReadFromJsonAsync<JsonElement>()).GetProperty("id").GetGuid();
        (await client.PostAsJsonAsync("plugin-installations/attachments", new { installationId = id, taskId = task, scope = "all" })).EnsureSuccessStatusCode();
    }
}
