using Loopai.Core.Access;
using Loopai.Core.Organizations;
using Microsoft.AspNetCore.Http.HttpResults;

namespace Loopai.Portal.Api;

/// <summary>Teams: groups of members that hold grants together.</summary>
public static class TeamEndpoints
{
    public static void MapTeams(this IEndpointRouteBuilder api)
    {
        var teams = api.MapGroup("/teams").WithTags("Members");
        teams.MapGet("/", ListAsync).WithSummary("List teams");
        teams.MapPost("/", CreateAsync).WithSummary("Make a team");
        teams.MapGet("/{id:guid}", GetAsync).WithSummary("Read a team with who is in it");
        teams.MapPatch("/{id:guid}", UpdateAsync).WithSummary("Rename or describe a team");
        teams.MapDelete("/{id:guid}", DeleteAsync).WithSummary("Delete a team with its grants; its people stay members");
        teams.MapPut("/{id:guid}/members/{userId:guid}", AddMemberAsync).WithSummary("Put a member into a team");
        teams.MapDelete("/{id:guid}/members/{userId:guid}", RemoveMemberAsync).WithSummary("Take a member out of a team");
    }

    private static async Task<Ok<TeamList>> ListAsync(Caller caller, TeamService teams, CancellationToken ct) =>
        TypedResults.Ok(new TeamList([.. (await teams.ListAsync(caller, ct)).Select(t => TeamResponse.Of(t.Team, t.Members))], null));

    private static async Task<Created<TeamResponse>> CreateAsync(TeamRequest body, Caller caller, TeamService teams, CancellationToken ct)
    {
        var team = await teams.CreateAsync(caller, body.Name, body.Description, ct);
        return TypedResults.Created($"{ApiPipeline.Prefix}/teams/{team.Id}", TeamResponse.Of(team, 0));
    }

    private static async Task<Ok<TeamResponse>> GetAsync(Guid id, Caller caller, TeamService teams, CancellationToken ct)
    {
        var detail = await teams.GetAsync(caller, id, ct);
        return TypedResults.Ok(TeamResponse.Of(detail.Team, detail.Members.DistinctBy(m => m.UserId).Count(), detail.Members));
    }

    private static async Task<Ok<TeamResponse>> UpdateAsync(Guid id, TeamRequest body, Caller caller, TeamService teams, CancellationToken ct)
    {
        await teams.UpdateAsync(caller, id, body.Name, body.Description, ct);
        return await GetAsync(id, caller, teams, ct);
    }

    private static async Task<NoContent> DeleteAsync(Guid id, Caller caller, TeamService teams, CancellationToken ct)
    {
        await teams.DeleteAsync(caller, id, ct);
        return TypedResults.NoContent();
    }

    private static async Task<NoContent> AddMemberAsync(Guid id, Guid userId, Caller caller, TeamService teams, CancellationToken ct)
    {
        await teams.AddMemberAsync(caller, id, userId, AccessSource.Manual, ct);
        return TypedResults.NoContent();
    }

    private static async Task<NoContent> RemoveMemberAsync(Guid id, Guid userId, Caller caller, TeamService teams, CancellationToken ct)
    {
        await teams.RemoveMemberAsync(caller, id, userId, AccessSource.Manual, ct);
        return TypedResults.NoContent();
    }
}
