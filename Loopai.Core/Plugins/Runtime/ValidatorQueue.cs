using System.Collections.Concurrent;
using System.Text.Json.Nodes;
using System.Threading.Channels;
using Loopai.Core.Access;
using Loopai.Core.Data;
using Loopai.Core.Executions;
using Loopai.Core.Plugins.Installations;
using Loopai.Core.Webhooks;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;

namespace Loopai.Core.Plugins.Runtime;

/// <summary>
/// Shows executions to validators after they were stored and answered. It is bounded: when validators cannot keep up, some executions go without, which is
/// counted, and callers never wait for them.
/// </summary>
public sealed class ValidatorQueue(LoopaiData data, PluginCatalog catalog, PluginRunner runner, PluginHealthBook health, TimeProvider time, ILogger<ValidatorQueue> log) : BackgroundService
{
    private const int MaxWaiting = 1000;
    private const int MaxWaitingEach = 100;
    private const int Workers = 2;
    private const int BatchSize = 50;

    private readonly Channel<Job> _queue = Channel.CreateBounded<Job>(new BoundedChannelOptions(MaxWaiting) { FullMode = BoundedChannelFullMode.Wait });
    private readonly ConcurrentDictionary<Guid, int> _waiting = new();
    private long _dropped;

    /// <summary>Executions that no validator saw because too many waited.</summary>
    public long Dropped => Interlocked.Read(ref _dropped);

    /// <summary>Takes note of an execution; never waits.</summary>
    internal void Offer(OrganizationPlugins? plugins, Execution execution, string task, bool sampled)
    {
        if (plugins is not null && plugins.ValidatorsOf(execution.TaskId, execution.EnvironmentId).Any(a => sampled || a.Scope == PluginScope.All)
            && !TryQueue(new Job(execution, task, sampled)))
        {
            Interlocked.Increment(ref _dropped);
        }
    }

    /// <summary>No organization takes the places of all others.</summary>
    private bool TryQueue(Job job)
    {
        var organization = job.Execution.OrganizationId;
        if (_waiting.AddOrUpdate(organization, 1, (_, waiting) => waiting + 1) <= MaxWaitingEach && _queue.Writer.TryWrite(job))
        {
            return true;
        }

        Left(organization);
        return false;
    }

    private void Left(Guid organization)
    {
        if (_waiting.AddOrUpdate(organization, 0, (_, waiting) => waiting - 1) == 0)
        {
            _waiting.TryRemove(KeyValuePair.Create(organization, 0));
        }
    }

    protected override Task ExecuteAsync(CancellationToken stoppingToken) => Task.WhenAll(Enumerable.Range(0, Workers).Select(_ => RunAllAsync(stoppingToken)));

    private async Task RunAllAsync(CancellationToken ct)
    {
        var verdicts = new List<PluginVerdict>();
        try
        {
            while (await _queue.Reader.WaitToReadAsync(ct))
            {
                while (verdicts.Count < BatchSize && _queue.Reader.TryRead(out var job))
                {
                    Left(job.Execution.OrganizationId);
                    await TryJudgeAsync(job, verdicts, ct);
                }

                await TryWriteAsync(verdicts, ct);
                verdicts.Clear();
            }
        }
        catch (OperationCanceledException) when (ct.IsCancellationRequested)
        {
            // The portal stops.
        }
    }

    private async Task TryJudgeAsync(Job job, List<PluginVerdict> verdicts, CancellationToken ct)
    {
        try
        {
            await JudgeAsync(job, verdicts, ct);
        }
        catch (Exception e) when (!ct.IsCancellationRequested)
        {
            log.LogWarning(e, "The execution {Execution} could not be shown to validators", job.Execution.Id);
        }
    }

    private async Task JudgeAsync(Job job, List<PluginVerdict> verdicts, CancellationToken ct)
    {
        var execution = job.Execution;
        var plugins = await catalog.OfAsync(execution.OrganizationId, ct);
        foreach (var attachment in plugins.ValidatorsOf(execution.TaskId, execution.EnvironmentId).Where(a => job.Sampled || a.Scope == PluginScope.All))
        {
            if (await AskAsync(plugins, attachment, job, ct) is not { } verdict)
            {
                continue;
            }

            verdicts.Add(verdict);
            if (verdict.Verdict == VerdictKind.Fail && attachment.StopsAtFailure)
            {
                return;
            }
        }
    }

    /// <summary>Null when the plugin is left alone for now.</summary>
    private async Task<PluginVerdict?> AskAsync(OrganizationPlugins plugins, PluginAttachment attachment, Job job, CancellationToken ct)
    {
        LivePlugin? plugin;
        try
        {
            plugin = await plugins.FindAsync(attachment.InstallationId);
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
            health.Dropped(plugin);
            return null;
        }

        var (said, error) = HookAnswers.Verdict(answer);
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

    private async Task TryWriteAsync(List<PluginVerdict> verdicts, CancellationToken ct)
    {
        foreach (var organization in verdicts.GroupBy(v => v.OrganizationId))
        {
            try
            {
                await WriteAsync(organization.Key, [.. organization], ct);
            }
            catch (Exception e) when (!ct.IsCancellationRequested)
            {
                log.LogWarning(e, "{Count} verdicts of plugins could not be written", organization.Count());
            }
        }
    }

    private async Task WriteAsync(Guid organization, IReadOnlyList<PluginVerdict> verdicts, CancellationToken ct)
    {
        await using var db = await data.OpenAsync(Caller.System(organization), ct);
        db.PluginVerdicts.AddRange(verdicts);

        // Wrong answers may be many: where nobody has ever asked for news, none is written.
        if (verdicts.Any(v => v.Verdict == VerdictKind.Fail) && await db.WebhookOutboxes.AnyAsync(ct))
        {
            foreach (var v in verdicts.Where(v => v.Verdict == VerdictKind.Fail))
            {
                db.Publish(
                    organization, WebhookTypes.ValidationFailed,
                    new { validationId = v.Id, v.ExecutionId, v.TaskId, version = (int?)null, decidedBy = "plugin", plugin = v.Key, pluginVersion = v.Version, v.Reason, v.Score },
                    v.EnvironmentId, v.TaskId);
            }
        }

        await db.SaveChangesAsync(ct);
    }

    private readonly record struct Job(Execution Execution, string Task, bool Sampled);
}
