using Loopai.Core.Data;
using Loopai.Core.Plugins.Installations;
using Loopai.Core.Plugins.Runtime;
using Loopai.Portal.Tests.Data;
using Loopai.Portal.Tests.Plugins.Packages;
using Microsoft.EntityFrameworkCore;
using static Loopai.Portal.Tests.Plugins.Runtime.ScriptedSandbox;

namespace Loopai.Portal.Tests.Plugins.Runtime;

/// <summary>That a validator costs only itself: not others, not other organizations, and no secret. And that it is stopped and told of when it goes on failing.</summary>
public sealed class ValidatorQueueTests(LoopaiDatabaseFixture fixture) : IClassFixture<LoopaiDatabaseFixture>
{
    private const string Passes = """{"verdict": "pass"}""";

    private readonly ScriptedSandbox _sandbox = new ScriptedSandbox().On("# hangs", (_, ct) => NeverAsync(ct)).On("# passes", (_, _) => Task.FromResult(Said(Passes)));

    [Fact]
    public async Task Offer_OneValidatorHangs_OthersOfTheOrganizationAndOtherOrganizationsAreAsked()
    {
        using var given = new GivenRuntime(fixture.Database, _sandbox);
        await given.StartAsync();
        var (acme, globex) = (await fixture.Database.AddOrganizationAsync("acme"), await fixture.Database.AddOrganizationAsync("globex"));
        var (stuck, free, theirs) = (await given.TaskAsync(acme), await given.TaskAsync(acme), await given.TaskAsync(globex));
        var hangs = await given.InstallAsync(acme.Caller, GivenPackage.Validator("# hangs"));
        var passes = await given.InstallAsync(acme.Caller, GivenPackage.Validator("# passes", id: "acme.other"));
        var others = await given.InstallAsync(globex.Caller, GivenPackage.Validator("# passes"));
        await given.AttachAsync(acme, hangs, stuck);
        await given.AttachAsync(acme, passes, stuck);
        await given.AttachAsync(acme, passes, free);
        await given.AttachAsync(globex, others, theirs);

        await given.ExecutedAsync(acme, free);
        await Eventually.BecomesAsync(async () => (await given.VerdictsAsync(acme, passes)).Count, 1);

        // Two are asked and fifty wait; the eight others go past it to the next.
        for (var i = 0; i < 60; i++)
        {
            await given.ExecutedAsync(acme, stuck);
        }

        await given.ExecutedAsync(acme, free);
        await given.ExecutedAsync(globex, theirs);

        await Eventually.BecomesAsync(async () => (await given.VerdictsAsync(acme, passes)).Count(v => v.TaskId == free), 2);
        await Eventually.BecomesAsync(async () => (await given.VerdictsAsync(globex, others)).Count, 1);
        await Eventually.BecomesAsync(async () => (await given.VerdictsAsync(acme, passes)).Count(v => v.TaskId == stuck), 8);
        await given.Health.RunOnceAsync(default);
        (await given.Installed.GetAsync(acme.Caller, hangs.Id, default)).Health.Sum(h => h.Dropped).ShouldBe(8);
    }

    [Fact]
    public async Task Offer_ValidatorThrowsASecret_ItIsMaskedWhereverItIsKeptAndTheOwnerIsTold()
    {
        _sandbox.On("# throws", (call, _) => Task.FromResult(Failed($"401 for https://api.example.com?key={call.Arguments["config"]!["key"]}")));
        using var given = new GivenRuntime(fixture.Database, _sandbox);
        await given.StartAsync();
        var acme = await fixture.Database.AddOrganizationAsync("acme");
        var (owner, email) = await given.PersonAsync(acme);
        var task = await given.TaskAsync(acme);
        var throws = await given.InstallAsync(
            owner,
            GivenPackage.Validator("# throws").With("capabilities", """{"secrets":["key"]}""").With("configuration", """{"type":"object","properties":{"key":{"type":"string","writeOnly":true}}}"""),
            new { key = "s3cr3t/+key" });
        await given.AttachAsync(acme, throws, task);

        // Between the failures the breaker leaves it alone; the clock goes over that.
        for (var failures = 1; failures <= PluginBreaker.QuarantinesAt; failures++)
        {
            await given.ExecutedAsync(acme, task);
            await Eventually.BecomesAsync(async () => (await given.VerdictsAsync(acme, throws)).Count, failures);
            given.Clock.Now += TimeSpan.FromMinutes(2);
        }

        await Eventually.BecomesAsync(() => Task.FromResult(given.Mails.Sent.Count), 1);
        var mail = given.Mails.Sent[0];
        mail.To.ShouldBe(email);
        await given.Health.RunOnceAsync(default);
        var item = await given.Installed.GetAsync(acme.Caller, throws.Id, default);
        item.Installation.State.ShouldBe(PluginState.Quarantined);
        item.Failures.ShouldBe(10);
        await using var db = await fixture.Data.OpenAsync(acme.Caller, default);
        var audited = await db.AuditEvents.SingleAsync(e => e.Action == "plugin.quarantined");
        var texts = (await given.VerdictsAsync(acme, throws)).Select(v => v.Reason).Concat([item.Installation.LastError, item.Installation.QuarantineReason, audited.Reason, mail.Text]).ToList();
        texts.ShouldAllBe(t => t!.Contains("key=•••", StringComparison.Ordinal) && !t.Contains("s3cr3t", StringComparison.Ordinal));

        // Out of use, it is not asked, and nothing waits for it; taken out of quarantine, it is.
        given.Catalog.Forget(acme.Id);
        await given.ExecutedAsync(acme, task);
        (await given.VerdictsAsync(acme, throws)).Count.ShouldBe(10);
        await given.Installations.ReleaseAsync(acme.Caller, throws.Id, default);
        await given.ExecutedAsync(acme, task);
        await Eventually.BecomesAsync(async () => (await given.VerdictsAsync(acme, throws)).Count, 11);
    }

    [Fact]
    public async Task Offer_VersionWasForcedPastThePipeline_IsNotRun()
    {
        using var given = new GivenRuntime(fixture.Database, _sandbox);
        await given.StartAsync();
        var acme = await fixture.Database.AddOrganizationAsync("acme");
        var task = await given.TaskAsync(acme);
        var package = GivenPackage.Validator("# passes");
        var (bent, swapped) = (
            await given.InstallAsync(acme.Caller, package, forge: v => v with { Signature = new byte[v.Signature.Length] }),
            await given.InstallAsync(acme.Caller, GivenPackage.Validator("# passes", id: "acme.swapped"), forge: v => v with
            {
                // A rightly signed package of another plugin in its place, its hash with it.
                Package = package.Read(), Bytes = package.Build(), Signature = given.Signer.SignAsync(package.Read(), default).Result.Value,
            }));
        await given.AttachAsync(acme, bent, task);
        await given.AttachAsync(acme, swapped, task);
        await given.ExecutedAsync(acme, task);

        await Eventually.BecomesAsync(async () => (await given.VerdictsAsync(acme, swapped)).Count, 1);
        var verdicts = (await given.VerdictsAsync(acme, bent)).Concat(await given.VerdictsAsync(acme, swapped)).ToList();
        verdicts.Select(v => (v.Verdict, v.Reason)).ShouldBe(
        [
            (VerdictKind.Error, "Its signature does not match: it is not what this installation signed when it was published."),
            (VerdictKind.Error, "Its package is not what was published."),
        ]);
    }

    [Fact]
    public async Task Attach_TwoSamplersAtOnce_OneIsRefusedWithTheOthersName()
    {
        using var given = new GivenRuntime(fixture.Database, _sandbox);
        var acme = await fixture.Database.AddOrganizationAsync("acme");
        var (task, one, two) = (
            await given.TaskAsync(acme), await given.InstallAsync(acme.Caller, GivenPackage.Sampler("# passes")),
            await given.InstallAsync(acme.Caller, GivenPackage.Sampler("# passes").With("id", "\"acme.another-sampler\"")));

        for (var round = 0; round < 5; round++)
        {
            var attached = await Task.WhenAll(new[] { one, two }.Select(async sampler =>
            {
                try
                {
                    return (Made: (AttachedPlugin?)await given.AttachAsync(acme, sampler, task), Refused: "");
                }
                catch (Core.Errors.ConflictException e)
                {
                    return (null, e.Message);
                }
            }));
            attached.Count(a => a.Made is not null).ShouldBe(1);
            attached.Single(a => a.Made is null).Refused.ShouldBe("Label guard is attached to this task already, for all environments. Detach it first: only one sampler can decide.");
            await given.Attachments.DetachAsync(acme.Caller, attached.Single(a => a.Made is not null).Made!.Attachment.Id, default);
        }
    }

    [Fact]
    public async Task Decide_WorkerIsCold_ThePolicyDecidesAndAWorkerIsStarted()
    {
        _sandbox.Warm = false;
        _sandbox.On("# samples", (_, _) => Task.FromResult(Said("""{"sample": true, "probability": 0.5}""")));
        using var given = new GivenRuntime(fixture.Database, _sandbox);
        var acme = await fixture.Database.AddOrganizationAsync("acme");
        var (task, sampler) = (await given.TaskAsync(acme), await given.InstallAsync(acme.Caller, GivenPackage.Sampler("# samples")));
        await given.AttachAsync(acme, sampler, task);
        var plugins = await given.Catalog.OfAsync(acme.Id, default);

        (await given.Sampler.DecideAsync(plugins, given.Execution(acme, task), "Task")).ShouldBeNull();
        await Eventually.BecomesAsync(() => Task.FromResult(_sandbox.Warmed), 1);
        (await given.Sampler.DecideAsync(plugins, given.Execution(acme, task), "Task"))!.Value.Probability.ShouldBe(0.5);

        // And nobody has to execute for that.
        _sandbox.Warm = false;
        await given.Warmth.RunOnceAsync(default);
        _sandbox.Warm.ShouldBeTrue();
        await given.Health.RunOnceAsync(default);
        (await given.Installed.GetAsync(acme.Caller, sampler.Id, default)).Failures.ShouldBe(0, "a cold worker is no failure");
    }

    [Fact]
    public async Task Get_MinutesOfCalls_AreAddedUpByTheHour()
    {
        using var given = new GivenRuntime(fixture.Database, _sandbox);
        var acme = await fixture.Database.AddOrganizationAsync("acme");
        var plugin = await given.InstallAsync(acme.Caller, GivenPackage.Validator("# passes"));
        var hour = new DateTimeOffset(given.Clock.Now.UtcDateTime.Date, TimeSpan.Zero).AddHours(1);
        given.Clock.Now = hour.AddHours(3);
        await using (var db = await fixture.Data.OpenAsync(acme.Caller, default))
        {
            foreach (var (minute, version, calls) in new[] { (0, "1.0.0", 1L), (59, "1.0.0", 2L), (59, "1.1.0", 4L), (60, "1.1.0", 8L), (-24 * 60, "1.0.0", 16L) })
            {
                db.PluginHealth.Add(new PluginHealth
                {
                    InstallationId = plugin.Id, Version = version, StartsAt = hour.AddMinutes(minute), OrganizationId = acme.Id, Calls = calls, Failures = 1, LatencyUs = 1000, Passed = 1, Dropped = 3,
                });
            }

            await db.SaveChangesAsync();
        }

        (await given.Installed.GetAsync(acme.Caller, plugin.Id, default)).Health.ShouldBe(
            [new HealthHour(hour, 7, 3, 3000, 3, 0, 9), new HealthHour(hour.AddHours(1), 8, 1, 1000, 1, 0, 3)]);
    }
}
