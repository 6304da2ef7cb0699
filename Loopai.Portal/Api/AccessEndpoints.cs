using Loopai.Core.Access;
using Loopai.Core.Data;
using Microsoft.AspNetCore.Http.HttpResults;

namespace Loopai.Portal.Api;

/// <summary>Permissions, roles, grants, and why somebody may or may not do something.</summary>
public static class AccessEndpoints
{
    public static void MapAccess(this IEndpointRouteBuilder api)
    {
        api.MapGet("/permissions", ListPermissions).WithTags("Access").WithSummary("List every permission, and which of them the key holds");
        api.MapGet("/access/explain", ExplainAsync).WithTags("Access").WithSummary("Tell why a member or a key may or may not do something: the grants that decide");

        var roles = api.MapGroup("/roles").WithTags("Access");
        roles.MapGet("/", ListRolesAsync).WithSummary("List roles, the built-in ones first");
        roles.MapPost("/", CreateRoleAsync).WithSummary("Make a role of permissions that you hold");
        roles.MapGet("/{id}", GetRoleAsync).WithSummary("Read a role");
        roles.MapPatch("/{id}", UpdateRoleAsync).WithSummary("Change a role for everybody who holds it; If-Match guards against overwriting");
        roles.MapDelete("/{id}", DeleteRoleAsync).WithSummary("Delete a role with all grants of it");
        roles.MapPost("/{id}/preview", PreviewRoleAsync).WithSummary("Tell who would gain and who would lose what; nothing is changed");

        var grants = api.MapGroup("/grants").WithTags("Access");
        grants.MapGet("/", ListGrantsAsync).WithSummary("List grants, of everybody or of one member or team");
        grants.MapPost("/", CreateGrantAsync).WithSummary("Give a member or a team a role");
        grants.MapDelete("/{id:guid}", DeleteGrantAsync).WithSummary("Take a role back");
    }

    private static Ok<PermissionList> ListPermissions(Caller caller) => TypedResults.Ok(new PermissionList(
        [.. PermissionCatalog.All.Select(p => new PermissionResponse(p.Name, p.Description, p.OnTask, p.OnEnvironment, caller.MaySomewhere(p.Name)))], null));

    private static async Task<Ok<Explanation>> ExplainAsync(
        Guid subject, string permission, Guid? on, Caller caller, ExplainService explain, CancellationToken ct) =>
        TypedResults.Ok(await explain.ExplainAsync(caller, subject, permission, on, ct));

    private static async Task<Ok<RoleList>> ListRolesAsync(Caller caller, RoleService roles, CancellationToken ct) =>
        TypedResults.Ok(new RoleList([.. (await roles.ListAsync(caller, ct)).Select(RoleResponse.Of)], null));

    private static async Task<Created<RoleResponse>> CreateRoleAsync(RoleRequest body, Caller caller, RoleService roles, HttpResponse response, CancellationToken ct)
    {
        var role = await roles.CreateAsync(caller, body.ToDraft(), ct);
        response.Headers.ETag = Revisions.ETag(role.Revision);
        return TypedResults.Created($"{ApiPipeline.Prefix}/roles/{role.Id}", RoleResponse.Of(role));
    }

    private static async Task<Ok<RoleResponse>> GetRoleAsync(string id, Caller caller, RoleService roles, HttpResponse response, CancellationToken ct)
    {
        var entry = await roles.GetAsync(caller, id, ct);
        response.Headers.ETag = Revisions.ETag(entry.Revision);
        return TypedResults.Ok(RoleResponse.Of(entry));
    }

    private static async Task<Ok<RoleResponse>> UpdateRoleAsync(
        string id, RoleRequest body, Caller caller, RoleService roles, HttpRequest request, HttpResponse response, CancellationToken ct)
    {
        var role = await roles.UpdateAsync(caller, id, body.ToDraft(), Revisions.IfMatch(request), ct);
        response.Headers.ETag = Revisions.ETag(role.Revision);
        return TypedResults.Ok(RoleResponse.Of(role));
    }

    private static async Task<NoContent> DeleteRoleAsync(string id, Caller caller, RoleService roles, CancellationToken ct)
    {
        await roles.DeleteAsync(caller, id, ct);
        return TypedResults.NoContent();
    }

    private static async Task<Ok<RolePreviewResponse>> PreviewRoleAsync(string id, RolePreviewRequest body, Caller caller, RoleService roles, CancellationToken ct) =>
        TypedResults.Ok(new RolePreviewResponse(await roles.PreviewAsync(caller, id, body.Permissions, ct)));

    private static async Task<Ok<Page<GrantResponse>>> ListGrantsAsync(
        Caller caller, GrantService grants, [AsParameters] PageQuery page, Guid? userId, Guid? teamId, CancellationToken ct)
    {
        Holder? holder = userId is null && teamId is null ? null : new Holder(userId, teamId);
        return TypedResults.Ok((await grants.ListAsync(caller, holder, page.ToRequest(), ct)).Select(GrantResponse.Of));
    }

    private static async Task<Created<GrantResponse>> CreateGrantAsync(NewGrantRequest body, Caller caller, GrantService grants, CancellationToken ct)
    {
        var grant = await grants.CreateAsync(caller, new Holder(body.UserId, body.TeamId), new WantedGrant(body.Role ?? "", body.EnvironmentId, body.TaskId), ct);
        return TypedResults.Created($"{ApiPipeline.Prefix}/grants/{grant.Id}", GrantResponse.Of(grant));
    }

    private static async Task<NoContent> DeleteGrantAsync(Guid id, Caller caller, GrantService grants, CancellationToken ct)
    {
        await grants.DeleteAsync(caller, id, ct);
        return TypedResults.NoContent();
    }
}
