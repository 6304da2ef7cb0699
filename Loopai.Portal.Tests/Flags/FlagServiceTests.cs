using System.Text.Json;
using Loopai.Core.Access;
using Loopai.Core.Data;
using Loopai.Core.Errors;
using Loopai.Core.Experiments.Live;
using Loopai.Core.Flags;
using Loopai.Core.Organizations;
using Loopai.Portal.Ofrep;
using Loopai.Portal.Tests.Data;
using Loopai.Portal.Tests.Experiments;

namespace Loopai.Portal.Tests.Flags;

public sealed class FlagServiceTests(LoopaiDatabaseFixture fixture) : IClassFixture<LoopaiDatabaseFixture>, IAsyncLifetime
{
    private readonly FlagService _flags = new(fixture.Data, TimeProvider.System);
    private readonly FlagTargetingService _targeting = new(fixture.Data, TimeProvider.System);
    private TestOrganization _organization = null!;
    private string _here = "";

    public async Task InitializeAsync()
    {
        _organization = await fixture.Database.AddOrganizationAsync();
        _here = OrganizationEnvironment.Defaults[0].Key;
    }

    public Task DisposeAsync() => Task.CompletedTask;

    [Fact]
    public async Task CreateAsync_Boolean_IsOffEverywhereAndRemembersWhoMadeIt()
    {
        var flag = await CreateAsync("checkout");

        flag.Environments.Count.ShouldBe(OrganizationEnvironment.Defaults.Count);
        flag.Environments.ShouldAllBe(e => !e.Targeting.On && e.Targeting.Otherwise!.Variation == "on");
        flag.Flag.OffVariation.ShouldBe("off");
        (await HistoryAsync(flag)).ShouldBe(["created"]);
    }

    [Fact]
    public async Task CreateAsync_EverythingWrong_TellsAllOfIt()
    {
        var wrong = await Should.ThrowAsync<InvalidException>(() => _flags.CreateAsync(
            _organization.Caller,
            new FlagDefinition { Key = "no spaces", Type = FlagType.Number, Variations = [new("a", JsonElement.Parse("\"1\"")), new("a", JsonElement.Parse("1"))], OffVariation = "b" },
            CancellationToken.None));

        wrong.Errors.Keys.ShouldBe(["key", "variations[0].value", "variations[1].key", "offVariation"], ignoreOrder: true);
    }

    [Fact]
    public async Task CreateAsync_KeyTwice_IsAConflictAlsoWhenArchived()
    {
        var flag = await CreateAsync("checkout");
        await _flags.ArchiveAsync(_organization.Caller, flag.Flag.Id, CancellationToken.None);

        (await Should.ThrowAsync<ConflictException>(() => CreateAsync("checkout"))).Code.ShouldBe("flag.key_taken");
    }

    [Fact]
    public async Task SetAsync_SwitchedByTwoWhoReadTheSame_TellsTheSecond()
    {
        var flag = await CreateAsync("checkout");
        await SetAsync(flag, new FlagTargetingChange { On = true, Note = "after the load test" }, 0);

        await Should.ThrowAsync<ChangedMeanwhileException>(() => SetAsync(flag, new FlagTargetingChange { On = false }, 0));

        (await HistoryAsync(flag)).ShouldBe(["switched_on", "created"]);
        var last = (await _flags.HistoryAsync(_organization.Caller, flag.Flag.Id, new PageRequest(), CancellationToken.None)).Items[0];
        (last.Note, last.EnvironmentId).ShouldBe(("after the load test", _organization.EnvironmentId));
        last.Before.ShouldNotBe(last.After);
    }

    [Fact]
    public async Task SetAsync_AtOnceForTheFirstTime_LetsOneThrough()
    {
        var flag = await CreateAsync("checkout");

        var tries = await Task.WhenAll(Enumerable.Range(0, 4).Select(async i =>
        {
            try
            {
                await SetAsync(flag, new FlagTargetingChange { On = true, Note = $"{i}" }, 0);
                return true;
            }
            catch (ChangedMeanwhileException)
            {
                return false;
            }
        }));

        tries.Count(won => won).ShouldBe(1);
        (await HistoryAsync(flag)).ShouldBe(["switched_on", "created"]);
    }

    [Fact]
    public async Task SetAsync_WithTheRightForAnotherEnvironment_IsForbidden()
    {
        var flag = await CreateAsync("checkout");
        var other = OrganizationEnvironment.Defaults[1].Key;
        var key = Caller.ForKey(Guid.CreateVersion7(), "ci", _organization.Id, _organization.EnvironmentId, HeldPermissions.Everywhere([Permissions.FlagsRead, Permissions.FlagsWrite]), null);

        (await _targeting.SetAsync(key, flag.Flag.Id, _here, new FlagTargetingChange { On = true }, null, CancellationToken.None)).Targeting.On.ShouldBeTrue();
        await Should.ThrowAsync<ForbiddenException>(() => _targeting.SetAsync(key, flag.Flag.Id, other, new FlagTargetingChange { On = true }, null, CancellationToken.None));
    }

    [Fact]
    public async Task UpdateAsync_VariationThatIsAnswered_StaysUntilItIsTakenOut()
    {
        var flag = await CreateAsync("checkout");
        await SetAsync(flag, new FlagTargetingChange { Otherwise = new FlagServe { Split = [new("on", 1), new("off", 99)] } }, null);
        var without = new FlagDefinition { Variations = [flag.Variations[1]] };

        (await Should.ThrowAsync<ConflictException>(() => _flags.UpdateAsync(_organization.Caller, flag.Flag.Id, without, null, CancellationToken.None))).Message.ShouldContain(_here);
    }

    [Fact]
    public async Task UpdateAsync_WhileSomebodyAnswersTheVariation_OneIsTold()
    {
        for (var round = 0; round < 8; round++)
        {
            var flag = await CreateAsync($"race-{round}");
            var done = await Task.WhenAll(
                TryAsync(() => _flags.UpdateAsync(_organization.Caller, flag.Flag.Id, new FlagDefinition { Variations = [flag.Variations[0]], OffVariation = "on" }, null, CancellationToken.None)),
                TryAsync(() => SetAsync(flag, new FlagTargetingChange { Otherwise = new FlagServe { Variation = "off" } }, null)));
            done.Count(won => won).ShouldBe(1);
        }

        static async Task<bool> TryAsync(Func<Task> act)
        {
            try
            {
                await act();
                return true;
            }
            catch (LoopaiException)
            {
                return false;
            }
        }
    }

    [Fact]
    public async Task Catalog_AskedForNewerByMany_LooksOnceASecond()
    {
        var catalog = new FlagCatalog(fixture.Data);
        var known = await catalog.OfAsync(_organization.Caller);
        await CreateAsync("checkout");

        var newer = await Task.WhenAll(Enumerable.Range(0, 50).Select(_ => catalog.NewerAsync(_organization.Caller, CancellationToken.None).AsTask()));

        newer.Distinct().ShouldHaveSingleItem().Flags.Keys.ShouldBe(["checkout"]);
        newer[0].ShouldNotBeSameAs(known);
    }

    [Fact]
    public void ListenerPlaces_OneOrganization_CannotTakeAll()
    {
        var (places, one, other) = (new ListenerPlaces(3, 2), Guid.NewGuid(), Guid.NewGuid());
        (places.TryEnter(one), places.TryEnter(one), places.TryEnter(one), places.TryEnter(other), places.TryEnter(other)).ShouldBe((true, true, false, true, false));
        places.Leave(one);
        places.TryEnter(other).ShouldBeTrue();
    }

    [Fact]
    public async Task Catalog_FlagChangedWhileItIsAskedFor_IsNewOnceItIsForgotten()
    {
        var catalog = new FlagCatalog(fixture.Data);
        var flag = await CreateAsync("checkout");
        (await catalog.OfAsync(_organization.Caller)).Flags["checkout"].Revision.ShouldBe("1:0");
        using var listener = catalog.Listen(_organization.Id);
        await SetAsync(flag, new FlagTargetingChange { On = true }, null);

        catalog.Forget(new Change("flag_environments", _organization.Id));

        (await listener.WaitAsync(TimeSpan.Zero, CancellationToken.None)).ShouldBeTrue();
        (await catalog.OfAsync(_organization.Caller)).Flags["checkout"].Revision.ShouldBe("1:1");
    }

    [Fact]
    public async Task Catalog_RunningExperiment_IsAFlagThatAnswersAsItAssigns()
    {
        var given = await GivenExperiment.AsyncFor(fixture.Database);
        var experiment = await given.StartAsync();
        var live = LiveExperiment.Of(experiment, null);
        var flag = (await new FlagCatalog(fixture.Data).OfAsync(given.Caller)).Flags[experiment.Key];

        for (var i = 0; i < 50; i++)
        {
            var answer = flag.Evaluate(JsonElement.Parse($$"""{"targetingKey":"user-{{i}}"}"""), DateTimeOffset.UtcNow.AddMinutes(1));
            var assigned = experiment.Variants[live.Assign($"user-{i}", isNamed: true, default).Variant];
            (answer.Variation, answer.Value.GetProperty("version").GetInt32(), answer.Reason).ShouldBe((assigned.Key, assigned.Version, FlagReason.Split));
        }
    }

    [Fact]
    public async Task ListAsync_Pages_ShowEveryFlagOnceInOrder()
    {
        foreach (var key in new[] { "c", "a", "b" })
        {
            await CreateAsync(key);
        }

        var first = await _flags.ListAsync(_organization.Caller, new FlagFilter(), new PageRequest(2), CancellationToken.None);
        var second = await _flags.ListAsync(_organization.Caller, new FlagFilter(), new PageRequest(2, first.NextCursor), CancellationToken.None);

        first.Items.Concat(second.Items).Select(f => f.Flag.Key).ShouldBe(["a", "b", "c"]);
        second.NextCursor.ShouldBeNull();
        (await _flags.ListAsync(_organization.Caller, new FlagFilter("B"), new PageRequest(), CancellationToken.None)).Items.ShouldHaveSingleItem().Flag.Key.ShouldBe("b");
    }

    private Task<FlagDetail> CreateAsync(string key) =>
        _flags.CreateAsync(_organization.Caller, new FlagDefinition { Key = key, Type = FlagType.Boolean }, CancellationToken.None);

    private Task<FlagInEnvironment> SetAsync(FlagDetail flag, FlagTargetingChange change, int? revision) =>
        _targeting.SetAsync(_organization.Caller, flag.Flag.Id, _here, change, revision, CancellationToken.None);

    private async Task<IEnumerable<string>> HistoryAsync(FlagDetail flag) =>
        (await _flags.HistoryAsync(_organization.Caller, flag.Flag.Id, new PageRequest(), CancellationToken.None)).Items.Select(c => c.Action);
}
