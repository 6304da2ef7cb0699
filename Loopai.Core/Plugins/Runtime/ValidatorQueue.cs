using System.Text.Json.Nodes;
using Loopai.Core.Data;
using Loopai.Core.Executions;
using Loopai.Core.Plugins.Installations;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;

namespace Loopai.Core.Plugins.Runtime;

/// <summary>
/// Shows executions to validators after they were stored and answered, to each of a task's in its order. It is bounded: when a validator cannot keep up, executions go
/// without it, which is counted, and callers never wait.
/// </summary>
public sealed class ValidatorQueue(
    LoopaiData data, PluginCatalog catalog, IPluginSandbox sandbox, PluginRunner runner, PluginHealthBook health, TimeProvider time, ILogger<ValidatorQueue> log) : BackgroundService
{
    // Samplers and webhooks keep a quarter of the workers.
    private readonly ValidatorTurns<Job> _turns = new(new ValidatorLimits(Math.Max(1, sandbox.MaxWorkers * 3 / 4)));
    private readonly VerdictWriter _verdicts = new(data, log);
    private CancellationToken _stopping = new(canceled: true);

    /// <summary>Takes note of an execution; never waits.</summary>
    internal void Offer(OrganizationPlugins? plugins, Execution execution, string task, bool sampled)
    {
        if (plugins?.ValidatorsOf(execution.TaskId, execution.EnvironmentId).Where(a => sampled || a.Scope == PluginScope.All).ToList() is { Count: > 0 } validators)
        {
            Show(plugins, new Job(execution, task, validators, 0));
        }
    }

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        _stopping = stoppingToken;
        AskWhoseTurnItIs();
        try
        {
            await _verdicts.RunAsync(stoppingToken);
        }
        catch (OperationCanceledException) when (stoppingToken.IsCancellationRequested)
        {
            // The portal stops.
        }
    }

    /// <summary>Lets the execution wait for the next validator that has room for it; the others go without.</summary>
    private void Show(OrganizationPlugins plugins, Job job)
    {
        while (job.Next < job.Validators.Count)
        {
            var installation = job.Validators[job.Next].InstallationId;
            if (_turns.TryAdd(job.Execution.OrganizationId, installation, job))
            {
                PluginMetrics.Waits();
                AskWhoseTurnItIs();
                return;
            }

            PluginMetrics.DroppedFromQueue();
            health.Dropped(job.Execution.OrganizationId, installation, plugins.VersionOf(installation));
            job = job with { Next = job.Next + 1 };
        }
    }

    private void AskWhoseTurnItIs()
    {
        while (_stopping is { IsCancellationRequested: false } ct && _turns.TryTake(out var turn))
        {
            PluginMetrics.WaitsNoMore();
            var taken = turn;
            _ = Task.Run(() => TryAskAsync(taken, ct), CancellationToken.None);
        }
    }

    private async Task TryAskAsync(ValidatorTurns<Job>.Turn turn, CancellationToken ct)
    {
        try
        {
            await AskAsync(turn, ct);
        }
        catch (Exception e) when (!ct.IsCancellationRequested)
        {
            log.LogWarning(e, "The execution {Execution} could not be shown to validators", turn.Job.Execution.Id);
        }
        catch (OperationCanceledException)
        {
            // The portal stops.
        }
        finally
        {
            AskWhoseTurnItIs();
        }
    }

    private async Task AskAsync(ValidatorTurns<Job>.Turn turn, CancellationToken ct)
    {
        var (job, attachment) = (turn.Job, turn.Job.Validators[turn.Job.Next]);
        OrganizationPlugins plugins;
        PluginVerdict? verdict = null;
        try
        {
            // Somebody may have detached it, or changed it, since the execution came to wait.
            plugins = await catalog.OfAsync(job.Execution.OrganizationId, ct);
            if (plugins.ValidatorsOf(job.Execution.TaskId, job.Execution.EnvironmentId).Any(a => a.Id == attachment.Id) && (verdict = await AskAsync(plugins, attachment, job, ct)) is not null)
            {
                await _verdicts.AddAsync(verdict, ct);
            }
        }
        finally
        {
            _turns.End(turn);
        }

        if (verdict?.Verdict != VerdictKind.Fail || !attachment.StopsAtFailure)
        {
            Show(plugins, job with { Next = job.Next + 1 });
        }
    }

    /// <summary>Null when the plugin is left alone for now.</summary>
    private async Task<PluginVerdict?> AskAsync(OrganizationPlugins plugins, PluginAttachment attachment, Job job, CancellationToken ct)
    {
        LivePlugin? plugin;
        try
        {
            plugin = await runner.FindAsync(plugins, attachment.InstallationId);
        }
        catch (PluginBrokenException broken)
        {
            return VerdictOf(job.Execution, attachment.InstallationId, plugins.KeyOf(attachment.InstallationId), "", new ValidatorAnswer(VerdictKind.Error, broken.Message, null), TimeSpan.Zero);
        }

        if (plugin is null)
        {
            return null;
        }

        var environment = plugins.EnvironmentOf(job.Execution.EnvironmentId);
        var arguments = new JsonObject { ["execution"] = PluginArguments.OfExecution(job.Execution, job.Task, environment, plugin.Capabilities) };
        if (await runner.CallAsync(plugin, "validate", arguments, ct) is not { } answer)
        {
            PluginMetrics.DroppedByPause();
            health.Dropped(plugin.OrganizationId, plugin.InstallationId, plugin.Version);
            return null;
        }

        var (said, error) = HookAnswers.Verdict(answer, plugin.Secrets);
        await runner.NoteAsync(plugin, answer.Status == PluginCallStatus.Unavailable ? null : error, ct);
        if (said is not null)
        {
            health.Judged(plugin, said.Verdict);
        }

        return VerdictOf(job.Execution, plugin.InstallationId, plugin.Key, plugin.Version, said ?? new ValidatorAnswer(VerdictKind.Error, error, null), answer.Elapsed);
    }

    private PluginVerdict VerdictOf(Execution execution, Guid installation, string key, string version, ValidatorAnswer said, TimeSpan elapsed) => new()
    {
        Id = Guid.CreateVersion7(), OrganizationId = execution.OrganizationId, EnvironmentId = execution.EnvironmentId, TaskId = execution.TaskId, ExecutionId = execution.Id,
        InstallationId = installation, Key = key, Version = version, Verdict = said.Verdict, Reason = StorableText.Of(said.Reason, PluginVerdict.MaxReasonLength), Score = said.Score, LatencyMs = elapsed.TotalMilliseconds, At = time.GetUtcNow(),
    };

    /// <param name="Execution">What is shown.</param>
    /// <param name="Task">The task's name.</param>
    /// <param name="Validators">To whom, in their order.</param>
    /// <param name="Next">Whose turn it is.</param>
    private sealed record Job(Execution Execution, string Task, IReadOnlyList<PluginAttachment> Validators, int Next);
}
