using Loopai.Core.Access;
using Loopai.Core.Audit;
using Loopai.Core.Data;
using Loopai.Core.Organizations;
using Microsoft.EntityFrameworkCore;

namespace Loopai.Core.Identity.SignOn;

/// <summary>
/// From a verified <see cref="ExternalIdentity"/> to the account that comes in, for every protocol alike: the protocols prove who somebody is at their
/// provider, this says who that is here.
/// </summary>
public sealed class SignOnService(LoopaiData data, SignOnSecrets secrets, SignOnAccess access, TimeProvider time)
{
    /// <summary>The connection that an address names, in whichever organization; null when there is none of that kind.</summary>
    public async Task<SignOnConnection?> FindAsync(Guid connectionId, SignOnKind kind, CancellationToken ct) =>
        await FindAsync(connectionId, ct) is { } found && found.Kind == kind ? found : null;

    /// <inheritdoc cref="FindAsync(Guid, SignOnKind, CancellationToken)"/>
    public async Task<SignOnConnection?> FindAsync(Guid connectionId, CancellationToken ct)
    {
        await using var db = await data.OpenAsync(Caller.Installation, ct);
        return await db.SignOnConnections.AsNoTracking().FirstOrDefaultAsync(c => c.Id == connectionId, ct);
    }

    /// <summary>Decides whom the identity brings in, makes or links the account where the rules say so, and records the sign-in or its refusal.</summary>
    /// <param name="connection">The connection that the identity came by.</param>
    /// <param name="identity">Who it is, as the protocol found.</param>
    /// <param name="origin">Where the browser is, for the audit log.</param>
    /// <param name="ct">Gives up.</param>
    public async Task<SignOnOutcome> CompleteAsync(SignOnConnection connection, ExternalIdentity identity, CallerOrigin? origin, CancellationToken ct)
    {
        if (!connection.Enabled)
        {
            return await RefuseAsync(connection, SignOnErrors.Disabled, identity.Email, origin, ct);
        }

        try
        {
            return await TryCompleteAsync(connection, identity, origin, ct);
        }
        catch (DbUpdateException e) when (e.IsRace())
        {
            // The same person came in twice at once, or an invitation made the account meanwhile: now it is there.
            return await TryCompleteAsync(connection, identity, origin, ct);
        }
    }

    /// <summary>Records that somebody was turned away, for a reason that the protocol or the rules found.</summary>
    public async Task<SignOnOutcome> RefuseAsync(SignOnConnection connection, SignOnRefusal refusal, string? who, CallerOrigin? origin, CancellationToken ct)
    {
        var caller = From(Caller.System(connection.OrganizationId), origin);
        await using var db = await data.OpenAsync(caller, ct);
        db.Record(
            caller, "sign_in.refused", "sign_on_connection", connection.Id, AuditResult.Refused, refusal.Message,
            new { connection.Name, who = Shortened(who), refusal.Code });
        await db.SaveChangesAsync(ct);
        return SignOnOutcome.Refused(refusal);
    }

    /// <summary>What <see cref="CompleteAsync"/> would decide and map, with nothing changed; kept as the result of the test run.</summary>
    public async Task<SignOnTestReport> CompleteTestAsync(
        SignOnConnection connection, Guid testRunId, IReadOnlyList<SignOnCheck> checks, ExternalIdentity? identity, CancellationToken ct)
    {
        await using var db = await data.OpenAsync(Caller.Installation, ct);
        var decision = identity is null ? null : SignOnRules.Decide(identity, (await FactsAsync(db, connection, identity, ct)).Facts);
        var report = new SignOnTestReport(
            checks, identity, decision, identity is null ? null : AccessMapping.Apply(connection.MappingRules(), identity));
        var now = time.GetUtcNow();
        var caller = Caller.System(connection.OrganizationId);
        await db.SignOnTestRuns.Where(r => r.Id == testRunId && r.ConnectionId == connection.Id && r.FinishedAt == null).ExecuteUpdateAsync(
            run => run.SetProperty(r => r.FinishedAt, now)
                .SetProperty(r => r.Passed, report.Passed)
                .SetProperty(r => r.Report, secrets.Protect(connection.OrganizationId, report.ToJson())),
            ct);
        await db.SignOnConnections.Where(c => c.Id == connection.Id).ExecuteUpdateAsync(
            set => set.SetProperty(c => c.TestedAt, now).SetProperty(c => c.TestPassed, report.Passed), ct);
        db.Record(caller, "sign_on.tested", "sign_on_connection", connection.Id, new { connection = connection.Name, report.Passed });
        await db.SaveChangesAsync(ct);
        return report;
    }

    /// <summary>What the provider of the person's last sign-in wants to see again when they sign out there.</summary>
    public async Task<string?> LogoutHintAsync(SignOnConnection connection, Guid userId, CancellationToken ct)
    {
        await using var db = await data.OpenAsync(Caller.System(connection.OrganizationId), ct);
        var kept = await db.SignOnLinks.Where(l => l.ConnectionId == connection.Id && l.UserId == userId).Select(l => l.LogoutHint).FirstOrDefaultAsync(ct);
        return secrets.Unprotect(connection.OrganizationId, kept);
    }

    private async Task<SignOnOutcome> TryCompleteAsync(SignOnConnection connection, ExternalIdentity identity, CallerOrigin? origin, CancellationToken ct)
    {
        await using var db = await data.OpenAsync(Caller.Installation, ct);
        var (facts, user, link) = await FactsAsync(db, connection, identity, ct);
        var decision = SignOnRules.Decide(identity, facts);
        if (decision.Refusal is { } refusal)
        {
            return await RefuseAsync(connection, refusal, identity.Email ?? identity.Subject, origin, ct);
        }

        var now = time.GetUtcNow();
        if (user is null)
        {
            db.Users.Add(user = NewUser(identity, now));
        }

        if (link is null)
        {
            db.SignOnLinks.Add(link = new SignOnLink
            {
                Id = Guid.CreateVersion7(), OrganizationId = connection.OrganizationId, ConnectionId = connection.Id, Subject = identity.Subject,
                UserId = user.Id, CreatedAt = now, LastSignInAt = now,
            });
        }

        link.LastSignInAt = now;
        link.LogoutHint = identity.LogoutHint is null ? null : secrets.Protect(connection.OrganizationId, identity.LogoutHint);
        var mapped = AccessMapping.Apply(connection.MappingRules(), identity);
        db.Record(
            From(Caller.ForUser(user.Id, user.Email ?? user.DisplayName, connection.OrganizationId, Guid.Empty, []), origin), "sign_in.succeeded", "user", user.Id,
            new { method = "sso", connection = connection.Name, decision = decision.Action.ToString(), roles = mapped.Grants, teams = mapped.Teams });
        await db.SaveChangesAsync(ct);
        await access.ApplyAsync(connection, user.Id, decision.JoinsOrganization, mapped, ct);
        return new SignOnOutcome(user.Id, null);
    }

    private static async Task<(SignOnFacts Facts, User? User, SignOnLink? Link)> FactsAsync(
        LoopaiDbContext db, SignOnConnection connection, ExternalIdentity identity, CancellationToken ct)
    {
        var link = await db.SignOnLinks.FirstOrDefaultAsync(l => l.ConnectionId == connection.Id && l.Subject == identity.Subject, ct);
        if (link is not null && link.Subject != identity.Subject)
        {
            // A database that compares without case found somebody else.
            link = null;
        }

        var normalized = identity.Email?.Normalize().ToUpperInvariant();
        var domain = EmailDomain.Of(identity.Email);
        var user = link is not null
            ? await db.Users.SingleAsync(u => u.Id == link.UserId, ct)
            : domain is null ? null : await db.Users.FirstOrDefaultAsync(u => u.NormalizedEmail == normalized, ct);
        var facts = new SignOnFacts(
            link?.UserId,
            link is null ? user?.Id : null,
            link is null && user is not null && await db.SignOnLinks.AnyAsync(l => l.ConnectionId == connection.Id && l.UserId == user.Id, ct),
            await StandingAsync(db, connection, user, ct),
            domain is not null && await db.VerifiedDomains.AnyAsync(
                d => d.OrganizationId == connection.OrganizationId && d.Domain == domain && d.VerifiedAt != null, ct),
            connection.AllowJustInTime);
        return (facts, user, link);
    }

    private static async Task<MemberStanding> StandingAsync(LoopaiDbContext db, SignOnConnection connection, User? user, CancellationToken ct)
    {
        var membership = user is null ? null
            : await db.Memberships.AsNoTracking().FirstOrDefaultAsync(m => m.OrganizationId == connection.OrganizationId && m.UserId == user.Id, ct);
        return membership?.Status switch
        {
            MembershipStatus.Active => MemberStanding.Active,
            MembershipStatus.Deactivated => MemberStanding.Deactivated,
            null => MemberStanding.None,
        };
    }

    private static User NewUser(ExternalIdentity identity, DateTimeOffset now) => NewUser(identity.Email!, identity.DisplayName, now);

    /// <summary>An account without a password, for an address that its owner's organization vouches for.</summary>
    internal static User NewUser(string email, string? displayName, DateTimeOffset now)
    {
        var normalized = email.Normalize().ToUpperInvariant();
        return new User
        {
            Id = Guid.CreateVersion7(),
            UserName = email,
            NormalizedUserName = normalized,
            Email = email,
            NormalizedEmail = normalized,
            EmailConfirmed = true,
            DisplayName = Shortened(string.IsNullOrWhiteSpace(displayName) ? email : displayName.Trim())!,
            SecurityStamp = Guid.NewGuid().ToString("n"),
            LockoutEnabled = true,
            CreatedAt = now,
        };
    }

    private static Caller From(Caller caller, CallerOrigin? origin) => origin is null ? caller : caller.From(origin);

    private static string? Shortened(string? text) => text is { Length: > 200 } ? text[..200] : text;
}

/// <param name="UserId">Who comes in; null when nobody does.</param>
/// <param name="Refusal">Why nobody does.</param>
public sealed record SignOnOutcome(Guid? UserId, SignOnRefusal? Refusal)
{
    public static SignOnOutcome Refused(SignOnRefusal refusal) => new(null, refusal);
}
