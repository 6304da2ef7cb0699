using Loopai.Core.Data;
using Loopai.Core.Executions;
using Microsoft.EntityFrameworkCore;

namespace Loopai.Core.Validation;

/// <summary>Finds the executions that validations are about.</summary>
internal static class ExecutionLookup
{
    /// <summary>
    /// The executions by id; those that retention has dropped are missing. The bounds on the time leave out every partition that cannot hold
    /// one, and the exact times lead the primary key to each.
    /// </summary>
    public static async Task<Dictionary<Guid, Execution>> ExecutionsOfAsync(
        this LoopaiDbContext db, IReadOnlyList<ValidationRecord> validations, CancellationToken ct)
    {
        if (validations.Count == 0)
        {
            return [];
        }

        var organizations = validations.Select(v => v.OrganizationId).Distinct().ToArray();
        var times = validations.Select(v => v.ExecutedAt).Distinct().ToArray();
        var ids = validations.Select(v => v.ExecutionId).ToArray();
        var (first, last) = (times.Min(), times.Max());
        return await db.Executions.AsNoTracking()
            .Where(e => organizations.Contains(e.OrganizationId) && e.ExecutedAt >= first && e.ExecutedAt <= last
                && times.Contains(e.ExecutedAt) && ids.Contains(e.Id))
            .ToDictionaryAsync(e => e.Id, ct);
    }
}
