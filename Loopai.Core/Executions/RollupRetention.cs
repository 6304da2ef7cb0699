using Loopai.Core.Data;
using Microsoft.EntityFrameworkCore;

namespace Loopai.Core.Executions;

/// <summary>Deletes what is known in wider roll-ups and no longer wanted in finer ones.</summary>
internal static class RollupRetention
{
    /// <summary>An organization at a time, by which the tables are keyed: so nothing but what goes is looked at.</summary>
    public static async Task DropRollupsAsync(this LoopaiDbContext db, RollupLevel level, DateTimeOffset before, CancellationToken ct)
    {
        foreach (var organization in await db.Organizations.Select(o => o.Id).ToListAsync(ct))
        {
            await db.ExecutionRollups.Where(r => r.OrganizationId == organization && r.Level == level && r.StartsAt < before).ExecuteDeleteAsync(ct);
            await db.VerdictRollups.Where(r => r.OrganizationId == organization && r.Level == level && r.StartsAt < before).ExecuteDeleteAsync(ct);
        }
    }
}
