using Loopai.Core.Data;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;

namespace Loopai.Core.Identity.SignOn;

/// <summary>Looks every day whether the records that prove domains are still there.</summary>
public sealed partial class DomainCheckWorker(DomainService domains, TimeProvider time, ILogger<DomainCheckWorker> log) : BackgroundService
{
    private static readonly TimeSpan Pause = TimeSpan.FromHours(1);

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        using var timer = new PeriodicTimer(Pause, time);
        while (await timer.WaitForNextTickAsync(stoppingToken))
        {
            try
            {
                await domains.CheckDueAsync(stoppingToken);
            }
            catch (Exception e) when (e is System.Data.Common.DbException or DbUpdateException or TimeoutException)
            {
                LogFailed(log, e);
            }
        }
    }

    [LoggerMessage(Level = LogLevel.Warning, Message = "Domains could not be checked now; they are tried again in an hour")]
    private static partial void LogFailed(ILogger log, Exception exception);
}
