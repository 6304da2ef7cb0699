using System.Diagnostics;
using System.Net.Http.Json;
using System.Text.Json;
using Loopai.Portal.Tests.Api;
using Loopai.Portal.Tests.Peers;

namespace Loopai.Portal.Tests.Flags;

/// <summary>The running portal, asked by OpenFeature's own SDKs.</summary>
[Collection(PortalCollection.Name)]
public sealed class OpenFeatureTests(PortalFixture portal, OpenFeaturePeer peer) : IClassFixture<OpenFeaturePeer>
{
    private string BaseUrl => portal.Address.ToString().TrimEnd('/');

    [PeerFact]
    public async Task ServerSdk_EveryTypeOfFlag_GetsItsValueAndTheReason()
    {
        var acme = await portal.AddOrganizationAsync("flags");
        using var client = portal.Client(acme);
        await client.AddFlagAsync("checkout", "boolean", targeting: new
        {
            on = true,
            rules = new[] { new { name = "Beta", condition = new { plan = "beta" }, serve = new { variation = "on" } } },
            otherwise = new { variation = "off" },
        });
        await client.AddFlagAsync("color", "string", [("red", "\"#f00\""), ("blue", "\"#00f\"")], new { on = true, otherwise = new { split = new[] { new { variation = "blue", percent = 100.0 } } } });
        await client.AddFlagAsync("limit", "number", [("low", "5"), ("high", "12.5")], new { on = true, otherwise = new { variation = "high" } });
        await client.AddFlagAsync("layout", "object", [("wide", """{"columns":3,"names":["a"]}""")], new { on = true, otherwise = new { variation = "wide" } });
        await client.AddFlagAsync("dark", "boolean");

        var beta = await ServerAsync(acme, "checkout", "boolean", false, new { targetingKey = "u1", plan = "beta" });
        var others = await ServerAsync(acme, "checkout", "boolean", true, new { targetingKey = "u1", plan = "free" });
        var color = await ServerAsync(acme, "color", "string", "none", new { targetingKey = "u1" });
        var limit = await ServerAsync(acme, "limit", "number", 0, new { targetingKey = "u1" });
        var layout = await ServerAsync(acme, "layout", "object", new { }, new { targetingKey = "u1" });
        var dark = await ServerAsync(acme, "dark", "boolean", true, new { targetingKey = "u1" });

        Told(beta).ShouldBe("true TARGETING_MATCH on");
        Told(others).ShouldBe("false STATIC off");
        Told(color).ShouldBe("\"#00f\" SPLIT blue");
        Told(limit).ShouldBe("12.5 STATIC high");
        Told(layout).ShouldBe("""{"columns":3,"names":["a"]} STATIC wide""");
        Told(dark).ShouldBe("false DISABLED off");
        beta.GetProperty("flagMetadata").GetProperty("rule").GetString().ShouldBe("Beta");
    }

    [PeerFact]
    public async Task ServerSdk_WhatCannotBeEvaluated_FallsBackWithTheError()
    {
        var acme = await portal.AddOrganizationAsync("flags");
        using var client = portal.Client(acme);
        await client.AddFlagAsync("color", "string", [("red", "\"#f00\"")], new { on = true, otherwise = new { variation = "red" } });

        (await ServerAsync(acme, "unknown", "boolean", true, new { targetingKey = "u1" })).GetProperty("errorCode").GetString().ShouldBe("FLAG_NOT_FOUND");
        (await ServerAsync(acme, "color", "string", "mine", new { })).GetProperty("errorCode").GetString().ShouldBe("TARGETING_KEY_MISSING");
        var wrongType = await ServerAsync(acme, "color", "boolean", true, new { targetingKey = "u1" });
        (wrongType.GetProperty("value").GetBoolean(), wrongType.GetProperty("errorCode").GetString()).ShouldBe((true, "TYPE_MISMATCH"));
    }

    [PeerFact]
    public async Task WebSdk_FlagSwitchedOff_ChangesInTheOpenPageWithoutPolling()
    {
        var acme = await portal.AddOrganizationAsync("flags");
        using var client = portal.Client(acme);
        var flag = await client.AddFlagAsync("checkout", "boolean", targeting: new { on = true, otherwise = new { variation = "on" } });
        await peer.AskAsync("open", new { baseUrl = BaseUrl, key = acme.Key, context = new { targetingKey = "u1" } });
        Told(await PageAsync()).ShouldBe("true STATIC on");

        (await client.PatchAsJsonAsync($"flags/{flag}/environments/production", new { on = false })).EnsureSuccessStatusCode();

        var since = Stopwatch.StartNew();
        var seen = await PageAsync();
        while (seen.GetProperty("value").GetBoolean())
        {
            since.Elapsed.ShouldBeLessThan(TimeSpan.FromSeconds(30), "the page was not told");
            await Task.Delay(50);
            seen = await PageAsync();
        }

        Told(seen).ShouldBe("false DISABLED off");

        async Task<JsonElement> PageAsync() => await peer.AskAsync("page", new { flag = "checkout", type = "boolean", fallback = false });
    }

    private Task<JsonElement> ServerAsync(PortalOrganization organization, string flag, string type, object fallback, object context) =>
        peer.AskAsync("server", new { baseUrl = BaseUrl, key = organization.Key, flag, type, fallback, context });

    private static string Told(JsonElement details) =>
        $"{details.GetProperty("value").GetRawText()} {details.GetProperty("reason").GetString()} {details.GetProperty("variant").GetString()}";
}
