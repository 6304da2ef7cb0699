using Loopai.Core.Access;
using Loopai.Core.Data;
using Microsoft.EntityFrameworkCore;

namespace Loopai.Core.Costs.Ledger;

/// <summary>The entries of the ledger, one by one. Charges of executions stand on the executions.</summary>
public sealed class LedgerService(LoopaiData data)
{
    /// <summary>One window, newest first.</summary>
    public async Task<Page<CostEntry>> ListAsync(Caller caller, LedgerFilter filter, PageRequest page, CancellationToken ct)
    {
        caller.Demand(Permissions.CostsRead);
        page = page.Validated();
        await using var db = await data.OpenAsync(caller, ct);
        var rows = db.CostEntries.AsNoTracking().Where(e => (filter.TaskId == null || e.TaskId == filter.TaskId) && (filter.Kind == null || e.Kind == filter.Kind)
            && (!filter.Unpriced || e.Amount == null));
        if (Cursor.Decode<Before>(page.Cursor) is { } before)
        {
            rows = rows.Where(e => e.At < before.At || (e.At == before.At && e.Id.CompareTo(before.Id) < 0));
        }

        var found = await rows.OrderByDescending(e => e.At).ThenByDescending(e => e.Id).Take(page.Limit + 1).ToListAsync(ct);
        return new Page<CostEntry>(
            [.. found.Take(page.Limit)], found.Count > page.Limit ? Cursor.Encode(new Before(found[page.Limit - 1].At, found[page.Limit - 1].Id)) : null);
    }

    private sealed record Before(DateTimeOffset At, Guid Id);
}

/// <param name="TaskId">Only this task's.</param>
/// <param name="Kind">Only of this kind.</param>
/// <param name="Unpriced">Only those that no price fits.</param>
public sealed record LedgerFilter(Guid? TaskId = null, CostKind? Kind = null, bool Unpriced = false);
