using Loopai.Core.Workers;
using Microsoft.Extensions.Logging;

namespace Loopai.Core.Validation;

/// <summary>
/// Keeps the processor going: at once when work arrives after a pause, a few times a second while it keeps arriving, every few seconds otherwise, ever
/// more slowly while the database is away.
/// </summary>
public sealed class ValidationWorker(ValidationProcessor processor, ValidationSignal signal, TimeProvider time, ILogger<ValidationWorker> log) : LateWorker
{
    private static readonly TimeSpan Interval = TimeSpan.FromSeconds(5);
    private static readonly TimeSpan LongestPause = TimeSpan.FromMinutes(1);

    /// <summary>A round costs the same for one validation as for a hundred; under load one per commit would take a tenth of the machine.</summary>
    private static readonly TimeSpan BetweenRounds = TimeSpan.FromMilliseconds(250);

    protected override async Task RunAsync(CancellationToken stoppingToken)
    {
        var pause = TimeSpan.FromSeconds(1);
        while (!stoppingToken.IsCancellationRequested)
        {
            try
            {
                var started = time.GetTimestamp();
                var taken = await processor.RunOnceAsync(stoppingToken);
                pause = TimeSpan.FromSeconds(1);
                if (taken < ValidationProcessor.BatchSize)
                {
                    await signal.WaitAsync(Interval, time, stoppingToken);
                    if (BetweenRounds - time.GetElapsedTime(started) is { Ticks: > 0 } early)
                    {
                        await Task.Delay(early, time, stoppingToken);
                    }
                }
            }
            catch (OperationCanceledException) when (stoppingToken.IsCancellationRequested)
            {
                return;
            }
            catch (Exception e)
            {
                log.LogWarning(e, "Validations wait: a round failed and is tried again in {Pause}", pause);
                await Task.Delay(pause, time, stoppingToken).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
                pause = pause * 2 < LongestPause ? pause * 2 : LongestPause;
            }
        }
    }
}
