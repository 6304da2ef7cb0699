using Loopai.Core.Costs.Ledger;
using Loopai.Core.Data;
using Loopai.Core.Validation;
using Microsoft.EntityFrameworkCore;

namespace Loopai.Core.Costs.Savings;

internal static class AccuracyQueries
{
    /// <summary>The estimated share of right answers of each task, over all environments.</summary>
    public static async Task<Dictionary<Guid, double>> AccuracyAsync(this LoopaiDbContext db, LedgerRange range, CancellationToken ct)
    {
        var rows = await db.Validations.AsNoTracking()
            .Where(v => v.OrganizationId == range.OrganizationId && v.ExecutedAt >= range.From && v.ExecutedAt < range.To && v.Probability != null
                && (v.Status == ValidationStatus.Matched || v.Status == ValidationStatus.Mismatched))
            .GroupBy(v => new { v.TaskId, Matched = v.Status == ValidationStatus.Matched })
            .Select(g => new { g.Key.TaskId, g.Key.Matched, Weights = g.Sum(v => 1 / v.Probability) ?? 0 }).ToListAsync(ct);
        return rows.GroupBy(r => r.TaskId).ToDictionary(g => g.Key, g => g.Where(r => r.Matched).Sum(r => r.Weights) / g.Sum(r => r.Weights));
    }
}
