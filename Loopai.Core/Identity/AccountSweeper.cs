using Loopai.Core.Access;
using Loopai.Core.Data;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;

namespace Loopai.Core.Identity;

/// <summary>Once an hour: drops sessions that nobody used for a month, and failed attempts of the day before. Several instances may do it at once.</summary>
public sealed class AccountSweeper(LoopaiData data, TimeProvider time, ILogger<AccountSweeper> log) : BackgroundService
{
    private static readonly TimeSpan Period = TimeSpan.FromHours(1);
    private static readonly TimeSpan SessionsKept = TimeSpan.FromDays(30);
    private static readonly TimeSpan AttemptsKept = TimeSpan.FromDays(2);

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        using var timer = new PeriodicTimer(Period, time);
        do
        {
            try
            {
                var now = time.GetUtcNow();
                var (oldSession, oldAttempt) = (now - SessionsKept, now - AttemptsKept);
                await using var db = await data.OpenAsync(Caller.Installation, stoppingToken);
                await db.UserSessions.Where(s => s.LastSeenAt < oldSession).ExecuteDeleteAsync(stoppingToken);
                await db.SignInThrottle.Where(e => e.LastFailureAt < oldAttempt).ExecuteDeleteAsync(stoppingToken);
            }
            catch (Exception e) when (e is not OperationCanceledException)
            {
                log.LogWarning(e, "Old sessions could not be dropped; it will be tried again in an hour");
            }
        }
        while (await timer.WaitForNextTickAsync(stoppingToken));
    }
}
