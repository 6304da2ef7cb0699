using System.Text.Json;
using Loopai.Core.Access;
using Loopai.Core.Analytics;
using Loopai.Core.Errors;
using Loopai.Core.Plugins.Installations;
using Loopai.Core.Plugins.Packages;
using Loopai.Core.Plugins.Registry;
using Loopai.Portal.Tests.Data;
using Microsoft.EntityFrameworkCore;

namespace Loopai.Portal.Tests.Plugins.Registry;

/// <summary>Who has a plugin installed is told what its author says of it, whichever organization that is.</summary>
public sealed class PluginNewsTests(LoopaiDatabaseFixture fixture) : IClassFixture<LoopaiDatabaseFixture>, IAsyncLifetime
{
    private readonly GivenRegistry _given = new(fixture.Database);
    private TestOrganization _acme = null!;
    private TestOrganization _globex = null!;
    private TestOrganization _initech = null!;
    private string _key = null!;
    private PluginVersion _version = null!;

    public async Task InitializeAsync()
    {
        _acme = await fixture.Database.AddOrganizationAsync("acme");
        _globex = await fixture.Database.AddOrganizationAsync("globex");
        _initech = await fixture.Database.AddOrganizationAsync("initech");
        _key = $"{await _given.PublisherAsync(_acme.Caller)}.guard";
        _version = await _given.PublishAsync(_acme.Caller, _key, isPublic: true);
    }

    public Task DisposeAsync() => Task.CompletedTask;

    [Fact]
    public async Task YankAsync_TellsWhoHasTheVersion_ItselfOrBelowAnother_Once()
    {
        var installed = await InstallAsync(_globex, _version.PluginId, _key, _version.Id, _version.Version);
        var above = await InstallAsync(_initech, Guid.CreateVersion7(), "other.above", Guid.CreateVersion7(), "3.0.0", new LockedPlugin(_key, _version.Version, _version.Id));
        var next = await _given.PublishAsync(_acme.Caller, _key, "1.1.0");

        await _given.Lifecycle.YankAsync(_acme.Caller, _key, next.Version, "Nobody has it.", default);
        await _given.Lifecycle.YankAsync(_acme.Caller, _key, "1.0.0", "It lets everything through.", default);
        await _given.Lifecycle.YankAsync(_acme.Caller, _key, "1.0.0", "It lets nearly everything through.", default);

        var told = (await EventsAsync(_globex, "plugin.yanked")).ShouldHaveSingleItem();
        (told.GetProperty("installationId").GetGuid(), told.GetProperty("plugin").GetString(), told.GetProperty("version").GetString(), told.GetProperty("reason").GetString())
            .ShouldBe((installed, _key, "1.0.0", "It lets everything through."));
        told.GetProperty("neededBy").ValueKind.ShouldBe(JsonValueKind.Null);
        var below = (await EventsAsync(_initech, "plugin.yanked")).ShouldHaveSingleItem();
        (below.GetProperty("installationId").GetGuid(), below.GetProperty("neededBy").GetString()).ShouldBe((above, "other.above"));
        (await EventsAsync(_acme, "plugin.yanked")).ShouldBeEmpty();

        (await BellAsync(_globex)).ShouldBe([(AttentionKind.PluginYanked, installed)]);
        var shown = await new InstalledPlugins(fixture.Data, _given.Clock).GetAsync(_globex.Caller, installed, default);
        shown.YankReason.ShouldBe("It lets nearly everything through.");
    }

    [Fact]
    public async Task RemoveAsync_IsToldAsTheEndOfTheVersionsThatAreInstalled()
    {
        await InstallAsync(_globex, _version.PluginId, _key, _version.Id, _version.Version);

        await _given.Lifecycle.RemoveAsync(_acme.Caller, _key, "It is replaced.", default);

        (await EventsAsync(_globex, "plugin.yanked")).ShouldHaveSingleItem().GetProperty("reason").GetString().ShouldBe("It is replaced.");
    }

    [Fact]
    public async Task RemoveAsync_OfSeveralVersions_TellsEachOfThoseThatItHas()
    {
        var next = await _given.PublishAsync(_acme.Caller, _key, "1.1.0");
        await InstallAsync(_globex, _version.PluginId, _key, _version.Id, _version.Version);
        await InstallAsync(_initech, _version.PluginId, _key, next.Id, next.Version);
        await InstallAsync(_initech, Guid.CreateVersion7(), "other.above", Guid.CreateVersion7(), "3.0.0", new LockedPlugin(_key, _version.Version, _version.Id));

        await _given.Lifecycle.RemoveAsync(_acme.Caller, _key, "It is replaced.", default);

        (await ToldAsync(_globex)).ShouldBe([("1.0.0", null)]);
        (await ToldAsync(_initech)).ShouldBe([("1.0.0", "other.above"), ("1.1.0", null)], ignoreOrder: true);

        async Task<IEnumerable<(string?, string?)>> ToldAsync(TestOrganization organization) =>
            (await EventsAsync(organization, "plugin.yanked")).Select(e => (e.GetProperty("version").GetString(), e.GetProperty("neededBy").GetString()));
    }

    [Fact]
    public async Task DeprecateAsync_TellsWhoHasIt_AndNamesOnlyWhatItsAuthorSees()
    {
        var installed = await InstallAsync(_globex, _version.PluginId, _key, _version.Id, _version.Version);
        var hidden = $"{await _given.PublisherAsync(_initech.Caller)}.secret";
        await _given.PublishAsync(_initech.Caller, hidden);
        (await Should.ThrowAsync<InvalidException>(_given.Lifecycle.DeprecateAsync(_acme.Caller, _key, "Use the new one.", hidden, default))).Errors.Keys.ShouldBe(["replacement"]);
        await Should.ThrowAsync<NotFoundException>(_given.Lifecycle.DeprecateAsync(_globex.Caller, _key, "Mine.", null, default));
        (await EventsAsync(_globex, "plugin.deprecated")).ShouldBeEmpty();

        await _given.Lifecycle.DeprecateAsync(_acme.Caller, _key, "Nobody mends it any more.", null, default);

        var told = (await EventsAsync(_globex, "plugin.deprecated")).ShouldHaveSingleItem();
        (told.GetProperty("version").GetString(), told.GetProperty("reason").GetString()).ShouldBe(("1.0.0", "Nobody mends it any more."));
        (await BellAsync(_globex)).ShouldBe([(AttentionKind.PluginDeprecated, installed)]);
        await using (var db = await fixture.Data.OpenAsync(_globex.Caller, default))
        {
            await db.PluginInstallations.ExecuteUpdateAsync(set => set.SetProperty(i => i.QuarantinedAt, _given.Clock.Now));
        }

        (await BellAsync(_globex)).ShouldBe([(AttentionKind.PluginQuarantined, installed)]);
    }

    private async Task<Guid> InstallAsync(TestOrganization organization, Guid plugin, string key, Guid versionId, string version, params LockedPlugin[] needs)
    {
        await using var db = await fixture.Data.OpenAsync(organization.Caller, default);
        var installation = new PluginInstallation
        {
            Id = Guid.CreateVersion7(), OrganizationId = organization.Id, PluginId = plugin, Key = key, Kind = PluginKind.Validator, DisplayName = "Guard", Range = "^1.0.0",
            VersionId = versionId, Version = version, Lock = needs, Configuration = "{}", InstalledBy = "test", InstalledAt = _given.Clock.Now, UpdatedAt = _given.Clock.Now,
        };
        db.Add(installation);
        await db.SaveChangesAsync();
        return installation.Id;
    }

    private async Task<IReadOnlyList<JsonElement>> EventsAsync(TestOrganization organization, string type)
    {
        await using var db = await fixture.Data.OpenAsync(organization.Caller, default);
        return [.. (await db.WebhookEvents.Where(e => e.Type == type).Select(e => e.Data).ToListAsync()).Select(d => JsonElement.Parse(d))];
    }

    private async Task<IReadOnlyList<(AttentionKind, Guid)>> BellAsync(TestOrganization organization) =>
        [.. (await new AttentionService(fixture.Data, _given.Clock).ListAsync(organization.Caller, default)).Select(i => (i.Kind, i.TaskId))];
}
