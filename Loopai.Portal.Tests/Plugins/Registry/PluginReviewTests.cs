using Loopai.Core.Access;
using Loopai.Core.Data;
using Loopai.Core.Errors;
using Loopai.Core.Plugins.Installations;
using Loopai.Core.Plugins.Marketplace;
using Loopai.Core.Plugins.Packages;
using Loopai.Core.Plugins.Registry;
using Loopai.Portal.Tests.Data;
using Microsoft.EntityFrameworkCore;

namespace Loopai.Portal.Tests.Plugins.Registry;

/// <summary>What organizations say of a plugin of another one.</summary>
public sealed class PluginReviewTests(LoopaiDatabaseFixture fixture) : IClassFixture<LoopaiDatabaseFixture>, IAsyncLifetime
{
    private readonly GivenRegistry _given = new(fixture.Database);
    private PluginReviews _reviews = null!;
    private TestOrganization _author = null!;
    private TestOrganization _user = null!;
    private string _key = "";

    public async Task InitializeAsync()
    {
        _reviews = new PluginReviews(fixture.Data, _given.Clock);
        (_author, _user) = (await fixture.Database.AddOrganizationAsync("author"), await fixture.Database.AddOrganizationAsync("user"));
        _key = $"{await _given.PublisherAsync(_author.Caller)}.guard";
        await _given.PublishAsync(_author.Caller, _key, isPublic: true);
    }

    public Task DisposeAsync() => Task.CompletedTask;

    [Fact]
    public async Task PutAsync_AfterTwentyCalls_CountsOncePerOrganization()
    {
        (await Should.ThrowAsync<ConflictException>(_reviews.PutAsync(_user.Caller, _key, 4, null, default))).Code.ShouldBe("plugin.not_run_enough");
        await RunAsync(_user, PluginReview.CallsNeeded - 1);
        (await Should.ThrowAsync<ConflictException>(_reviews.PutAsync(_user.Caller, _key, 4, null, default))).Message.ShouldContain("yours made 19");
        await RunAsync(_user, 1);
        (await _reviews.StandingAsync(_user.Caller, _key, default)).ShouldBe(new PluginReviewStanding(null, PluginReview.CallsNeeded, IsOwnPlugin: false, MayRate: true));

        (await Should.ThrowAsync<InvalidException>(_reviews.PutAsync(_user.Caller, _key, 6, new string('x', PluginReview.MaxTextLength + 1), default))).Errors.Keys.ShouldBe(["stars", "text"], ignoreOrder: true);
        await _reviews.PutAsync(_user.Caller, _key, 4, " Good. ", default);
        (await _reviews.PutAsync(_user.Caller, _key, 2, "Not so good.", default)).Review.Version.ShouldBe("1.0.0");
        var other = await UserAsync();
        await _reviews.PutAsync(other.Caller, _key, 5, null, default);
        (await FiguresAsync()).ShouldBe((2, 7));

        // Everybody reads both; whose they are is known of one's own.
        var read = await _reviews.ListAsync(_user.Caller, _key, new PageRequest(), default);
        read.Items.Select(i => (i.Review.Stars, i.IsOwn, i.Review.Text)).ShouldBe([(5, false, null), (2, true, "Not so good.")], ignoreOrder: true);
        var first = await _reviews.ListAsync(_author.Caller, _key, new PageRequest(1), default);
        var second = await _reviews.ListAsync(_author.Caller, _key, new PageRequest(1, first.NextCursor), default);
        second.Items.Single().Review.Id.ShouldNotBe(first.Items.Single().Review.Id);
        second.NextCursor.ShouldBeNull();

        await _reviews.DeleteAsync(other.Caller, _key, default);
        (await FiguresAsync()).ShouldBe((1, 2));
        await Should.ThrowAsync<NotFoundException>(_reviews.DeleteAsync(other.Caller, _key, default));
    }

    [Fact]
    public async Task PutAsync_OnesOwnPlugin_OrAPrivateOne_IsRefused()
    {
        (await Should.ThrowAsync<ConflictException>(_reviews.PutAsync(_author.Caller, _key, 5, null, default))).Code.ShouldBe("plugin.own_plugin");
        var hidden = _key + "-private";
        await _given.PublishAsync(_author.Caller, hidden);
        await Should.ThrowAsync<NotFoundException>(_reviews.PutAsync(_user.Caller, hidden, 5, null, default));
        await Should.ThrowAsync<NotFoundException>(_reviews.ListAsync(_user.Caller, hidden, new PageRequest(), default));
    }

    [Fact]
    public async Task ReplyAsync_IsTheAuthorsAlone()
    {
        await RunAsync(_user, PluginReview.CallsNeeded);
        var review = (await _reviews.PutAsync(_user.Caller, _key, 3, "Slow.", default)).Review.Id;
        await Should.ThrowAsync<NotFoundException>(_reviews.ReplyAsync(_user.Caller, _key, review, "Mine.", default));
        await _reviews.ReplyAsync(_author.Caller, _key, review, "Faster now.", default);
        await _reviews.ReplyAsync(_author.Caller, _key, review, "Twice as fast.", default);
        (await _reviews.StandingAsync(_user.Caller, _key, default)).Review!.Reply!.Text.ShouldBe("Twice as fast.");
        await _reviews.ReplyAsync(_author.Caller, _key, review, " ", default);
        (await _reviews.ListAsync(_user.Caller, _key, new PageRequest(), default)).Items.Single().Reply.ShouldBeNull();
    }

    [Fact]
    public async Task ReportAsync_ByEnoughOrganizations_HidesTheReview()
    {
        await RunAsync(_user, PluginReview.CallsNeeded);
        var review = (await _reviews.PutAsync(_user.Caller, _key, 1, "It names a person.", default)).Review.Id;
        (await Should.ThrowAsync<ConflictException>(_reviews.ReportAsync(_user.Caller, _key, review, "Mine.", default))).Code.ShouldBe("plugin.own_review");
        await Should.ThrowAsync<InvalidException>(_reviews.ReportAsync(_author.Caller, _key, review, " ", default));
        for (var reports = 0; reports < PluginReviews.ReportsToHide - 1; reports++)
        {
            var reporter = await fixture.Database.AddOrganizationAsync($"reporter{reports}");
            await _reviews.ReportAsync(reporter.Caller, _key, review, "It names a person.", default);
            await _reviews.ReportAsync(reporter.Caller, _key, review, "Twice is once.", default);
        }

        (await FiguresAsync()).ShouldBe((1, 1));
        await _reviews.ReportAsync(_author.Caller, _key, review, "It names a person.", default);
        (await FiguresAsync()).ShouldBe((0, 0));
        (await _reviews.ListAsync(_author.Caller, _key, new PageRequest(), default)).Items.ShouldBeEmpty();
        (await _reviews.ListAsync(_user.Caller, _key, new PageRequest(), default)).Items.Single().Review.HiddenAt.ShouldNotBeNull();

        // It is not washed clean by saying it again.
        (await Should.ThrowAsync<ConflictException>(_reviews.DeleteAsync(_user.Caller, _key, default))).Code.ShouldBe("plugin.review_hidden");
        await _reviews.PutAsync(_user.Caller, _key, 5, "Better words.", default);
        (await FiguresAsync()).ShouldBe((0, 0));
    }

    private async Task<TestOrganization> UserAsync()
    {
        var made = await fixture.Database.AddOrganizationAsync("another");
        await RunAsync(made, PluginReview.CallsNeeded);
        return made;
    }

    /// <summary>As if the organization had it installed and called it so often.</summary>
    private async Task RunAsync(TestOrganization organization, int calls)
    {
        await using var db = await fixture.Data.OpenAsync(organization.Caller, default);
        var version = await db.PluginVersions.SingleAsync(v => v.PluginId == db.Plugins.Single(p => p.Key == _key).Id);
        var now = _given.Clock.GetUtcNow();
        var installation = await db.Set<PluginInstallation>().FirstOrDefaultAsync(i => i.PluginId == version.PluginId);
        if (installation is null)
        {
            installation = new PluginInstallation
            {
                Id = Guid.CreateVersion7(), OrganizationId = organization.Id, PluginId = version.PluginId, Key = _key, Kind = PluginKind.Validator, DisplayName = "Guard", Range = "^1.0.0",
                VersionId = version.Id, Version = version.Version, Lock = [], Configuration = "{}", InstalledBy = "test", InstalledAt = now, UpdatedAt = now,
            };
            db.Add(installation);
        }

        db.Add(new PluginHealth { InstallationId = installation.Id, Version = version.Version, StartsAt = now.AddMinutes(calls), OrganizationId = organization.Id, Calls = calls });
        await db.SaveChangesAsync();
    }

    private async Task<(int Ratings, int Stars)> FiguresAsync()
    {
        var plugin = (await _given.Marketplace.GetAsync(_author.Caller, _key, null, default)).Item.Plugin;
        return (plugin.Ratings, plugin.Stars);
    }
}
