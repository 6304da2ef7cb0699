using System.Net;
using System.Net.Http.Headers;
using System.Net.Http.Json;
using System.Security.Cryptography;
using System.Text.Json;
using Loopai.Core.Access;
using Loopai.Core.Analytics;
using Loopai.Core.Plugins.Publishing;
using Loopai.Core.Plugins.Registry;
using Loopai.Core.Webhooks;
using Loopai.Portal.Tests.Api;
using Loopai.Portal.Tests.Plugins.Packages;
using Loopai.Portal.Tests.Sandbox;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.DependencyInjection;

namespace Loopai.Portal.Tests.Plugins.Publishing;

/// <summary>Packages from the upload to the marketplace, over HTTP, with the portal's own worker.</summary>
[Collection(PortalCollection.Name)]
public sealed class PublishingTests(PortalFixture portal)
{
    [SandboxFact]
    public async Task Submit_HonestPackage_IsPublishedAndSigned()
    {
        var (organization, publisher) = await PublisherAsync();
        using var client = portal.Client(organization);
        var submitted = await SubmitAsync(client, GivenPackage.Validator(id: $"{publisher}.label-guard").Build(), "?commit=4f2a9c1");

        var done = await DoneAsync(client, submitted);

        done.GetProperty("state").GetString().ShouldBe("published", done.ToString());
        States(done).ShouldBe(["passed", "passed", "passed", "not_needed", "passed"]);
        done.GetProperty("provenance").GetProperty("claimed").GetProperty("commit").GetString().ShouldBe("4f2a9c1");
        await using var db = await portal.Database.Data.OpenAsync(organization.Owner, default);
        var version = await db.PluginVersions.SingleAsync(v => v.Id == done.GetProperty("versionId").GetGuid());
        version.PublishedBy.ShouldNotBe("Loopai");
        JsonElement.Parse(version.Sbom!).GetProperty("bomFormat").GetString().ShouldBe("CycloneDX");
        (await db.PluginSubmissionPackages.AnyAsync(p => p.SubmissionId == submitted)).ShouldBeFalse();
        var keys = await client.GetFromJsonAsync<JsonElement>("plugin-keys");
        keys.GetProperty("items").EnumerateArray().Select(k => k.GetProperty("id").GetString()).ShouldContain(version.SignatureKeyId);

        (await NewsAsync(organization)).ShouldBe([("plugin.published", $"{publisher}.label-guard", "")]);
        (await BellAsync(organization)).ShouldBe([(AttentionKind.PluginPublished, submitted)]);

        var download = await client.GetAsync($"plugins/{publisher}.label-guard/versions/1.0.0/package");
        var hash = Convert.ToBase64String(SHA256.HashData(await download.Content.ReadAsByteArrayAsync()));
        download.Headers.GetValues("Repr-Digest").ShouldBe([$"sha-256=:{hash}:"]);
        Convert.ToHexStringLower(Convert.FromBase64String(hash)).ShouldBe(version.Sha256);

        var again = await DoneAsync(client, await SubmitAsync(client, GivenPackage.Validator(id: $"{publisher}.label-guard").File("more.txt", "x").Build()));
        again.GetProperty("state").GetString().ShouldBe("failed");
        again.GetProperty("steps")[0].GetProperty("findings")[0].GetProperty("message").GetString()!.ShouldContain("never changes");
        (await BellAsync(organization)).ShouldBe([(AttentionKind.PluginStopped, again.GetProperty("id").GetGuid())]);
    }

    [SandboxFact]
    public async Task Submit_HostilePackage_IsStoppedWithFileAndLine_AndAnAppealIsDecided()
    {
        var (organization, publisher) = await PublisherAsync();
        using var client = portal.Client(organization);
        var id = await SubmitAsync(client, GivenPackage.Validator(GivenPackage.Python + "\ndef later(text):\n    return eval(text)\n", id: $"{publisher}.label-guard").Build());

        var stopped = await DoneAsync(client, id);

        States(stopped).ShouldBe(["passed", "passed", "failed", "waiting", "waiting"]);
        var finding = stopped.GetProperty("steps")[2].GetProperty("findings")[0];
        (finding.GetProperty("rule").GetString(), finding.GetProperty("file").GetString(), finding.GetProperty("line").GetInt32()).ShouldBe(("code.dynamic", "main.py", 10));

        (await client.PostAsJsonAsync($"plugin-submissions/{id}/appeal", new { text = "" })).StatusCode.ShouldBe(HttpStatusCode.BadRequest);
        (await client.PostAsJsonAsync($"plugin-submissions/{id}/appeal", new { text = "nothing calls it" })).EnsureSuccessStatusCode();
        using var other = portal.Client(portal.Globex);
        (await other.PostAsJsonAsync($"plugin-submissions/{id}/decide", new { isApproved = true, text = "ours" })).StatusCode.ShouldBe(HttpStatusCode.NotFound);
        (await client.PostAsJsonAsync($"plugin-submissions/{id}/decide", new { isApproved = true, text = "I read it" })).EnsureSuccessStatusCode();

        var published = await DoneAsync(client, id);
        States(published).ShouldBe(["passed", "passed", "overruled", "not_needed", "passed"]);
        (await NewsAsync(organization)).ShouldBe(
        [
            ("plugin.rejected", $"{publisher}.label-guard", "main.py, line 10: " + finding.GetProperty("message").GetString()), ("plugin.review_requested", $"{publisher}.label-guard", "nothing calls it"),
            ("plugin.published", $"{publisher}.label-guard", ""),
        ]);
        published.GetProperty("events").EnumerateArray().Select(e => e.GetProperty("kind").GetString()).ShouldBe(["submitted", "appealed", "appeal_granted"]);
    }

    [SandboxFact]
    public async Task Appeal_OfAPackageForAll_IsRefused()
    {
        var (organization, publisher) = await PublisherAsync();
        using var client = portal.Client(organization);
        var id = await SubmitAsync(client, GivenPackage.Validator("x = eval('1')\n" + GivenPackage.Python, id: $"{publisher}.label-guard").Build(), "?isPublic=true");
        (await DoneAsync(client, id)).GetProperty("mayAppeal").GetBoolean().ShouldBeFalse();

        (await client.PostAsJsonAsync($"plugin-submissions/{id}/appeal", new { text = "please" })).StatusCode.ShouldBe(HttpStatusCode.Conflict);
    }

    [SandboxFact]
    public async Task Review_PolicyAsksForEveryVersion_WaitsForAPerson()
    {
        var (organization, publisher) = await PublisherAsync();
        using var client = portal.Client(organization);
        (await client.PutAsJsonAsync("plugin-submissions/policy", new { rule = "always" })).EnsureSuccessStatusCode();
        var id = await SubmitAsync(client, GivenPackage.Validator(language: "javascript", id: $"{publisher}.label-guard").Build());

        (await DoneAsync(client, id)).GetProperty("state").GetString().ShouldBe("in_review");
        (await BellAsync(organization)).ShouldBe([(AttentionKind.PluginInReview, id)]);
        (await client.PostAsJsonAsync($"plugin-submissions/{id}/decide", new { isApproved = false, text = "not yet" })).EnsureSuccessStatusCode();
        (await NewsAsync(organization)).Select(n => (n.Type, n.Reason)).ShouldBe([("plugin.review_requested", "This organization has every version looked at."), ("plugin.rejected", "not yet")]);
        (await client.GetFromJsonAsync<JsonElement>($"plugin-submissions/{id}")).GetProperty("state").GetString().ShouldBe("failed");
        (await client.PostAsync($"plugin-submissions/{id}/rerun", null)).StatusCode.ShouldBe(HttpStatusCode.Conflict, "what a person refused is decided");
        (await client.PostAsync($"plugin-submissions/{id}/withdraw", null)).EnsureSuccessStatusCode();
        (await BellAsync(organization)).ShouldBeEmpty();
        (await client.PostAsync($"plugin-submissions/{id}/rerun", null)).StatusCode.ShouldBe(HttpStatusCode.Conflict);
    }

    [SandboxFact]
    public async Task Worker_PortalDiedInAStep_AnotherDoesItAgain()
    {
        var organization = await portal.AddOrganizationAsync("publishing");
        using var client = portal.Client(organization);
        var id = await SubmitAsync(client, new byte[] { 1, 2, 3 });
        States(await DoneAsync(client, id)).ShouldBe(["failed", "waiting", "waiting", "waiting", "waiting"]);

        // What a portal leaves behind that was killed in the middle of the step.
        await using (var db = await portal.Database.Data.OpenAsync(Caller.Installation, default))
        {
            await db.PluginSubmissionSteps.Where(s => s.SubmissionId == id && s.Step == PluginStep.Validate).ExecuteUpdateAsync(s => s.SetProperty(x => x.State, PluginStepState.Running));
            await db.PluginSubmissions.Where(s => s.Id == id).ExecuteUpdateAsync(
                s => s.SetProperty(x => x.State, SubmissionState.Running).SetProperty(x => x.LeaseUntil, DateTimeOffset.UtcNow.AddSeconds(-1)));
        }

        (await DoneAsync(client, id)).GetProperty("state").GetString().ShouldBe("failed");
    }

    private static string[] States(JsonElement submission) => [.. submission.GetProperty("steps").EnumerateArray().Select(s => s.GetProperty("state").GetString()!)];

    private static async Task<Guid> SubmitAsync(HttpClient client, byte[] package, string query = "")
    {
        using var body = new ByteArrayContent(package);
        body.Headers.ContentType = new MediaTypeHeaderValue("application/zip");
        var answer = await client.PostAsync($"plugin-submissions{query}", body);
        answer.StatusCode.ShouldBe(HttpStatusCode.Created, await answer.Content.ReadAsStringAsync());
        return (await answer.Content.ReadFromJsonAsync<JsonElement>()).GetProperty("id").GetGuid();
    }

    private static async Task<JsonElement> DoneAsync(HttpClient client, Guid id)
    {
        await Eventually.BecomesAsync(
            async () => (await client.GetFromJsonAsync<JsonElement>($"plugin-submissions/{id}")).GetProperty("state").GetString() is "waiting" or "running", false);
        return await client.GetFromJsonAsync<JsonElement>($"plugin-submissions/{id}");
    }

    /// <summary>What webhooks are told of plugins, in order.</summary>
    private async Task<IReadOnlyList<(string Type, string? Plugin, string Reason)>> NewsAsync(PortalOrganization organization)
    {
        await using var db = await portal.Database.Data.OpenAsync(organization.Owner, default);
        var events = await db.WebhookEvents.AsNoTracking().Where(e => e.Type.StartsWith("plugin.")).OrderBy(e => e.At).ToListAsync();
        return [.. events.Select(e => (e.Type, Data: JsonElement.Parse(e.Data))).Select(e => (e.Type, e.Data.GetProperty("plugin").GetString(), e.Data.TryGetProperty("reason", out var why) ? why.GetString()! : ""))];
    }

    private async Task<IReadOnlyList<(AttentionKind, Guid)>> BellAsync(PortalOrganization organization) =>
        [.. (await portal.Services.GetRequiredService<AttentionService>().ListAsync(organization.Owner, default)).Select(i => (i.Kind, i.TaskId))];

    private async Task<(PortalOrganization Organization, string Publisher)> PublisherAsync()
    {
        var organization = await portal.AddOrganizationAsync("publishing");
        var name = $"pub-a{Guid.NewGuid():n}"[..30];
        await portal.Services.GetRequiredService<PublisherService>().CreateAsync(organization.Owner, new PublisherDefinition { Name = name }, default);

        // Events that nobody asks for are not kept.
        await portal.Services.GetRequiredService<WebhookService>().CreateAsync(organization.Owner, new WebhookDefinition { Name = "News", Url = "http://127.0.0.1:9/", EventTypes = ["plugin.*"] }, default);
        return (organization, name);
    }
}
