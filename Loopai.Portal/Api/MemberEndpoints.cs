using Loopai.Core.Access;
using Loopai.Core.Data;
using Loopai.Core.Organizations;
using Microsoft.AspNetCore.Http.HttpResults;

namespace Loopai.Portal.Api;

/// <summary>Members and invitations.</summary>
public static class MemberEndpoints
{
    public static void MapMembers(this IEndpointRouteBuilder api)
    {
        var members = api.MapGroup("/members").WithTags("Members");
        members.MapGet("/", ListAsync).WithSummary("List members with what they hold");
        members.MapGet("/{id:guid}", GetAsync).WithSummary("Read a member");
        members.MapPut("/{id:guid}/grants", SetGrantsAsync).WithSummary("Set what a member holds by hand; what a directory keeps stays");
        members.MapPost("/{id:guid}/deactivate", DeactivateAsync).WithSummary("Shut a member out at once; what they hold is kept");
        members.MapPost("/{id:guid}/reactivate", ReactivateAsync).WithSummary("Let a member in again");
        members.MapDelete("/{id:guid}", RemoveAsync).WithSummary("Remove a member with all they hold");
        members.MapPost("/leave", LeaveAsync).WithSummary("Leave the organization, as the person behind the key");

        var invitations = api.MapGroup("/invitations").WithTags("Members");
        invitations.MapGet("/", ListInvitationsAsync).WithSummary("List invitations, newest first");
        invitations.MapPost("/", InviteAsync).WithSummary("Invite a person by e-mail");
        invitations.MapPost("/accept", AcceptAsync).WithSummary("Accept an invitation, as the person behind the key");
        invitations.MapPost("/{id:guid}/resend", ResendAsync).WithSummary("Send an invitation again with a new link");
        invitations.MapDelete("/{id:guid}", RevokeAsync).WithSummary("Take an invitation back");
    }

    private static async Task<Ok<Page<MemberResponse>>> ListAsync(
        Caller caller, MemberDirectory members, [AsParameters] PageQuery page, string? search, string? status, Guid? teamId, string? role, CancellationToken ct)
    {
        var filter = new MemberFilter(search, QueryWords.Parse<MembershipStatus>(status, "status"), teamId, role);
        return TypedResults.Ok((await members.ListAsync(caller, filter, page.ToRequest(), ct)).Select(MemberResponse.Of));
    }

    private static async Task<Ok<MemberResponse>> GetAsync(Guid id, Caller caller, MemberDirectory members, CancellationToken ct) =>
        TypedResults.Ok(MemberResponse.Of(await members.GetAsync(caller, id, ct)));

    private static async Task<Ok<MemberResponse>> SetGrantsAsync(
        Guid id, GrantsRequest body, Caller caller, GrantService grants, MemberDirectory members, CancellationToken ct)
    {
        await grants.SetAsync(caller, Holder.User(id), [.. (body.Grants ?? []).Select(g => g.ToWanted())], AccessSource.Manual, ct);
        return await GetAsync(id, caller, members, ct);
    }

    private static async Task<NoContent> DeactivateAsync(Guid id, Caller caller, MemberService members, CancellationToken ct)
    {
        await members.DeactivateAsync(caller, id, ct);
        return TypedResults.NoContent();
    }

    private static async Task<NoContent> ReactivateAsync(Guid id, Caller caller, MemberService members, CancellationToken ct)
    {
        await members.ReactivateAsync(caller, id, ct);
        return TypedResults.NoContent();
    }

    private static async Task<NoContent> RemoveAsync(Guid id, Caller caller, MemberService members, CancellationToken ct)
    {
        await members.RemoveAsync(caller, id, ct);
        return TypedResults.NoContent();
    }

    private static async Task<NoContent> LeaveAsync(Caller caller, OrganizationService organizations, MemberService members, CancellationToken ct)
    {
        await organizations.PersonAsync(caller, ct);
        await members.LeaveAsync(caller, ct);
        return TypedResults.NoContent();
    }

    private static async Task<Ok<Page<InvitationResponse>>> ListInvitationsAsync(
        Caller caller, InvitationService invitations, TimeProvider time, [AsParameters] PageQuery page, CancellationToken ct)
    {
        var now = time.GetUtcNow();
        return TypedResults.Ok((await invitations.ListAsync(caller, page.ToRequest(), ct)).Select(i => InvitationResponse.Of(i, now)));
    }

    private static async Task<Created<InvitationResponse>> InviteAsync(
        InvitationRequest body, Caller caller, InvitationService invitations, TimeProvider time, CancellationToken ct)
    {
        var sent = await invitations.CreateAsync(caller, body.Email, [.. (body.Grants ?? []).Select(g => g.ToWanted())], body.TeamIds ?? [], ct);
        return TypedResults.Created($"{ApiPipeline.Prefix}/invitations/{sent.Invitation.Id}", InvitationResponse.Of(sent, time.GetUtcNow()));
    }

    private static async Task<Ok<OrganizationResponse>> AcceptAsync(
        AcceptRequest body, Caller caller, OrganizationService organizations, InvitationAcceptance invitations, CancellationToken ct) =>
        TypedResults.Ok(OrganizationResponse.Of(await invitations.AcceptAsync(body.Token ?? "", await organizations.PersonAsync(caller, ct), ct)));

    private static async Task<Ok<InvitationResponse>> ResendAsync(Guid id, Caller caller, InvitationService invitations, TimeProvider time, CancellationToken ct) =>
        TypedResults.Ok(InvitationResponse.Of(await invitations.ResendAsync(caller, id, ct), time.GetUtcNow()));

    private static async Task<NoContent> RevokeAsync(Guid id, Caller caller, InvitationService invitations, CancellationToken ct)
    {
        await invitations.RevokeAsync(caller, id, ct);
        return TypedResults.NoContent();
    }
}
