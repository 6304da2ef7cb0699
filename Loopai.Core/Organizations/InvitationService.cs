using System.Net.Mail;
using System.Security.Cryptography;
using System.Text;
using Loopai.Core.Access;
using Loopai.Core.Audit;
using Loopai.Core.Configuration;
using Loopai.Core.Data;
using Loopai.Core.Errors;
using Loopai.Core.Notifications;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.Logging;

namespace Loopai.Core.Organizations;

/// <summary>Invites people by e-mail. The link carries a secret of which only a hash is kept; where no mail is configured, the inviter hands the link over.</summary>
public sealed class InvitationService(LoopaiData data, IMailSender mail, PortalSettings portal, TimeProvider time, ILogger<InvitationService> log)
{
    /// <summary>Where an invitation leads; the secret follows.</summary>
    public const string Path = "/invitation/";

    public static readonly TimeSpan ValidFor = TimeSpan.FromDays(7);

    /// <summary>One window of the invitations, newest first.</summary>
    public async Task<Page<Invitation>> ListAsync(Caller caller, PageRequest page, CancellationToken ct)
    {
        caller.Demand(Permissions.MembersManage);
        page = page.Validated();
        await using var db = await data.OpenAsync(caller, ct);
        var rows = db.Invitations.AsNoTracking();
        if (Cursor.Decode<Before>(page.Cursor) is { } before)
        {
            rows = rows.Where(i => i.Id.CompareTo(before.Id) < 0);
        }

        var window = await rows.OrderByDescending(i => i.Id).Take(page.Limit + 1).ToListAsync(ct);
        return new Page<Invitation>([.. window.Take(page.Limit)], window.Count > page.Limit ? Cursor.Encode(new Before(window[page.Limit - 1].Id)) : null);
    }

    /// <summary>Offers a place to an address, with grants and teams that the caller could hand on. An open invitation of the same address is replaced.</summary>
    public async Task<SentInvitation> CreateAsync(Caller caller, string? email, IReadOnlyList<WantedGrant> grants, IReadOnlyList<Guid> teamIds, CancellationToken ct)
    {
        caller.Demand(Permissions.MembersManage);
        var address = email?.Trim() ?? "";
        new FieldErrors()
            .AddIf(address.Length > 256 || !MailAddress.TryCreate(address, out var parsed) || parsed.Address != address, "email", "Give one e-mail address, such as ada@example.com.")
            .ThrowIfAny("invitation.invalid", "The invitation cannot be made like this.");
        if (await IsMemberAsync(caller.OrganizationId, address, ct))
        {
            throw OrganizationErrors.AlreadyMember(address);
        }

        await using var change = await AccessChange.BeginAsync(data, caller, ct);
        await CheckAsync(change, caller, address, grants, teamIds, ct);
        var now = time.GetUtcNow();
        var lower = address.ToLowerInvariant();
        await foreach (var open in change.Db.Invitations.Where(i => i.Email.ToLower() == lower && i.AcceptedAt == null && i.RevokedAt == null).AsAsyncEnumerable().WithCancellation(ct))
        {
            open.RevokedAt = now;
        }

        var token = NewToken();
        var invitation = new Invitation
        {
            Id = Guid.CreateVersion7(), OrganizationId = caller.OrganizationId, Email = address, TokenHash = HashOf(token), Grants = [.. grants.Distinct()],
            TeamIds = [.. teamIds.Distinct()], InvitedBy = caller.Name, CreatedAt = now, ExpiresAt = now + ValidFor,
        };
        change.Db.Invitations.Add(invitation);
        change.Db.Record(caller, "invitation.created", "invitation", invitation.Id, new { invitation.Email, grants = invitation.Grants, teams = invitation.TeamIds, invitation.ExpiresAt });
        await change.CommitAsync(ct);
        return await SendAsync(invitation, token, ct);
    }

    /// <summary>Sends it again with a new link; the old link is dead.</summary>
    public async Task<SentInvitation> ResendAsync(Caller caller, Guid id, CancellationToken ct)
    {
        caller.Demand(Permissions.MembersManage);
        await using var change = await AccessChange.BeginAsync(data, caller, ct);
        var invitation = await FindAsync(change.Db, id, ct);
        if (invitation.StatusAt(time.GetUtcNow()) is InvitationStatus.Accepted or InvitationStatus.Revoked)
        {
            throw OrganizationErrors.InvitationClosed(invitation.AcceptedAt is null ? "revoked" : "accepted");
        }

        // Who sends it hands on what it offers, as the one who made it did.
        await CheckAsync(change, caller, invitation.Email, invitation.Grants, invitation.TeamIds, ct);
        var token = NewToken();
        (invitation.TokenHash, invitation.ExpiresAt) = (HashOf(token), time.GetUtcNow() + ValidFor);
        change.Db.Record(caller, "invitation.resent", "invitation", id, new { invitation.Email, invitation.ExpiresAt });
        await change.CommitAsync(ct);
        return await SendAsync(invitation, token, ct);
    }

    /// <summary>Takes an invitation back. Doing it twice changes nothing; one that was accepted is a membership by now.</summary>
    public async Task RevokeAsync(Caller caller, Guid id, CancellationToken ct)
    {
        caller.Demand(Permissions.MembersManage);
        await using var change = await AccessChange.BeginAsync(data, caller, ct);
        var invitation = await FindAsync(change.Db, id, ct);
        if (invitation.AcceptedAt is not null)
        {
            throw OrganizationErrors.InvitationClosed("accepted");
        }

        if (invitation.RevokedAt is null)
        {
            invitation.RevokedAt = time.GetUtcNow();
            change.Db.Record(caller, "invitation.revoked", "invitation", id, new { invitation.Email });
            await change.CommitAsync(ct);
        }
    }

    private static async Task CheckAsync(
        AccessChange change, Caller caller, string address, IReadOnlyList<WantedGrant> grants, IReadOnlyList<Guid> teamIds, CancellationToken ct)
    {
        var roles = await change.Db.RolesAsync(change.OrganizationId, ct);
        await change.Db.CheckAsync(change.OrganizationId, grants, roles, ct);
        var allowed = (await change.Db.Organizations.Select(o => o.AllowedEmailDomains).SingleAsync(ct)).Split(' ', StringSplitOptions.RemoveEmptyEntries);
        var domain = address[(address.LastIndexOf('@') + 1)..].ToLowerInvariant();
        new FieldErrors()
            .AddIf(allowed.Length > 0 && !allowed.Contains(domain, StringComparer.Ordinal), "email", $"This organization invites only addresses of {string.Join(", ", allowed)}.")
            .ThrowIfAny("invitation.invalid", "The invitation cannot be made like this.");
        if (grants.Count > 0)
        {
            caller.Demand(Permissions.RolesManage);
        }

        foreach (var grant in grants)
        {
            caller.DemandHandOn(roles[grant.RoleId], grant.Scope);
        }

        foreach (var teamId in teamIds)
        {
            await change.Db.RequireTeamAsync(change.OrganizationId, teamId, ct);
            caller.DemandHandOn(await change.Db.Grants.Where(g => g.TeamId == teamId).ToListAsync(ct), roles);
        }
    }

    /// <summary>Mail is sent after the commit; when the server does not take it, the inviter still has the link.</summary>
    private async Task<SentInvitation> SendAsync(Invitation invitation, string token, CancellationToken ct)
    {
        var link = portal.LinkBase() + Path + token;
        if (!mail.IsConfigured)
        {
            return new SentInvitation(invitation, link, Sent: false);
        }

        try
        {
            var organization = await NameAsync(invitation.OrganizationId, ct);
            await mail.SendAsync(
                new MailDraft(invitation.Email, $"You are invited to {organization} on Loopai", $"""
                    {invitation.InvitedBy} invites you to {organization} on Loopai.

                    Open this link to accept; it is valid until {invitation.ExpiresAt:yyyy-MM-dd HH:mm} UTC and works once:
                    {link}

                    If you did not expect this, you need not do anything.
                    """),
                ct);
            return new SentInvitation(invitation, null, Sent: true);
        }
        catch (UnavailableException e)
        {
            log.LogWarning(e, "An invitation could not be sent; its link is shown to the inviter instead");
            return new SentInvitation(invitation, link, Sent: false);
        }
    }

    private async Task<string> NameAsync(Guid organizationId, CancellationToken ct)
    {
        await using var db = await data.OpenAsync(Caller.System(organizationId), ct);
        return await db.Organizations.Select(o => o.Name).SingleAsync(ct);
    }

    private async Task<bool> IsMemberAsync(Guid organizationId, string email, CancellationToken ct)
    {
        var normalized = email.ToUpperInvariant();
        await using var db = await data.OpenAsync(Caller.Installation, ct);
        return await db.Users.AnyAsync(u => u.NormalizedEmail == normalized && db.Memberships.Any(m => m.OrganizationId == organizationId && m.UserId == u.Id), ct);
    }

    private static async Task<Invitation> FindAsync(LoopaiDbContext db, Guid id, CancellationToken ct) =>
        await db.Invitations.FirstOrDefaultAsync(i => i.Id == id, ct) ?? throw OrganizationErrors.InvitationNotFound(id);

    private static string NewToken() => Convert.ToHexStringLower(RandomNumberGenerator.GetBytes(32));

    internal static byte[] HashOf(string token) => SHA256.HashData(Encoding.UTF8.GetBytes(token));

    private sealed record Before(Guid Id);
}

/// <param name="Invitation">The invitation.</param>
/// <param name="Link">The link to hand over; null where a mail carries it.</param>
/// <param name="Sent">Whether a mail is on its way.</param>
public sealed record SentInvitation(Invitation Invitation, string? Link, bool Sent);
