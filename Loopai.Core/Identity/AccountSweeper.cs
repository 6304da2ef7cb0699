using Loopai.Core.Access;
using Loopai.Core.Data;
using Loopai.Core.Workers;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.Logging;

namespace Loopai.Core.Identity;

/// <summary>Once an hour: drops sessions that nobody used for a month, and failed attempts of the day before. Several instances may do it at once.</summary>
public sealed class AccountSweeper(LoopaiData data, TimeProvider time, ILogger<AccountSweeper> log) : PeriodicWorker(Period, time, log)
{
    private static readonly TimeSpan Period = TimeSpan.FromHours(1);
    private static readonly TimeSpan SessionsKept = TimeSpan.FromDays(30);
    private static readonly TimeSpan AttemptsKept = TimeSpan.FromDays(2);

    public override async Task RunOnceAsync(CancellationToken ct)
    {
        var now = Time.GetUtcNow();
        var (oldSession, oldAttempt) = (now - SessionsKept, now - AttemptsKept);
        await using var db = await data.OpenAsync(Caller.Installation, ct);
        await db.UserSessions.Where(s => s.LastSeenAt < oldSession).ExecuteDeleteAsync(ct);
        await db.SignInThrottle.Where(e => e.LastFailureAt < oldAttempt).ExecuteDeleteAsync(ct);
    }
}
