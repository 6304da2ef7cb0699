using Loopai.Core.Data;
using Microsoft.EntityFrameworkCore;

namespace Loopai.Core.Identity.SignOn;

/// <summary>What keeps an organization that demands a provider from locking its members out. The context is the organization's own.</summary>
internal static class WaysIn
{
    /// <summary>Whether a provider is on, and its test passed or somebody came in through it.</summary>
    public static Task<bool> HasWayInAsync(this LoopaiDbContext db, CancellationToken ct) =>
        db.SignOnConnections.AnyAsync(c => c.Enabled && (c.TestPassed == true || db.SignOnLinks.Any(l => l.ConnectionId == c.Id)), ct);

    /// <summary>The last provider that is on stays on while members have to use one.</summary>
    public static async Task DemandAnotherWayInAsync(this LoopaiDbContext db, SignOnConnection without, CancellationToken ct)
    {
        if (without.Enabled && await db.Organizations.Select(o => o.RequireSso).SingleAsync(ct)
            && !await db.SignOnConnections.AnyAsync(c => c.Enabled && c.Id != without.Id, ct))
        {
            throw SignOnErrors.LastWayIn(without.Name);
        }
    }
}
