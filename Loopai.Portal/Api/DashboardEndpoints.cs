using Loopai.Core.Access;
using Loopai.Core.Analytics.Dashboards;
using Microsoft.AspNetCore.Http.HttpResults;

namespace Loopai.Portal.Api;

/// <summary>Boards: built in, shared, and one's own.</summary>
public static class DashboardEndpoints
{
    public static void MapDashboards(this IEndpointRouteBuilder api)
    {
        var boards = api.MapGroup("/dashboards").WithTags("Analytics");
        boards.MapGet("/", ListAsync).WithSummary("List boards, the built-in ones first");
        boards.MapPost("/", CreateAsync).WithSummary("Make a board");
        boards.MapGet("/{id}", GetAsync).WithSummary("Read a board by its id, or a built-in one by its name");
        boards.MapPatch("/{id:guid}", UpdateAsync).WithSummary("Change what is given; If-Match guards against overwriting");
        boards.MapDelete("/{id:guid}", DeleteAsync).WithSummary("Delete a board");
        boards.MapPut("/{id}/star", StarAsync).WithSummary("Star a board, for the person whose key it is");
        boards.MapDelete("/{id}/star", UnstarAsync).WithSummary("Take the star back");
    }

    private static async Task<Ok<BoardList>> ListAsync(Caller caller, DashboardService boards, CancellationToken ct) =>
        TypedResults.Ok(new BoardList(await boards.ListAsync(caller, ct), null));

    private static Task<Ok<Board>> GetAsync(string id, Caller caller, DashboardService boards, HttpResponse response, CancellationToken ct) =>
        AnswerAsync(boards.GetAsync(caller, id, ct), response);

    private static async Task<Created<Board>> CreateAsync(BoardDraft body, Caller caller, DashboardService boards, HttpResponse response, CancellationToken ct)
    {
        var board = await boards.CreateAsync(caller, body, ct);
        response.Headers.ETag = Revisions.ETag(board.Revision);
        return TypedResults.Created($"{ApiPipeline.Prefix}/dashboards/{board.Id}", board);
    }

    private static Task<Ok<Board>> UpdateAsync(
        Guid id, BoardDraft body, Caller caller, DashboardService boards, HttpRequest request, HttpResponse response, CancellationToken ct) =>
        AnswerAsync(boards.UpdateAsync(caller, id, body, Revisions.IfMatch(request), ct), response);

    private static async Task<NoContent> DeleteAsync(Guid id, Caller caller, DashboardService boards, CancellationToken ct)
    {
        await boards.DeleteAsync(caller, id, ct);
        return TypedResults.NoContent();
    }

    private static async Task<NoContent> StarAsync(string id, Caller caller, DashboardService boards, CancellationToken ct)
    {
        await boards.StarAsync(caller, id, starred: true, ct);
        return TypedResults.NoContent();
    }

    private static async Task<NoContent> UnstarAsync(string id, Caller caller, DashboardService boards, CancellationToken ct)
    {
        await boards.StarAsync(caller, id, starred: false, ct);
        return TypedResults.NoContent();
    }

    private static async Task<Ok<Board>> AnswerAsync(Task<Board> verb, HttpResponse response)
    {
        var board = await verb;
        response.Headers.ETag = Revisions.ETag(board.Revision);
        return TypedResults.Ok(board);
    }
}

/// <param name="Items">All that the caller may see.</param>
/// <param name="NextCursor">Always null: there are few.</param>
public sealed record BoardList(IReadOnlyList<Board> Items, string? NextCursor);
