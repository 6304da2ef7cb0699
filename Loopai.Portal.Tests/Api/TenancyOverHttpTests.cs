using System.Diagnostics;
using System.Net;
using System.Net.Http.Json;
using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;
using Loopai.Core.Plugins.Packages;
using Loopai.Core.Plugins.Registry;
using Loopai.Portal.Tests.Plugins.Packages;
using Loopai.Portal.Tests.Plugins.Registry;
using Microsoft.Extensions.DependencyInjection;

namespace Loopai.Portal.Tests.Api;

/// <summary>Every endpoint, asked by one organization for what belongs to another.</summary>
[Collection(PortalCollection.Name)]
public sealed class TenancyOverHttpTests(PortalFixture portal)
{
    private static readonly byte[] Pixel = Convert.FromBase64String("iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGAWjR9awAAAABJRU5ErkJggg==");

    /// <summary>Make or change the caller's own things, and take nobody's id.</summary>
    private static readonly string[] OfTheCaller =
    [
        "POST /api/v1/tasks", "POST /api/v1/keys", "POST /api/v1/service-accounts", "PATCH /api/v1/organization", "PUT /api/v1/audit/settings", "POST /api/v1/audit/streams",
        "GET /api/v1/settings/logo", "PUT /api/v1/settings/logo", "POST /api/v1/plugin-submissions", "PUT /api/v1/environments/order", "POST /api/v1/invitations/accept", "POST /api/v1/members/leave",
        "POST /api/v1/organizations", "POST /api/v1/publishers", "POST /api/v1/analytics/rebuild", "POST /api/v1/costs/reprice",
    ];

    [Fact]
    public async Task EveryEndpoint_WithIdsOfAnotherOrganization_IsAsIfThereWereNone()
    {
        using var owner = portal.Client(portal.Globex);
        using var stranger = portal.Client(await portal.AddOrganizationAsync("stranger"));
        var theirs = await MakeAsync(owner);
        var before = await SnapshotAsync(owner, theirs);
        var bodies = (await owner.GetFromJsonAsync<JsonObject>("/openapi/v1.json"))!["paths"]!;
        var faults = new List<string>();
        var asked = 0;

        foreach (var route in ApiRoutes.Of(portal))
        {
            var name = $"{route.Method} {route.Path.TrimEnd('/')}";
            var path = theirs.Fill(route.Path);
            var body = theirs.FillBody(BodyOf(bodies, route));
            var takesIds = path != route.Path || new[] { theirs.Task, theirs.Member }.Any(id => body?.Contains($"{id}", StringComparison.Ordinal) == true);
            if (route.Method == "GET")
            {
                var own = await owner.GetAsync(path);
                if (!own.IsSuccessStatusCode)
                {
                    faults.Add($"{name}: the owner gets {(int)own.StatusCode}, so the test asks for the wrong thing: {await own.Content.ReadAsStringAsync()}");
                }
            }

            using var request = new HttpRequestMessage(new HttpMethod(route.Method), path)
            {
                Content = body is null ? null : new StringContent(body, Encoding.UTF8, "application/json"),
            };
            var answer = await stranger.SendAsync(request);
            var text = await answer.Content.ReadAsStringAsync();
            asked++;
            if (takesIds ? answer.StatusCode != HttpStatusCode.NotFound : !answer.IsSuccessStatusCode && !OfTheCaller.Contains(name))
            {
                faults.Add($"{name}: {(int)answer.StatusCode} {text}");
            }

            // A refusal may repeat the id that was asked for, and nothing else.
            faults.AddRange(theirs.Secrets.Where(s => answer.IsSuccessStatusCode && text.Contains(s, StringComparison.OrdinalIgnoreCase)).Select(s => $"{name} tells {s}: {text}"));
        }

        faults.ShouldBeEmpty();
        asked.ShouldBeGreaterThan(30);
        (await SnapshotAsync(owner, theirs)).ShouldBe(before);
    }

    [Fact]
    public async Task EveryList_FilteredByAnothersTask_IsEmpty()
    {
        using var owner = portal.Client(portal.Globex);
        using var stranger = portal.Client(portal.Acme);
        var theirs = await MakeAsync(owner);
        foreach (var list in new[] { "executions", "validations", "validations/queue" })
        {
            var (own, foreign) = (await ItemsAsync(owner, list, theirs.Task), await ItemsAsync(stranger, list, theirs.Task));
            (own > 0, foreign).ShouldBe((list != "validations/queue" || own > 0, 0), list);
        }
    }

    private static async Task<int> ItemsAsync(HttpClient client, string list, Guid task) =>
        (await client.GetFromJsonAsync<JsonElement>($"{list}?taskId={task}")).GetProperty("items").GetArrayLength();

    private static string? BodyOf(JsonNode paths, ApiRoutes.Route route)
    {
        var operation = (paths[route.Path] ?? paths[route.Path.TrimEnd('/')])?[route.Method.ToLowerInvariant()];
        return operation?["requestBody"]?["content"]?["application/json"]?["example"]?.ToJsonString();
    }

    private async Task<TheirThings> MakeAsync(HttpClient owner)
    {
        var task = await portal.CreateSpamFilterAsync(portal.Globex, $"Globex secret {Guid.NewGuid():n}", samplingRate: 1);
        await portal.AddVersionAsync(portal.Globex, task);
        var execution = await ReadAsync(await owner.PostAsJsonAsync("tasks/execute", new { taskId = task, input = new { text = "globex secret input" } }));
        var validation = await SettledAsync(owner, task);
        await ReadAsync(await owner.PostAsJsonAsync($"tasks/{task}/examples", new[] { new { input = new { text = "buy" }, output = "spam" }, new { input = new { text = "meet" }, output = "ham" } }));
        var example = (await owner.GetFromJsonAsync<JsonElement>($"tasks/{task}/examples")).GetProperty("items")[0].GetProperty("id").GetGuid();
        var job = await ReadAsync(await owner.PostAsJsonAsync($"tasks/{task}/programs/generate", new { }));
        var key = await ReadAsync(await owner.PostAsJsonAsync("keys", new { name = "globex secret key", environment = "production" }));
        var member = portal.Globex.Owner.Id!.Value;
        var team = await MakeIdAsync("teams", new { name = $"globex secret {Guid.NewGuid():n}" });
        var role = await MakeIdAsync("roles", new { name = $"globex secret {Guid.NewGuid():n}", permissions = new[] { "tasks:read" } });
        var grant = await MakeIdAsync("grants", new { teamId = team, role });
        var invitation = await MakeIdAsync("invitations", new { email = $"{Guid.NewGuid():n}@globex.example" });
        var logo = new ByteArrayContent(Pixel);
        logo.Headers.ContentType = new("image/png");
        await ReadAsync(await owner.PutAsync("settings/logo", logo));
        var audited = await owner.GetFromJsonAsync<JsonElement>("audit?limit=1");
        var connection = await MakeIdAsync(
            "sign-on/connections", new { name = "globex secret provider", settings = new { preset = "okta", issuer = "globex.okta.com", clientId = "globex" } });
        var saml = await MakeIdAsync("sign-on/connections", new { kind = "saml", name = "globex secret SAML" });
        var report = await MakeIdAsync(
            "reports", new { name = "globex secret report", isShared = true, definition = new { sections = new[] { new { kind = "text", text = "globex secret words" } } } });
        var run = await MakeIdAsync($"reports/{report}/runs", new { formats = new[] { "csv" } });
        var webhook = await MakeIdAsync("webhooks", new { name = "globex secret webhook", url = "http://127.0.0.1:9/globex-secret", eventTypes = new[] { "report.failed" } });
        var tested = await ReadAsync(await owner.PostAsync($"webhooks/{webhook}/test", null));
        var installed = (await owner.GetFromJsonAsync<JsonElement>("plugin-installations")).GetProperty("items");
        var installation = installed.GetArrayLength() > 0 ? IdOf(installed[0])
            : await MakeIdAsync("plugin-installations", new { key = "loopai.pii", acceptCapabilities = true, configuration = new { allowedDomains = new[] { "globex.example" } } });
        var attachment = await MakeIdAsync("plugin-installations/attachments", new { installationId = installation, taskId = task });
        var submission = await ReadAsync(await owner.PostAsync("plugin-submissions", new ByteArrayContent("globex secret package"u8.ToArray())));
        return new TheirThings
        {
            Publisher = await PublishAsync(),
            PluginInstallation = installation,
            PluginAttachment = attachment,
            Webhook = webhook,
            Submission = IdOf(submission),
            WebhookDelivery = IdOf(tested.GetProperty("delivery")),
            Report = report,
            ReportRun = run,
            ReportFile = await FileOfAsync(owner, run),
            ReportSchedule = await MakeIdAsync($"reports/{report}/schedules", new { cron = "0 7 1 1 *", formats = new[] { "csv" } }),
            Task = task,
            Execution = IdOf(execution),
            Validation = validation,
            Example = example,
            Job = IdOf(job),
            Key = IdOf(key),
            ServiceAccount = await MakeIdAsync("service-accounts", new { name = $"globex secret {Guid.NewGuid():n}" }),
            Event = IdOf(audited.GetProperty("items")[0]),
            Member = member,
            Team = team,
            Role = role,
            Grant = grant,
            Invitation = invitation,
            Connection = connection,
            ConnectionTest = await MakeIdAsync($"sign-on/connections/{connection}/test", new { }),
            Domain = await MakeIdAsync("sign-on/domains", new { domain = "globexsecret.example" }),
            Saml = saml,
            Rollout = await MakeIdAsync($"tasks/{task}/rollouts", new { version = 1 }),
            Flag = await MakeIdAsync("flags", new { key = $"globex-secret-{Guid.NewGuid():n}", type = "boolean" }),
            Certificate = IdOf((await owner.GetFromJsonAsync<JsonElement>($"sign-on/connections/{saml}/saml/certificates")).GetProperty("items")[0]),
            Experiment = await MakeIdAsync("experiments", new { taskId = task, name = "globex secret experiment", variants = new[] { new { version = 1 }, new { version = 2 } } }),
            Metric = await MakeIdAsync("metrics", new { key = $"m-{Guid.NewGuid():n}", name = "globex secret metric", source = "event", @event = "buy", direction = "up" }),
            Holdout = await MakeIdAsync("holdouts", new { key = $"h-{Guid.NewGuid():n}", description = "globex secret holdout", share = 0.1 }),
            Board = await MakeIdAsync("dashboards", new { name = "globex secret board", isShared = true }),
            Annotation = await MakeIdAsync("annotations", new { title = "globex secret deployment" }),
            Organization = portal.Globex,
        };

        async Task<Guid> MakeIdAsync(string list, object body) => IdOf(await ReadAsync(await owner.PostAsJsonAsync(list, body)));
    }

    /// <summary>A private plugin, with an icon, under a publisher of its own.</summary>
    private async Task<string> PublishAsync()
    {
        var services = portal.Services;
        var name = GivenRegistry.NewName();
        await services.GetRequiredService<PublisherService>().CreateAsync(portal.Globex.Owner, new PublisherDefinition { Name = name, DisplayName = "globex secret publisher" }, default);
        var bytes = GivenPackage.Validator(id: $"{name}.guard").With("icon", "\"icon.png\"").File("icon.png", Pixel).Build();
        await using var db = await portal.Database.Data.OpenAsync(portal.Globex.Owner, default);
        await services.GetRequiredService<VersionRegistry>().AddAsync(
            db, portal.Globex.Owner, new VersionToPublish(PluginPackageReader.Read(bytes).Package!, bytes, new byte[] { 1 }, "test"), default);
        return name;
    }

    /// <summary>The validation of the task's only execution, once its oracle has spoken: what changes by itself would look like the stranger's work.</summary>
    private static async Task<Guid> SettledAsync(HttpClient owner, Guid task)
    {
        for (var since = Stopwatch.StartNew(); ; await Task.Delay(50))
        {
            var validation = (await owner.GetFromJsonAsync<JsonElement>($"validations?taskId={task}")).GetProperty("items")[0];
            if (validation.GetProperty("status").GetString() != "pending")
            {
                return validation.GetProperty("id").GetGuid();
            }

            since.Elapsed.ShouldBeLessThan(TimeSpan.FromSeconds(60), "the oracle never came to the validation");
        }
    }

    /// <summary>The only file of a run, once it is there.</summary>
    private static async Task<Guid> FileOfAsync(HttpClient owner, Guid run)
    {
        for (var since = Stopwatch.StartNew(); ; await Task.Delay(50))
        {
            var files = (await owner.GetFromJsonAsync<JsonElement>($"reports/runs/{run}")).GetProperty("files");
            if (files.GetArrayLength() > 0)
            {
                return IdOf(files[0]);
            }

            since.Elapsed.ShouldBeLessThan(TimeSpan.FromSeconds(60), "the report was never made");
        }
    }

    /// <summary>What the stranger's attempts could have changed.</summary>
    private static async Task<string> SnapshotAsync(HttpClient owner, TheirThings theirs)
    {
        var text = new StringBuilder();
        foreach (var path in new[]
        {
            $"tasks/{theirs.Task}/examples", $"executions?taskId={theirs.Task}", $"validations/{theirs.Validation}", "organization", "settings", "sign-on/connections", "environments", "members",
            "teams", "roles", "grants", "invitations", "experiments", "metrics", "holdouts", $"flags/{theirs.Flag}", "dashboards", "annotations",
            $"reports/{theirs.Report}", $"reports/{theirs.Report}/schedules", $"reports/runs/{theirs.ReportRun}", "webhooks", $"webhooks/{theirs.Webhook}/deliveries",
        })
        {
            text.AppendLine(await owner.GetStringAsync(path));
        }

        var task = await owner.GetFromJsonAsync<JsonElement>($"tasks/{theirs.Task}");
        text.AppendLine($"{task.GetProperty("name")} {task.GetProperty("description")} {task.GetProperty("status")} {task.GetProperty("activeVersion")}");
        var keys = await owner.GetFromJsonAsync<JsonElement>("keys");
        text.AppendLine(string.Join(',', keys.GetProperty("items").EnumerateArray().Where(k => k.TryGetProperty("revokedAt", out _)).Select(k => k.GetProperty("id"))));
        return text.ToString();
    }

    private static async Task<JsonElement> ReadAsync(HttpResponseMessage answer)
    {
        answer.IsSuccessStatusCode.ShouldBeTrue(await answer.Content.ReadAsStringAsync());
        return await answer.Content.ReadFromJsonAsync<JsonElement>();
    }

    private static Guid IdOf(JsonElement made) => made.GetProperty("id").GetGuid();

    /// <summary>What the organization has, by its ids.</summary>
}
