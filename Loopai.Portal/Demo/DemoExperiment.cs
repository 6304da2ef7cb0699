using Loopai.Core.Access;
using Loopai.Core.Data;
using Loopai.Core.Executions;
using Loopai.Core.Experiments;
using Loopai.Core.Experiments.Analysis;
using Loopai.Core.Experiments.Decisions;
using Loopai.Core.Experiments.Lifecycle;

namespace Loopai.Portal.Demo;

/// <summary>Runs the demo's experiment: starts it in the past that is imported, and lets the engine decide it.</summary>
internal sealed class DemoExperiment(
    ExperimentService experiments, ExperimentLifecycle life, ExperimentAnalysis analysis, WinnerService winners, LoopaiData data, ExecutionCatalog catalog, TimeProvider time)
{
    private static readonly TimeSpan LongestWait = TimeSpan.FromSeconds(10);

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

        report(0, 1, "counting");
        Decision decision;
        await using (var db = await data.OpenAsync(system, ct))
        {
            // Past the snapshots, of which a minute has one, taken when verdicts were still missing.
            decision = (await analysis.AnalyzeAsync(db, running, time.GetUtcNow(), before: null, ct)).Decision;
        }

        // Found, and then, as the plan asks for no cool-down, decided.
        await winners.ConsiderAsync(running, decision, ct);
        await winners.ConsiderAsync(await experiments.GetAsync(system, running.Id, ct), decision, ct);
        report(1, 1);
    }

    private async Task<Experiment?> FindAsync(Caller system, string key, CancellationToken ct) =>
        (await experiments.ListAsync(system, new ExperimentFilter(Search: key, Archived: true), new PageRequest(PageRequest.MaxLimit), ct)).Items.FirstOrDefault(e => e.Key == key);
}
