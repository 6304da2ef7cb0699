using System.Collections.Concurrent;
using Loopai.Core.Access;
using Loopai.Core.Audit;
using Loopai.Core.Data;
using Loopai.Core.Identity.Sessions;
using Microsoft.EntityFrameworkCore;

namespace Loopai.Core.Identity.SignOn;

/// <summary>Asks <see cref="SignOnPolicy"/> for a session that wants into an organization, and records loudly when an owner breaks the glass.</summary>
public sealed class SignOnGate(LoopaiData data, SessionCache sessions, TimeProvider time)
{
    private const int Capacity = 10_000;
    private readonly ConcurrentDictionary<(Guid Session, Guid Organization), bool> _recorded = new();

    /// <param name="caller">The person, in the organization they want into.</param>
    /// <param name="sessionId">Their session.</param>
    /// <param name="ct">Gives up.</param>
    public async Task<SignOnEntry> EnterAsync(Caller caller, Guid? sessionId, CancellationToken ct)
    {
        if (sessionId is not { } id || await sessions.FindAsync(id, ct) is not { } session)
        {
            return SignOnEntry.NeedsProvider;
        }

        await using var db = await data.OpenAsync(caller, ct);
        var rules = await db.Organizations.Select(o => new EntryRules(o.RequireSso, o.RequireMfa, o.SessionHours)).SingleAsync(ct);
        var entry = SignOnPolicy.Decide(caller.OrganizationId, rules, caller.May(Permissions.OrganizationDelete), session, time.GetUtcNow());
        if (entry == SignOnEntry.BreakGlass)
        {
            await RecordAsync(db, caller, session, ct);
        }

        return entry;
    }

    /// <summary>Once a session: of several instances, and after a restart, the audit log itself knows.</summary>
    private async Task RecordAsync(LoopaiDbContext db, Caller caller, UserSession session, CancellationToken ct)
    {
        if (_recorded.Count >= Capacity)
        {
            _recorded.Clear();
        }

        if (!_recorded.TryAdd((session.Id, caller.OrganizationId), true))
        {
            return;
        }

        var name = session.Id.ToString();
        if (!await db.AuditEvents.AnyAsync(e => e.Action == "sign_in.break_glass" && e.ObjectId == name, ct))
        {
            db.Record(caller, "sign_in.break_glass", "session", session.Id, new { session.Method, session.Address, session.Device });
            await db.SaveChangesAsync(ct);
        }
    }
}
