using Loopai.Core.Access;
using Loopai.Core.Audit;
using Loopai.Core.Data;
using Loopai.Core.Identity.Sessions;

namespace Loopai.Core.Identity.SignOn;

/// <summary>Ends the sessions of people who signed out at their provider, whichever protocol told.</summary>
public sealed class ProviderLogout(LoopaiData data, SessionService sessions)
{
    /// <param name="connection">The provider.</param>
    /// <param name="subject">Whose sessions; null when the provider's session alone is named.</param>
    /// <param name="providerSessions">Which of them; none for all.</param>
    /// <param name="ct">Gives up.</param>
    public async Task EndAsync(SignOnConnection connection, string? subject, IReadOnlyCollection<string> providerSessions, CancellationToken ct)
    {
        var ended = 0;
        foreach (var session in providerSessions.Count == 0 ? [null] : providerSessions.Cast<string?>())
        {
            ended += await sessions.EndOfProviderAsync(connection.Id, subject, session, ct);
        }

        if (ended > 0)
        {
            var caller = Caller.System(connection.OrganizationId);
            await using var db = await data.OpenAsync(caller, ct);
            db.Record(caller, "sign_in.ended_by_provider", "sign_on_connection", connection.Id, new { connection.Name, who = subject, sessions = ended });
            await db.SaveChangesAsync(ct);
        }
    }
}
