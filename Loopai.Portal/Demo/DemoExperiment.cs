using Loopai.Core.Access;
using Loopai.Core.Data;
using Loopai.Core.Executions;
using Loopai.Core.Experiments;
using Loopai.Core.Experiments.Analysis;
using Loopai.Core.Experiments.Lifecycle;
using Loopai.Core.Rollouts;

namespace Loopai.Portal.Demo;

/// <summary>Runs the demo's experiment: starts it in the past that is imported, lets the engine decide it, and sends the traffic by which its winner goes into service.</summary>
internal sealed class DemoExperiment(
    ExperimentService experiments, ExperimentLifecycle life, SnapshotService snapshots, WinnerService winners, RolloutService rollouts, ExecutionCatalog catalog, TimeProvider time)
{
    private static readonly TimeSpan LongestWait = TimeSpan.FromSeconds(10);
    /// <summary>A stage is looked at every few seconds, less often where the machine is busy.</summary>
    private static readonly TimeSpan LongestStage = TimeSpan.FromSeconds(30);

    /// <summary>Makes and starts the experiment unless it is there, and waits until executions know of it.</summary>
    public async Task EnsureStartedAsync(Caller system, ExperimentDraft draft, DateTimeOffset startedAt, CancellationToken ct)
    {
        var experiment = await FindAsync(system, draft.Key!, ct) ?? await experiments.CreateAsync(system, draft, ct);
        if (experiment.Status == ExperimentStatus.Draft)
        {
            experiment = await life.StartAsync(system, experiment.Id, "Both versions are ready.", startedAt, ct);
        }

        var started = time.GetTimestamp();
        while (experiment.IsLive && (await catalog.FindAsync(system, experiment.TaskId))?.Experiments is null && time.GetElapsedTime(started) < LongestWait)
        {
            await Task.Delay(TimeSpan.FromMilliseconds(50), ct);
        }
    }

    /// <summary>Takes stock at once, and lets a winner act as it would within the minute.</summary>
    public async Task DecideAsync(Caller system, ExperimentDraft draft, Report report, CancellationToken ct)
    {
        if (await FindAsync(system, draft.Key!, ct) is not { Status: ExperimentStatus.Running } running)
        {
            return;
        }

        // In place of the snapshots there are: they were taken when verdicts were still missing.
        report(0, 1, "counting");
        var decision = (await snapshots.RecountAsync(system, running.Id, ct)).Decision;

        // Found, and then, as the plan asks for no cool-down, decided.
        await winners.ConsiderAsync(running, decision, ct);
        await winners.ConsiderAsync(await experiments.GetAsync(system, running.Id, ct), decision, ct);
        report(1, 1);
    }

    /// <summary>Sends calls while the winner is rolled out, once it has come to the stage that they are for; none where nothing is rolled out.</summary>
    public async Task RollOutAsync(Caller system, DemoApi api, Guid taskId, int stage, IReadOnlyList<DemoCall> calls, Report report, CancellationToken ct)
    {
        await WaitForStageAsync(system, taskId, stage, ct);
        for (var i = 0; i < calls.Count; i++)
        {
            if (i % 20 == 0 && await StageAsync(system, taskId, ct) is null)
            {
                break;
            }

            report(i, calls.Count);
            await api.ExecuteAsync(taskId, calls[i], ct);
        }

        report(calls.Count, calls.Count);
    }

    /// <summary>Waits until the rollout has ended, as long as that is a matter of seconds; after that it goes on by itself.</summary>
    public Task WaitForRolloutAsync(Caller system, Guid taskId, CancellationToken ct) => WaitForStageAsync(system, taskId, int.MaxValue, ct);

    private async Task WaitForStageAsync(Caller system, Guid taskId, int stage, CancellationToken ct)
    {
        var started = time.GetTimestamp();
        while (time.GetElapsedTime(started) < LongestStage && await StageAsync(system, taskId, ct) < stage)
        {
            await Task.Delay(TimeSpan.FromMilliseconds(250), ct);
        }
    }

    /// <summary>The stage at hand; null where nothing is rolled out.</summary>
    private async Task<int?> StageAsync(Caller system, Guid taskId, CancellationToken ct) =>
        (await rollouts.ListAsync(system, taskId, new PageRequest(1), ct)).Items is [{ EndedAt: null } running] ? running.Stage : null;

    private async Task<Experiment?> FindAsync(Caller system, string key, CancellationToken ct) =>
        (await experiments.ListAsync(system, new ExperimentFilter(Search: key, Archived: true), new PageRequest(PageRequest.MaxLimit), ct)).Items.FirstOrDefault(e => e.Key == key);
}
