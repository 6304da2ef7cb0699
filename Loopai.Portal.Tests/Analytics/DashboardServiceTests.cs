using Loopai.Core.Access;
using Loopai.Core.Analytics.Annotations;
using Loopai.Core.Analytics.Dashboards;
using Loopai.Core.Errors;
using Loopai.Portal.Tests.Data;

namespace Loopai.Portal.Tests.Analytics;

public sealed class DashboardServiceTests(LoopaiDatabaseFixture fixture) : IClassFixture<LoopaiDatabaseFixture>
{
    private readonly DashboardService _boards = new(fixture.Data, TimeProvider.System);

    [Fact]
    public async Task Boards_PrivateAndShared_AreSeenAndChangedByThoseWhoMay()
    {
        var organization = await fixture.Database.AddOrganizationAsync();
        var (ada, bob) = (Person(organization, "ada"), Person(organization, "bob"));
        var viewer = Caller.ForUser(Guid.CreateVersion7(), "eve", organization.Id, organization.EnvironmentId, [Permissions.AnalyticsRead]);

        var board = await _boards.CreateAsync(ada, new BoardDraft { Name = "Monday", Panels = BuiltInBoards.All[0].Content.Panels }, default);
        (await _boards.ListAsync(bob, default)).Select(b => b.Name).ShouldBe(["Usage", "Quality", "Latency", "Cost"]);
        await Should.ThrowAsync<NotFoundException>(_boards.GetAsync(bob, board.Id, default));

        var shared = await _boards.UpdateAsync(ada, Guid.Parse(board.Id), new BoardDraft { IsShared = true }, board.Revision, default);
        await _boards.UpdateAsync(bob, Guid.Parse(board.Id), new BoardDraft { Name = "Tuesday" }, shared.Revision, default);
        await Should.ThrowAsync<ChangedMeanwhileException>(_boards.UpdateAsync(ada, Guid.Parse(board.Id), new BoardDraft { Name = "Friday" }, shared.Revision, default));
        await Should.ThrowAsync<ForbiddenException>(_boards.DeleteAsync(viewer, Guid.Parse(board.Id), default));

        await _boards.StarAsync(viewer, board.Id, starred: true, default);
        await _boards.StarAsync(viewer, "quality", starred: true, default);
        (await _boards.ListAsync(viewer, default)).Where(b => b.IsStarred).Select(b => b.Name).ShouldBe(["Quality", "Tuesday"]);
        var seen = await _boards.GetAsync(viewer, board.Id, default);
        seen.Content.Panels.Select(p => p.Kind).ShouldBe(BuiltInBoards.All[0].Content.Panels.Select(p => p.Kind));

        var foreign = Person(await fixture.Database.AddOrganizationAsync(), "mal");
        await Should.ThrowAsync<NotFoundException>(_boards.GetAsync(foreign, board.Id, default));
    }

    [Fact]
    public void BuiltInBoards_EveryPanel_CanBeShown() => BuiltInBoards.All.SelectMany(b => b.Content.Panels).ShouldAllBe(p => p.Faults().Count == 0);

    [Fact]
    public async Task CreateAsync_EverythingWrong_SaysAllOfIt()
    {
        var organization = await fixture.Database.AddOrganizationAsync();

        var invalid = await Should.ThrowAsync<InvalidException>(_boards.CreateAsync(
            Person(organization, "ada"),
            new BoardDraft { Name = " ", Panels = [new BoardPanel { Id = "a", Title = "", Kind = PanelKind.Line, Metrics = ["cost", "errorRate"], Top = 0, Width = 5, Dimension = "moon" }] },
            default));

        invalid.Errors.Keys.ShouldBe(["name", "panels[0].title", "panels[0].metrics", "panels[0].dimension", "panels[0].top", "panels[0].width"], ignoreOrder: true);
    }

    [Fact]
    public async Task Annotations_ToldByAProgram_StandInItsEnvironmentAlone()
    {
        var organization = await fixture.Database.AddOrganizationAsync();
        var annotations = new AnnotationService(fixture.Data, TimeProvider.System);
        var now = DateTimeOffset.UtcNow;

        var mark = await annotations.CreateAsync(organization.Caller, new AnnotationDraft("Deployed 7", Url: "https://example.com/7", At: now.AddHours(-1)), default);

        (await annotations.ListAsync(organization.Caller, now.AddDays(-1), now, default)).ShouldBe([mark]);
        (await annotations.ListAsync(Caller.System(organization.Id, Guid.CreateVersion7()), now.AddDays(-1), now, default)).ShouldBeEmpty();
        (await Should.ThrowAsync<InvalidException>(annotations.CreateAsync(organization.Caller, new AnnotationDraft("", Url: "javascript:alert(1)", TaskId: null), default)))
            .Errors.Keys.ShouldBe(["title", "url"], ignoreOrder: true);
    }

    private static Caller Person(TestOrganization organization, string name) =>
        Caller.ForUser(Guid.CreateVersion7(), name, organization.Id, organization.EnvironmentId, [Permissions.AnalyticsRead, Permissions.DashboardsWrite]);
}
