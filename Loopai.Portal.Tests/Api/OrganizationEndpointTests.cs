using System.Net;
using System.Net.Http.Json;
using System.Text.Json;

namespace Loopai.Portal.Tests.Api;

[Collection(PortalCollection.Name)]
public sealed class OrganizationEndpointTests(PortalFixture portal)
{
    [Fact]
    public async Task Update_WhatIsGiven_LeavesTheRest()
    {
        var organization = await portal.AddOrganizationAsync("initech");
        using var client = portal.Client(organization);

        var changed = await client.PatchAsJsonAsync("organization", new { timeZone = "Europe/Berlin" });

        changed.StatusCode.ShouldBe(HttpStatusCode.OK);
        var read = await client.GetFromJsonAsync<JsonElement>("organization");
        (read.GetProperty("name").GetString(), read.GetProperty("timeZone").GetString()).ShouldBe(("initech", "Europe/Berlin"));
        read.GetProperty("environments").EnumerateArray().Select(e => e.GetProperty("key").GetString()).ShouldBe(["production", "staging", "dev"]);
    }

    [Fact]
    public async Task Update_NoTimeZone_Is400_AndAnOrdinaryKeyIs403()
    {
        using var owner = portal.Client(portal.Acme);
        using var ordinary = portal.Client(await portal.AddKeyAsync(portal.Acme.Owner, ["tasks:read"]));

        await (await owner.PatchAsJsonAsync("organization", new { timeZone = "Mars/Olympus" })).ShouldBeProblemAsync(HttpStatusCode.BadRequest, "organization.invalid");
        await (await ordinary.PatchAsJsonAsync("organization", new { name = "Mine" })).ShouldBeProblemAsync(HttpStatusCode.Forbidden, "access.forbidden");
    }

    [Fact]
    public async Task Rerun_OnAnotherVersion_IsANewExecutionOfTheSameInput()
    {
        var task = await portal.CreateSpamFilterAsync(portal.Acme);
        await portal.AddVersionAsync(portal.Acme, task);
        using var client = portal.Client(portal.Acme);
        var first = await (await client.ExecuteAsync(task, "buy pills now")).Content.ReadFromJsonAsync<JsonElement>();

        var answer = await client.PostAsJsonAsync($"executions/{first.GetProperty("id").GetGuid()}/rerun", new { version = 1 });

        var again = await answer.Content.ReadFromJsonAsync<JsonElement>();
        (answer.StatusCode, again.GetProperty("version").GetInt32()).ShouldBe((HttpStatusCode.OK, 1));
        again.GetProperty("id").GetGuid().ShouldNotBe(first.GetProperty("id").GetGuid());
        var record = await client.GetFromJsonAsync<JsonElement>($"executions/{again.GetProperty("id").GetGuid()}");
        record.GetProperty("input").GetProperty("text").GetString().ShouldBe("buy pills now");
        (await client.PostAsync($"executions/{first.GetProperty("id").GetGuid()}/rerun", null)).StatusCode.ShouldBe(HttpStatusCode.OK);
    }
}
