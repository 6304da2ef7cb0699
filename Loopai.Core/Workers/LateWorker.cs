using Microsoft.Extensions.Hosting;

namespace Loopai.Core.Workers;

/// <summary>Work of the background that begins once the portal answers, so that nobody waits for it at a start.</summary>
public abstract class LateWorker : BackgroundService, IHostedLifecycleService
{
    private readonly TaskCompletionSource _portalAnswers = new(TaskCreationOptions.RunContinuationsAsynchronously);

    /// <summary>Everything has started, the server that answers included.</summary>
    public Task StartedAsync(CancellationToken cancellationToken)
    {
        _portalAnswers.TrySetResult();
        return Task.CompletedTask;
    }

    Task IHostedLifecycleService.StartingAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    Task IHostedLifecycleService.StoppingAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    Task IHostedLifecycleService.StoppedAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    /// <summary>The work, until the portal stops.</summary>
    protected abstract Task RunAsync(CancellationToken stoppingToken);

    protected sealed override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        await _portalAnswers.Task.WaitAsync(stoppingToken).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        if (!stoppingToken.IsCancellationRequested)
        {
            await RunAsync(stoppingToken);
        }
    }
}
