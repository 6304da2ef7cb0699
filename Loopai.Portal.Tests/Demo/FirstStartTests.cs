using System.Net;
using System.Net.Http.Headers;
using System.Net.Http.Json;
using System.Text.Json;
using Loopai.Core.Access;
using Loopai.Core.Executions;
using Loopai.Core.Experiments;
using Loopai.Core.Identity;
using Loopai.Portal.Demo;
using Loopai.Portal.Startup;
using Loopai.Portal.Tests.Data;
using Loopai.Portal.Tests.Postgres;
using Microsoft.AspNetCore.Identity;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.DependencyInjection;

namespace Loopai.Portal.Tests.Demo;

/// <summary>The whole portal with its demo over a corpus of sixty mails, 40 of them to learn from and 20 to send, 5 of those now.</summary>
public sealed class FirstStartTests : IAsyncLifetime
{
    private const int Mails = 60;
    private static readonly TimeSpan Patience = TimeSpan.FromMinutes(2);

    private readonly TemporaryDirectory _folder = new();
    private LoopaiDatabase _database = null!;

    public async Task InitializeAsync()
    {
        _database = await LoopaiDatabase.CreateAsync();
        MailArchive.Write(Path.Combine(_folder.Path, "demo"), Mails);
    }

    public async Task DisposeAsync()
    {
        await _database.DisposeAsync();
        _folder.Dispose();
    }

    [Fact]
    public async Task Start_Uninterrupted_FillsTheOrganizationOnce()
    {
        await using (var portal = await StartAsync())
        {
            await UntilAsync(portal, now => now.Status == DemoStatus.Finished);
            var run = FirstRun();
            if (!OperatingSystem.IsWindows())
            {
                File.GetUnixFileMode(FirstRunPath).ShouldBe(UnixFileMode.UserRead | UnixFileMode.UserWrite);
            }

            await CanSignInAsync(portal, run);
            await KeyIsOrdinaryAsync(portal, run.GetProperty("apiKey").GetString()!);
            await ShouldBeCompleteAsync();
            await portal.App.StopAsync();
        }

        var first = await File.ReadAllTextAsync(FirstRunPath);
        Directory.Exists(Path.Combine(_folder.Path, "demo")).ShouldBeFalse();
        await using var again = await StartAsync();
        await again.App.StopAsync();

        again.App.Services.GetRequiredService<DemoProgress>().Current.Status.ShouldBe(DemoStatus.Idle);
        (await File.ReadAllTextAsync(FirstRunPath)).ShouldBe(first);
        await ShouldBeCompleteAsync();
    }

    [Fact]
    public async Task Start_InterruptedAtEveryStep_GoesOnWhereItWas()
    {
        string? first = null;
        foreach (var step in Enumerable.Range(0, 6))
        {
            await using var portal = await StartAsync();
            await UntilAsync(portal, now => now.Status == DemoStatus.Finished || (now.Steps.Count > step && now.Steps[step].Status != DemoStepStatus.Waiting));
            await portal.App.StopAsync();
            first ??= await File.ReadAllTextAsync(FirstRunPath);
        }

        await using var last = await StartAsync();
        await UntilAsync(last, now => now.Status == DemoStatus.Finished);

        (await File.ReadAllTextAsync(FirstRunPath)).ShouldBe(first);
        await ShouldBeCompleteAsync();
        await last.App.StopAsync();
    }

    private string FirstRunPath => Path.Combine(_folder.Path, "first-run.json");

    private JsonElement FirstRun() => JsonElement.Parse(File.ReadAllBytes(FirstRunPath));

    private async Task<PortalHost> StartAsync()
    {
        var errors = new StringWriter();
        return await PortalHost.StartAsync(
            [
                "--Portal:Url=http://127.0.0.1:0", $"--Portal:DataDirectory={_folder.Path}", $"--Database:ConnectionString={_database.Connections.Owner}",
                "--Logging:LogLevel:Default=Warning", "--Demo:Enabled=true", "--Sandbox:Enabled=false",
            ],
            errors) ?? throw new InvalidOperationException(errors.ToString());
    }

    private static async Task UntilAsync(PortalHost portal, Func<DemoSnapshot, bool> reached)
    {
        var progress = portal.App.Services.GetRequiredService<DemoProgress>();
        var there = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        progress.Changed += Look;
        Look(progress.Current);
        await there.Task.WaitAsync(Patience);
        progress.Changed -= Look;

        void Look(DemoSnapshot now)
        {
            if (now.Failure is { } failure)
            {
                there.TrySetException(new InvalidOperationException(failure));
            }
            else if (reached(now))
            {
                there.TrySetResult();
            }
        }
    }

    private async Task ShouldBeCompleteAsync()
    {
        await using var db = await _database.Data.OpenAsync(Caller.Installation, CancellationToken.None);
        var task = await db.Tasks.SingleAsync(t => t.Name == SpamFilterTask.Name);
        var executions = await db.Executions.Where(e => e.TaskId == task.Id).OrderBy(e => e.ExecutedAt).ToListAsync();

        (await db.Users.CountAsync(), await db.Organizations.CountAsync()).ShouldBe((1, 1));
        (await db.Tasks.CountAsync(t => t.Name == "Sentence language")).ShouldBe(1);
        (await db.Examples.CountAsync(e => e.TaskId == task.Id && e.ForTraining)).ShouldBe(40);

        // So few mails decide nothing: the experiment runs on.
        (task.ActiveVersion, task.LastVersion).ShouldBe((1, 2));
        var experiment = await db.Experiments.SingleAsync(e => e.TaskId == task.Id);
        experiment.Status.ShouldBe(ExperimentStatus.Running);
        executions.Count.ShouldBe(20);
        executions.Select(e => e.Input).Distinct().Count().ShouldBe(20);
        executions.Count(e => e.Source == ExecutionSource.Import).ShouldBe(15);
        executions.Where(e => e.ExecutedAt < experiment.StartedAt).ShouldAllBe(e => e.ExperimentId == null && e.Version == 1);
        executions.Where(e => e.ExecutedAt >= experiment.StartedAt).ShouldAllBe(e => e.ExperimentId == experiment.Id && e.Version == e.Variant + 1);
        (await db.ApiKeys.CountAsync(k => k.Permissions.Contains(Permissions.ExecutionsImport) && k.RevokedAt == null)).ShouldBe(0);
        (await db.ApiKeys.CountAsync(k => k.RevokedAt == null)).ShouldBe(2, "the demo's own, and one that nobody uses");
    }

    private static async Task CanSignInAsync(PortalHost portal, JsonElement run)
    {
        await using var scope = portal.App.Services.CreateAsyncScope();
        var users = scope.ServiceProvider.GetRequiredService<UserManager<User>>();
        var owner = await users.FindByEmailAsync(run.GetProperty("email").GetString()!);
        (await users.CheckPasswordAsync(owner!, run.GetProperty("password").GetString()!)).ShouldBeTrue();
        run.GetProperty("organization").GetString().ShouldBe("acme");
    }

    /// <summary>The key on the console reads tasks, and cannot set the clock of an execution.</summary>
    private static async Task KeyIsOrdinaryAsync(PortalHost portal, string key)
    {
        using var client = new HttpClient { BaseAddress = new Uri(portal.App.Urls.Single() + "/api/v1/") };
        client.DefaultRequestHeaders.Authorization = new AuthenticationHeaderValue("Bearer", key);
        var tasks = await client.GetFromJsonAsync<JsonElement>("tasks");
        var task = tasks.GetProperty("items").EnumerateArray().Single(t => t.GetProperty("name").GetString() == SpamFilterTask.Name);

        var past = await client.PostAsJsonAsync(
            $"tasks/{task.GetProperty("id").GetString()}/execute",
            new { input = new { subject = "", from = "", body = "" }, executedAt = DateTimeOffset.UtcNow.AddDays(-1) });

        past.StatusCode.ShouldBe(HttpStatusCode.Forbidden);
    }
}
