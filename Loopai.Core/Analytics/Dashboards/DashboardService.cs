using Loopai.Core.Access;
using Loopai.Core.Audit;
using Loopai.Core.Data;
using Microsoft.EntityFrameworkCore;

namespace Loopai.Core.Analytics.Dashboards;

/// <summary>Makes, changes and lists boards. A board is its owner's alone until it is shared; then everybody sees it, and whoever may make boards may change it.</summary>
public sealed class DashboardService(LoopaiData data, TimeProvider time)
{
    private const int Most = 500;

    /// <summary>The built-in boards, then the others by name.</summary>
    public async Task<IReadOnlyList<Board>> ListAsync(Caller caller, CancellationToken ct)
    {
        caller.DemandOnTasks(Permissions.AnalyticsRead);
        await using var db = await data.OpenAsync(caller, ct);
        var stars = await StarsAsync(db, caller, ct);
        var own = await Visible(db, caller).OrderBy(b => b.Name).ThenBy(b => b.Id).Take(Most).ToListAsync(ct);
        var zone = await ZoneAsync(db, ct);
        return [.. BuiltInBoards.All.Select(b => b with { IsStarred = stars.Contains(b.Id), TimeZone = zone }), .. own.Select(b => Shown(b, caller, stars, zone))];
    }

    /// <summary>A board by its id, or a built-in one by its name.</summary>
    public async Task<Board> GetAsync(Caller caller, string id, CancellationToken ct)
    {
        caller.DemandOnTasks(Permissions.AnalyticsRead);
        await using var db = await data.OpenAsync(caller, ct);
        var stars = await StarsAsync(db, caller, ct);
        var zone = await ZoneAsync(db, ct);
        return BuiltInBoards.Find(id) is { } builtIn ? builtIn with { IsStarred = stars.Contains(id), TimeZone = zone } : Shown(await FindAsync(db, caller, id, ct), caller, stars, zone);
    }

    public async Task<Board> CreateAsync(Caller caller, BoardDraft draft, CancellationToken ct)
    {
        caller.Demand(Permissions.DashboardsWrite);
        BoardRules.Check(draft, isNew: true);
        var now = time.GetUtcNow();
        var board = new Dashboard
        {
            Id = Guid.CreateVersion7(), OrganizationId = caller.OrganizationId, Name = draft.Name!.Trim(), Description = draft.Description?.Trim() ?? "",
            OwnerId = caller.PersonId, OwnerName = caller.Name,

            // What belongs to nobody could be seen by nobody.
            IsShared = (draft.IsShared ?? false) || caller.PersonId is null,
            Content = (BoardContent.Of([.. draft.Panels ?? []]) with { TimeZone = Some(draft.TimeZone) }).ToString(), CreatedAt = now, UpdatedAt = now,
        };
        await using var db = await data.OpenAsync(caller, ct);
        db.Dashboards.Add(board);
        db.Record(caller, "dashboard.created", "dashboard", board.Id, new { board.Name, board.IsShared });
        await db.SaveChangesAsync(ct);
        return Shown(board, caller, [], await ZoneAsync(db, ct));
    }

    /// <summary>Changes what is given, and leaves the rest.</summary>
    public async Task<Board> UpdateAsync(Caller caller, Guid id, BoardDraft draft, int? expectedRevision, CancellationToken ct)
    {
        caller.Demand(Permissions.DashboardsWrite);
        BoardRules.Check(draft, isNew: false);
        await using var db = await data.OpenAsync(caller, ct);
        var board = await FindAsync(db, caller, id.ToString(), ct);
        if (expectedRevision is { } expected && expected != board.Revision)
        {
            throw DashboardErrors.ChangedMeanwhile();
        }

        var before = new { board.Name, board.Description, board.IsShared };
        board.Name = draft.Name?.Trim() ?? board.Name;
        board.Description = draft.Description?.Trim() ?? board.Description;
        board.IsShared = (draft.IsShared ?? board.IsShared) || board.OwnerId is null;
        var content = BoardContent.Parse(board.Content);
        board.Content = (content with { Panels = draft.Panels is { } panels ? [.. panels] : content.Panels, TimeZone = draft.TimeZone is null ? content.TimeZone : Some(draft.TimeZone) }).ToString();
        board.Revision++;
        board.UpdatedAt = time.GetUtcNow();
        db.Record(caller, "dashboard.updated", "dashboard", id, new { before, after = new { board.Name, board.Description, board.IsShared } });
        await SaveAsync(db, ct);
        return Shown(board, caller, await StarsAsync(db, caller, ct), await ZoneAsync(db, ct));
    }

    public async Task DeleteAsync(Caller caller, Guid id, CancellationToken ct)
    {
        caller.Demand(Permissions.DashboardsWrite);
        await using var db = await data.OpenAsync(caller, ct);
        var board = await FindAsync(db, caller, id.ToString(), ct);
        db.Dashboards.Remove(board);
        var key = id.ToString();
        db.DashboardStars.RemoveRange(await db.DashboardStars.Where(s => s.Board == key).ToListAsync(ct));
        db.Record(caller, "dashboard.deleted", "dashboard", id, new { board.Name });
        await SaveAsync(db, ct);
    }

    /// <summary>Gives a board the caller's star, or takes it back. Twice changes nothing.</summary>
    public async Task StarAsync(Caller caller, string id, bool starred, CancellationToken ct)
    {
        var board = await GetAsync(caller, id, ct);
        var person = caller.PersonId ?? throw DashboardErrors.OnlyPeopleStar();
        if (board.IsStarred == starred)
        {
            return;
        }

        await using var db = await data.OpenAsync(caller, ct);
        if (!starred)
        {
            await db.DashboardStars.Where(s => s.UserId == person && s.Board == board.Id).ExecuteDeleteAsync(ct);
            return;
        }

        db.DashboardStars.Add(new DashboardStar { OrganizationId = caller.OrganizationId, UserId = person, Board = board.Id });
        try
        {
            await db.SaveChangesAsync(ct);
        }
        catch (DbUpdateException) when (!ct.IsCancellationRequested)
        {
            // Starred in another window at the same moment: it is what was wanted.
        }
    }

    private static IQueryable<Dashboard> Visible(LoopaiDbContext db, Caller caller) =>
        db.Dashboards.Where(b => b.IsShared || (b.OwnerId != null && b.OwnerId == caller.PersonId));

    private static async Task<Dashboard> FindAsync(LoopaiDbContext db, Caller caller, string id, CancellationToken ct) =>
        (Guid.TryParse(id, out var key) ? await Visible(db, caller).FirstOrDefaultAsync(b => b.Id == key, ct) : null) ?? throw DashboardErrors.NotFound(id);

    private static async Task<HashSet<string>> StarsAsync(LoopaiDbContext db, Caller caller, CancellationToken ct) =>
        caller.PersonId is { } person ? [.. await db.DashboardStars.Where(s => s.UserId == person).Select(s => s.Board).ToListAsync(ct)] : [];

    private static Board Shown(Dashboard board, Caller caller, HashSet<string> stars, string zone)
    {
        var content = BoardContent.Parse(board.Content);
        return new Board(
            board.Id.ToString(), board.Name, board.Description, content, board.OwnerName, IsBuiltIn: false, board.IsShared,
            board.OwnerId is { } owner && owner == caller.PersonId, stars.Contains(board.Id.ToString()), board.Revision, board.UpdatedAt, content.TimeZone ?? zone);
    }

    private static Task<string> ZoneAsync(LoopaiDbContext db, CancellationToken ct) =>
        db.Organizations.Where(o => o.Id == db.OrganizationId).Select(o => o.TimeZone).FirstAsync(ct);

    private static string? Some(string? zone) => string.IsNullOrWhiteSpace(zone) ? null : zone.Trim();

    private static async Task SaveAsync(LoopaiDbContext db, CancellationToken ct)
    {
        try
        {
            await db.SaveChangesAsync(ct);
        }
        catch (DbUpdateConcurrencyException)
        {
            throw DashboardErrors.ChangedMeanwhile();
        }
    }
}
