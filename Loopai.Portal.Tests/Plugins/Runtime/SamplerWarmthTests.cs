using Loopai.Core.Plugins.Runtime;
using Loopai.Portal.Tests.Data;
using Loopai.Portal.Tests.Plugins.Packages;
using static Loopai.Portal.Tests.Plugins.Runtime.ScriptedSandbox;

namespace Loopai.Portal.Tests.Plugins.Runtime;

/// <summary>That workers kept ready for samplers cost no execution its sampler, and no other plugin its worker; and that what comes too late is counted as a call.</summary>
public sealed class SamplerWarmthTests(LoopaiDatabaseFixture fixture) : IClassFixture<LoopaiDatabaseFixture>
{
    private readonly ScriptedSandbox _sandbox = new ScriptedSandbox { MaxWorkers = 4 }
        .On("# hangs", (_, ct) => NeverAsync(ct)).On("# samples", (_, _) => Task.FromResult(Said("""{"sample": true, "probability": 0.5}""")));

    [Fact]
    public async Task RunOnce_PauseIsOver_TheCallThatGoesAheadIsAnExecutions()
    {
        using var given = new GivenRuntime(fixture.Database, _sandbox);
        var acme = await fixture.Database.AddOrganizationAsync("acme");
        var (_, plugin) = await SamplerAsync(given, acme, "# samples");
        for (var failures = 1; failures < PluginBreaker.QuarantinesAt; failures++)
        {
            await given.Runner.NoteAsync(plugin, "no decision", default);
        }

        await given.Runner.WarmAsync(plugin, default);
        _sandbox.Warmed.ShouldBe(0, "it is left alone");
        given.Clock.Now += TimeSpan.FromMinutes(1);
        await given.Runner.WarmAsync(plugin, default);
        _sandbox.Warmed.ShouldBe(1);

        (await given.Runner.CallAsync(plugin, "sample", [], default)).ShouldNotBeNull();
        (await given.Runner.CallAsync(plugin, "sample", [], default)).ShouldBeNull("one call goes ahead, to see");
    }

    [Fact]
    public async Task RunOnce_MoreSamplersThanWorkers_HalfIsKeptAndOfOneOrganizationHalfOfThat()
    {
        using var given = new GivenRuntime(fixture.Database, _sandbox);
        var acme = await fixture.Database.AddOrganizationAsync("acme");
        for (var i = 0; i < 5; i++)
        {
            await SamplerAsync(given, acme, $"# samples for acme, {i}", $"acme.sampler-{i}");
        }

        await given.Warmth.RunOnceAsync(default);
        _sandbox.WarmedSources.Count(s => s.Contains("for acme", StringComparison.Ordinal)).ShouldBeLessThan(2);

        var globex = await fixture.Database.AddOrganizationAsync("globex");
        await SamplerAsync(given, globex, "# samples for globex");
        var before = _sandbox.Warmed;
        await given.Warmth.RunOnceAsync(default);
        (_sandbox.Warmed - before).ShouldBe(2);
    }

    [Fact]
    public async Task Decide_AnswersComeLateOrNothingStarts_EachIsACallThatFailed()
    {
        using var given = new GivenRuntime(fixture.Database, _sandbox);
        var acme = await fixture.Database.AddOrganizationAsync("acme");
        var (task, plugin) = await SamplerAsync(given, acme, "# hangs");
        var plugins = await given.Catalog.OfAsync(acme.Id, default);

        (await given.Sampler.DecideAsync(plugins, given.Execution(acme, task), "Task")).ShouldBeNull();
        await Eventually.BecomesAsync(() => CountedAsync(given, acme, plugin), (1L, 1L));

        _sandbox.Started = Failed("no such module");
        await given.Runner.WarmAsync(plugin, default);
        (await CountedAsync(given, acme, plugin)).ShouldBe((2L, 2L));
    }

    private static async Task<(Guid Task, LivePlugin Plugin)> SamplerAsync(GivenRuntime given, TestOrganization organization, string code, string id = "acme.some-sampler")
    {
        var (task, sampler) = (await given.TaskAsync(organization), await given.InstallAsync(organization.Caller, GivenPackage.Sampler(code).With("id", $"\"{id}\"")));
        await given.AttachAsync(organization, sampler, task);
        var plugins = await given.Catalog.OfAsync(organization.Id, default);
        return (task, (await plugins.FindAsync(sampler.Id, (_, _) => false))!);
    }

    private static async Task<(long Calls, long Failures)> CountedAsync(GivenRuntime given, TestOrganization organization, LivePlugin plugin)
    {
        await given.Health.RunOnceAsync(default);
        var health = (await given.Installed.GetAsync(organization.Caller, plugin.InstallationId, default)).Health;
        return (health.Sum(h => h.Calls), health.Sum(h => h.Failures));
    }
}
