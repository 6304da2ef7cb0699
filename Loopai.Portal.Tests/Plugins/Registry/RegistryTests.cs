using Loopai.Core.Access;
using Loopai.Core.Data;
using Loopai.Core.Errors;
using Loopai.Core.Plugins.Marketplace;
using Loopai.Core.Plugins.Registry;
using Loopai.Portal.Tests.Data;
using Microsoft.EntityFrameworkCore;

namespace Loopai.Portal.Tests.Plugins.Registry;

/// <summary>Publishers, versions and what becomes of them, between two organizations of one installation.</summary>
public sealed class RegistryTests(LoopaiDatabaseFixture fixture) : IClassFixture<LoopaiDatabaseFixture>, IAsyncLifetime
{
    private readonly GivenRegistry _given = new(fixture.Database);
    private TestOrganization _acme = null!;
    private TestOrganization _globex = null!;

    public async Task InitializeAsync() => (_acme, _globex) = (await fixture.Database.AddOrganizationAsync("acme"), await fixture.Database.AddOrganizationAsync("globex"));

    public Task DisposeAsync() => Task.CompletedTask;

    [Fact]
    public async Task CreateAsync_NameThatLooksLikeAnothers_IsRefusedWithTheReason()
    {
        var name = await _given.PublisherAsync(_acme.Caller, GivenRegistry.NewName() + "row");
        (await Should.ThrowAsync<ConflictException>(_given.PublisherAsync(_globex.Caller, name))).Message.ShouldContain("is taken");
        (await Should.ThrowAsync<ConflictException>(_given.PublisherAsync(_globex.Caller, name.Replace("row", "r0vv", StringComparison.Ordinal)))).Message.ShouldContain("looks like");
        (await Should.ThrowAsync<InvalidException>(_given.PublisherAsync(_globex.Caller, "micr0soft"))).Errors["name"][0].ShouldContain("could be taken for 'microsoft'");

        // Nobody knows it, so a slip is allowed, until the domain is proved.
        await _given.PublisherAsync(_globex.Caller, name + "x");
    }

    [Fact]
    public async Task VerifyAsync_Record_ProvesTheDomain_AndItsLossTakesThreeDays()
    {
        var name = await _given.PublisherAsync(_acme.Caller);
        var proof = (await _given.Verification.ClaimAsync(_acme.Caller, name, $"{name}.example", default)).Proof!;
        (await Should.ThrowAsync<ConflictException>(_given.Verification.VerifyAsync(_acme.Caller, name, default))).Message.ShouldContain(proof.Record);
        _given.Dns.Set($"_loopai.{name}.example", proof.Record);
        (await _given.Verification.VerifyAsync(_acme.Caller, name, default)).Item.IsVerified.ShouldBeTrue();
        (await Should.ThrowAsync<NotFoundException>(_given.Verification.VerifyAsync(_globex.Caller, name, default))).Code.ShouldBe("publisher.not_found");

        _given.Dns.Remove($"_loopai.{name}.example");
        foreach (var stands in new[] { true, true, false })
        {
            _given.Clock.Now += TimeSpan.FromHours(25);
            await _given.Verification.CheckDueAsync(default);
            (await _given.Publishers.GetAsync(_acme.Caller, name, default)).Item.IsVerified.ShouldBe(stands);
        }
    }

    [Fact]
    public async Task VerifyAsync_DnsIsAway_TheProofRunsOutByItself()
    {
        var name = await _given.PublisherAsync(_acme.Caller);
        var proof = (await _given.Verification.ClaimAsync(_acme.Caller, name, $"{name}.example", default)).Proof!;
        _given.Dns.Set($"_loopai.{name}.example", proof.Record);
        await _given.Verification.VerifyAsync(_acme.Caller, name, default);
        _given.Dns.IsAway = true;
        foreach (var (days, stands) in new[] { (5, true), (10, true), (10, true), (10, false) })
        {
            _given.Clock.Now += TimeSpan.FromDays(days);
            await _given.Verification.CheckDueAsync(default);
            (await _given.Publishers.GetAsync(_acme.Caller, name, default)).Item.IsVerified.ShouldBe(stands);
        }
    }

    [Fact]
    public async Task AddAsync_VersionsNeverChange_AndLinesOnlyGrow()
    {
        var key = $"{await _given.PublisherAsync(_acme.Caller)}.guard";
        await _given.PublishAsync(_acme.Caller, key);
        await _given.PublishAsync(_acme.Caller, key, "2.0.0");
        await _given.PublishAsync(_acme.Caller, key, "1.0.1");
        await _given.PublishAsync(_acme.Caller, key, "3.0.0-beta.1");
        (await Should.ThrowAsync<ConflictException>(_given.PublishAsync(_acme.Caller, key, "2.0.0"))).Message.ShouldContain("never changes");
        (await Should.ThrowAsync<ConflictException>(_given.PublishAsync(_acme.Caller, key))).Message.ShouldContain("Version 1.0.1 is published");
        (await Should.ThrowAsync<ConflictException>(_given.PublishAsync(_globex.Caller, key, "9.0.0"))).Message.ShouldContain("There is no publisher");

        var shown = await _given.Marketplace.GetAsync(_acme.Caller, key, null, default);
        (shown.Version.Version, string.Join(' ', shown.Versions.Select(v => v.Version))).ShouldBe(("2.0.0", "3.0.0-beta.1 2.0.0 1.0.1 1.0.0"));
    }

    [Fact]
    public async Task SetVisibilityAsync_Public_IsSeenByAll_AndPrivateByItsOrganizationAlone()
    {
        var publisher = await _given.PublisherAsync(_acme.Caller);
        var key = $"{publisher}.guard";
        await _given.PublishAsync(_acme.Caller, key);
        await Should.ThrowAsync<NotFoundException>(_given.Marketplace.GetAsync(_globex.Caller, key, null, default));
        await Should.ThrowAsync<NotFoundException>(_given.Publishers.GetAsync(_globex.Caller, publisher, default));

        await _given.Lifecycle.SetVisibilityAsync(_acme.Caller, key, isPublic: true, default);
        var theirs = await _given.Marketplace.GetAsync(_globex.Caller, key, null, default);
        (theirs.Version.Version, theirs.Role, (await _given.Publishers.GetAsync(_globex.Caller, publisher, default)).Members.Count).ShouldBe(("1.0.0", null, 0));
        (await KeysAsync(_globex.Caller, publisher)).ShouldBe([key]);
        await Should.ThrowAsync<NotFoundException>(_given.Lifecycle.YankAsync(_globex.Caller, key, "1.0.0", "mine", default));
        await Should.ThrowAsync<NotFoundException>(_given.Publishers.UpdateAsync(_globex.Caller, publisher, new PublisherDefinition { DisplayName = "Mine" }, null, default));

        await _given.Lifecycle.SetVisibilityAsync(_acme.Caller, key, isPublic: false, default);
        (await KeysAsync(_globex.Caller, publisher)).ShouldBeEmpty();
    }

    [Fact]
    public async Task SetVisibilityAsync_OverruledScan_StaysPrivateUntilItIsYanked()
    {
        var key = $"{await _given.PublisherAsync(_acme.Caller)}.guard";
        await _given.PublishAsync(_acme.Caller, key);
        await _given.PublishAsync(_acme.Caller, key, "1.1.0", scan: "Overruled");
        (await Should.ThrowAsync<ConflictException>(_given.Lifecycle.SetVisibilityAsync(_acme.Caller, key, true, default))).Message.ShouldContain("1.1.0");

        await _given.Lifecycle.YankAsync(_acme.Caller, key, "1.1.0", "The scan stops it.", default);
        await _given.Lifecycle.SetVisibilityAsync(_acme.Caller, key, true, default);
        (await Should.ThrowAsync<ConflictException>(_given.Lifecycle.UnyankAsync(_acme.Caller, key, "1.1.0", default))).Code.ShouldBe("plugin.not_scanned");
        (await Should.ThrowAsync<ConflictException>(_given.PublishAsync(_acme.Caller, key, "1.2.0", scan: "Overruled"))).Code.ShouldBe("plugin.not_scanned");
    }

    [Fact]
    public async Task SetVisibilityAsync_NameLikeAPopularOne_IsRefused()
    {
        var name = GivenRegistry.NewName();
        var popular = $"{await _given.PublisherAsync(_globex.Caller)}.{name}-lookup";
        await _given.PublishAsync(_globex.Caller, popular, isPublic: true);
        await using (var db = await fixture.Data.OpenAsync(Caller.Installation, default))
        {
            await db.Plugins.Where(p => p.Key == popular).ExecuteUpdateAsync(set => set.SetProperty(p => p.Installs, RegistryNames.PopularFrom));
            await db.Publishers.Where(p => p.OrganizationId == _globex.Id).ExecuteUpdateAsync(set => set.SetProperty(p => p.VerifiedUntil, _given.Clock.Now.AddDays(1)));
        }

        var key = $"{await _given.PublisherAsync(_acme.Caller)}.{name}-l0okup";
        await _given.PublishAsync(_acme.Caller, key);

        (await Should.ThrowAsync<ConflictException>(_given.Lifecycle.SetVisibilityAsync(_acme.Caller, key, true, default))).Message.ShouldContain(popular);
    }

    [Fact]
    public async Task AddAsync_PublicOfUnverified_WhereTheInstallationAsksForProof_IsRefused()
    {
        var strict = new GivenRegistry(fixture.Database, requireVerified: true);
        var key = $"{await strict.PublisherAsync(_acme.Caller)}.guard";
        (await Should.ThrowAsync<ConflictException>(strict.PublishAsync(_acme.Caller, key, isPublic: true))).Message.ShouldContain("verified publishers only");
        await strict.PublishAsync(_acme.Caller, key);
        (await Should.ThrowAsync<ConflictException>(strict.Lifecycle.SetVisibilityAsync(_acme.Caller, key, true, default))).Code.ShouldBe("plugin.publisher_not_verified");
    }

    [Fact]
    public async Task YankAsync_ShowsWhoNeedsIt_AndTakesItFromTheFront()
    {
        var publisher = await _given.PublisherAsync(_acme.Caller);
        var (key, other) = ($"{publisher}.shared", $"{publisher}.guard");
        await _given.PublishAsync(_acme.Caller, key);
        await _given.PublishAsync(_acme.Caller, key, "1.1.0");
        await _given.PublishAsync(_acme.Caller, other, needs: $$"""{"{{key}}": "^1.1"}""");

        (await _given.Lifecycle.ImpactAsync(_acme.Caller, key, "1.0.0", default)).Dependents.ShouldBeEmpty();
        (await _given.Lifecycle.ImpactAsync(_acme.Caller, key, "1.1.0", default)).Dependents.ShouldBe([other]);
        await Should.ThrowAsync<InvalidException>(_given.Lifecycle.YankAsync(_acme.Caller, key, "1.1.0", " ", default));
        await _given.Lifecycle.YankAsync(_acme.Caller, key, "1.1.0", "It lets everything through.", default);

        var shown = await _given.Marketplace.GetAsync(_acme.Caller, key, null, default);
        (shown.Version.Version, shown.Versions[0].YankReason, shown.Dependents).ShouldBe(("1.0.0", "It lets everything through.", shown.Dependents));
        shown.Dependents.ShouldBe([other]);
        await _given.Lifecycle.UnyankAsync(_acme.Caller, key, "1.1.0", default);
        (await _given.Marketplace.GetAsync(_acme.Caller, key, null, default)).Version.Version.ShouldBe("1.1.0");
    }

    [Fact]
    public async Task RemoveAsync_LeavesATombstone_WhoseNameNobodyGets()
    {
        var publisher = await _given.PublisherAsync(_acme.Caller);
        var key = $"{publisher}.guard";
        await _given.PublishAsync(_acme.Caller, key);
        await _given.Lifecycle.RemoveAsync(_acme.Caller, key, "It is broken.", default);
        (await KeysAsync(_acme.Caller, publisher)).ShouldBeEmpty();
        (await Should.ThrowAsync<ConflictException>(_given.PublishAsync(_acme.Caller, key, "2.0.0"))).Message.ShouldContain("removed from the marketplace for good");
        (await Should.ThrowAsync<ConflictException>(_given.Publishers.DeleteAsync(_acme.Caller, publisher, default))).Code.ShouldBe("publisher.has_plugins");

        // Also when the organization itself is gone.
        await using (var db = await fixture.Data.OpenAsync(Caller.Installation, default))
        {
            await db.PluginPackages.Where(p => p.OrganizationId == _acme.Id).ExecuteDeleteAsync();
            await db.PluginVersions.Where(p => p.OrganizationId == _acme.Id).ExecuteDeleteAsync();
            await db.Plugins.Where(p => p.OrganizationId == _acme.Id).ExecuteDeleteAsync();
            await db.PublisherMembers.Where(p => p.OrganizationId == _acme.Id).ExecuteDeleteAsync();
            await db.Publishers.Where(p => p.OrganizationId == _acme.Id).ExecuteDeleteAsync();
        }

        (await Should.ThrowAsync<ConflictException>(_given.PublisherAsync(_globex.Caller, publisher))).Message.ShouldContain("is taken");
    }

    [Fact]
    public async Task AcceptAsync_Offered_TakesOverEverything()
    {
        var publisher = await _given.PublisherAsync(_acme.Caller);
        var key = $"{publisher}.guard";
        await _given.PublishAsync(_acme.Caller, key);
        await Should.ThrowAsync<NotFoundException>(_given.People.AcceptAsync(_globex.Caller, publisher, default));

        await _given.People.OfferAsync(_acme.Caller, publisher, await SlugAsync(_globex.Id), default);
        (await _given.People.OffersAsync(_globex.Caller, default)).Select(p => p.Name).ShouldBe([publisher]);
        (await _given.People.AcceptAsync(_globex.Caller, publisher, default)).IsOwn.ShouldBeTrue();

        await _given.PublishAsync(_globex.Caller, key, "1.1.0");
        await Should.ThrowAsync<NotFoundException>(_given.Marketplace.GetAsync(_acme.Caller, key, null, default));
    }

    [Fact]
    public async Task DeprecateAsync_WantsAReasonAndAReplacementThatIsThere()
    {
        var key = $"{await _given.PublisherAsync(_acme.Caller)}.guard";
        await _given.PublishAsync(_acme.Caller, key);
        (await Should.ThrowAsync<InvalidException>(_given.Lifecycle.DeprecateAsync(_acme.Caller, key, "", "nobody.nothing", default))).Errors.Keys.ShouldBe(["message", "replacement"], ignoreOrder: true);
        (await _given.Lifecycle.DeprecateAsync(_acme.Caller, key, "Use the new one.", null, default)).DeprecatedAt.ShouldNotBeNull();
        (await _given.Lifecycle.UndeprecateAsync(_acme.Caller, key, default)).DeprecatedAt.ShouldBeNull();
    }

    private async Task<IEnumerable<string>> KeysAsync(Caller caller, string publisher) =>
        (await _given.Marketplace.SearchAsync(caller, new PluginFilter(Publisher: publisher), PluginSort.Relevance, new PageRequest(), default)).Items.Select(i => i.Plugin.Key);

    private async Task<string> SlugAsync(Guid organization)
    {
        await using var db = await fixture.Data.OpenAsync(Caller.Installation, default);
        return await db.Organizations.Where(o => o.Id == organization).Select(o => o.Slug).SingleAsync();
    }
}
