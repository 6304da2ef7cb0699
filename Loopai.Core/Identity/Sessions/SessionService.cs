using Loopai.Core.Access;
using Loopai.Core.Configuration;
using Loopai.Core.Data;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.Options;

namespace Loopai.Core.Identity.Sessions;

/// <summary>Starts, lists and ends sessions.</summary>
public sealed class SessionService(LoopaiData data, SessionCache cache, AuthenticationLog log, IOptions<AccountsSettings> settings, TimeProvider time)
{
    /// <summary>Starts a session. The caller of this has made sure who the person is.</summary>
    public async Task<UserSession> StartAsync(NewSession request, CancellationToken ct)
    {
        var now = time.GetUtcNow();
        var session = new UserSession
        {
            Id = Guid.CreateVersion7(),
            UserId = request.UserId,
            Method = request.Method,
            SecondFactor = request.SecondFactor,
            Device = DeviceWords.Of(request.Origin.UserAgent),
            Address = request.Origin.Address,
            CreatedAt = now,
            LastSeenAt = now,
            AuthenticatedAt = now,
            ConfirmedAt = request.Sso is null ? now : null,
            SsoOrganizationId = request.Sso?.OrganizationId,
            SsoConnectionId = request.Sso?.ConnectionId,
            SsoSubject = request.Sso?.Subject,
            SsoSessionId = request.Sso?.SessionId,
        };
        await using var db = await data.OpenAsync(Caller.Installation, ct);
        db.UserSessions.Add(session);
        await db.SaveChangesAsync(ct);
        return session;
    }

    /// <summary>The person's live sessions, the last used first.</summary>
    public async Task<IReadOnlyList<UserSession>> ListAsync(AccountCaller caller, CancellationToken ct)
    {
        var since = time.GetUtcNow() - TimeSpan.FromHours(settings.Value.SessionHours);
        await using var db = await data.OpenAsync(Caller.Installation, ct);
        return await db.UserSessions.AsNoTracking()
            .Where(s => s.UserId == caller.UserId && s.EndedAt == null && s.LastSeenAt > since)
            .OrderByDescending(s => s.LastSeenAt).ThenBy(s => s.Id)
            .ToListAsync(ct);
    }

    /// <summary>Ends one session of the person's. Ending it twice changes nothing.</summary>
    /// <exception cref="Errors.NotFoundException">The person has no such session.</exception>
    public async Task EndAsync(AccountCaller caller, Guid id, string reason, CancellationToken ct)
    {
        await using var db = await data.OpenAsync(Caller.Installation, ct);
        var session = await db.UserSessions.FirstOrDefaultAsync(s => s.Id == id && s.UserId == caller.UserId, ct) ?? throw IdentityErrors.SessionNotFound();
        if (session.EndedAt is null)
        {
            (session.EndedAt, session.EndReason) = (time.GetUtcNow(), reason);
            await db.SaveChangesAsync(ct);
            cache.Forget(new Change("user_sessions", id));
            await log.RecordAsync(caller, "session.ended", new { session.Device, reason }, ct);
        }
    }

    /// <summary>Ends all sessions of the person's but the one that asks; how many.</summary>
    public async Task<int> EndOthersAsync(AccountCaller caller, string reason, CancellationToken ct)
    {
        var count = await EndWhereAsync(sessions => sessions.Where(s => s.UserId == caller.UserId && s.Id != caller.SessionId), reason, ct);
        if (count > 0)
        {
            await log.RecordAsync(caller, "session.others_ended", new { count, reason }, ct);
        }

        return count;
    }

    /// <summary>Ends every session of a person: after a reset, or when an account is closed; how many.</summary>
    public Task<int> EndAllAsync(Guid userId, string reason, CancellationToken ct) =>
        EndWhereAsync(sessions => sessions.Where(s => s.UserId == userId), reason, ct);

    /// <summary>Ends the sessions that an identity provider started: one of them by the provider's name for it, or all of a subject; how many.</summary>
    public Task<int> EndOfProviderAsync(Guid connectionId, string? subject, string? providerSessionId, CancellationToken ct)
    {
        if (subject is null && providerSessionId is null)
        {
            throw new ArgumentException("A provider names a subject, a session, or both.", nameof(subject));
        }

        return EndWhereAsync(
            sessions => sessions.Where(s => s.SsoConnectionId == connectionId
                && (subject == null || s.SsoSubject == subject) && (providerSessionId == null || s.SsoSessionId == providerSessionId)),
            SessionEnd.ByProvider, ct);
    }

    /// <summary>Ends every session that a connection started: when it is deleted, or speaks for another provider; how many.</summary>
    public Task<int> EndOfConnectionAsync(Guid connectionId, CancellationToken ct) =>
        EndWhereAsync(sessions => sessions.Where(s => s.SsoConnectionId == connectionId), SessionEnd.ByProvider, ct);

    private async Task<int> EndWhereAsync(Func<IQueryable<UserSession>, IQueryable<UserSession>> which, string reason, CancellationToken ct)
    {
        var now = time.GetUtcNow();
        await using var db = await data.OpenAsync(Caller.Installation, ct);
        var ids = await which(db.UserSessions.Where(s => s.EndedAt == null)).Select(s => s.Id).ToListAsync(ct);
        var ended = await db.UserSessions.Where(s => ids.Contains(s.Id) && s.EndedAt == null)
            .ExecuteUpdateAsync(set => set.SetProperty(s => s.EndedAt, now).SetProperty(s => s.EndReason, reason), ct);
        foreach (var id in ids)
        {
            // The change feed tells every instance; whoever was answered by this one finds the session ended at once.
            cache.Forget(new Change("user_sessions", id));
        }

        return ended;
    }
}
