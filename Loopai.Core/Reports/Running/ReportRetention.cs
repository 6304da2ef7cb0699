using Loopai.Core.Access;
using Loopai.Core.Data;
using Microsoft.EntityFrameworkCore;

namespace Loopai.Core.Reports.Running;

/// <summary>Ends files whose time is over, and runs that nobody looks up any more.</summary>
public sealed class ReportRetention(LoopaiData data, TimeProvider time)
{
    /// <summary>Runs say when what went to whom; they are small.</summary>
    private static readonly TimeSpan RunsKept = TimeSpan.FromDays(400);

    public async Task SweepAsync(CancellationToken ct)
    {
        var now = time.GetUtcNow();
        var oldest = now - RunsKept;
        await using var db = await data.OpenAsync(Caller.Installation, ct);
        await db.ReportFiles.Where(f => f.ExpiresAt < now).ExecuteDeleteAsync(ct);
        await db.ReportDeliveries.Where(d => db.ReportRuns.Any(r => r.Id == d.RunId && r.FinishedAt < oldest)).ExecuteDeleteAsync(ct);
        await db.ReportRuns.Where(r => r.FinishedAt < oldest && !db.ReportFiles.Any(f => f.RunId == r.Id)).ExecuteDeleteAsync(ct);
    }
}
