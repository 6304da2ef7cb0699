using Loopai.Core.Workers;
using Microsoft.Extensions.Logging.Abstractions;

namespace Loopai.Portal.Tests.Workers;

public sealed class PeriodicWorkerTests
{
    [Fact]
    public async Task RunOnceAsync_Throws_IsTriedAgainAndThePortalGoesOn()
    {
        using var worker = new Failing();
        await worker.StartAsync(default);
        await worker.StartedAsync(default);
        await worker.ThirdRound.WaitAsync(TimeSpan.FromSeconds(30));
        await worker.StopAsync(default);
        worker.ExecuteTask!.IsCompletedSuccessfully.ShouldBeTrue();
    }

    private sealed class Failing() : PeriodicWorker(TimeSpan.FromMilliseconds(1), TimeProvider.System, NullLogger.Instance)
    {
        private readonly TaskCompletionSource _third = new();
        private int _rounds;

        public Task ThirdRound => _third.Task;

        public override Task RunOnceAsync(CancellationToken ct) => ++_rounds switch
        {
            1 => throw new InvalidOperationException("A fault of ours."),
            2 => throw new OperationCanceledException("A request ran out of time."),
            _ => Done(),
        };

        private Task Done()
        {
            _third.TrySetResult();
            return Task.CompletedTask;
        }
    }
}
