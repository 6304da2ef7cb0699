using System.Collections.Concurrent;
using System.Text.Json.Nodes;
using Loopai.Core.Executions;
using Loopai.Core.Plugins.Installations;
using Loopai.Core.Validation;
using Microsoft.Extensions.Logging;

namespace Loopai.Core.Plugins.Runtime;

/// <summary>
/// Lets an attached sampler decide instead of the task's policy. It is asked before the execution is written, because its probability is part of that row; so it
/// gets a hard time limit, and whatever it does not answer in time or rightly, the policy decides with its own probability. A worker that has to be started first would
/// take longer than that, so it is started beforehand (<see cref="SamplerWarmth"/>), and no execution waits for it.
/// </summary>
public sealed class PluginSampler(PluginRunner runner, SamplerWarmth warmth, ILogger<PluginSampler> log)
{
    /// <summary>What a sampler may add to an execution.</summary>
    public static readonly TimeSpan Limit = TimeSpan.FromMilliseconds(40);

    /// <summary>Each portal keeps its own, as the policy's own sampler does; calls at once take the last one that was answered.</summary>
    private readonly ConcurrentDictionary<(Guid Attachment, string Version), JsonObject> _states = new();

    /// <summary>The decision; null where the policy is to decide. Never throws.</summary>
    public async ValueTask<SamplingDecision?> DecideAsync(OrganizationPlugins? plugins, Execution execution, string task)
    {
        if (plugins?.SamplerOf(execution.TaskId, execution.EnvironmentId) is not { } attachment)
        {
            return null;
        }

        try
        {
            return await DecideAsync(plugins, attachment, execution, task).WaitAsync(Limit);
        }
        catch (TimeoutException)
        {
            return null;
        }
        catch (Exception e)
        {
            log.LogWarning(e, "The sampler of task {Task} could not be asked", execution.TaskId);
            return null;
        }
    }

    private async Task<SamplingDecision?> DecideAsync(OrganizationPlugins plugins, PluginAttachment attachment, Execution execution, string task)
    {
        LivePlugin? plugin;
        try
        {
            plugin = await runner.FindAsync(plugins, attachment.InstallationId);
        }
        catch (PluginBrokenException)
        {
            return null;
        }

        if (plugin is null)
        {
            return null;
        }

        if (!runner.IsWarm(plugin))
        {
            warmth.Wanted(plugin);
            return null;
        }

        var place = (attachment.Id, plugin.Version);
        var arguments = new JsonObject
        {
            ["execution"] = PluginArguments.OfExecution(execution, task, plugins.EnvironmentOf(execution.EnvironmentId), plugin.Capabilities),
            ["state"] = _states.TryGetValue(place, out var state) ? state.DeepClone() : new JsonObject(),
        };
        if (await AskAsync(plugin, arguments) is not { } answer)
        {
            return null;
        }

        var (said, error) = HookAnswers.Sample(answer);
        await runner.NoteAsync(plugin, answer.Status == PluginCallStatus.Unavailable ? null : error, CancellationToken.None);
        if (said?.State is { } next)
        {
            _states[place] = next;
        }

        return said is null ? null : said.Sample ? new SamplingDecision(true, SampledBy.Plugin, said.Probability) : default(SamplingDecision);
    }

    /// <summary>Null when the plugin is left alone, or too late, which counts: else every execution would wait for it.</summary>
    private async Task<PluginAnswer?> AskAsync(LivePlugin plugin, JsonObject arguments)
    {
        // The token also ends the wait for a worker, where nothing that comes too late should keep a place.
        using var limit = new CancellationTokenSource(Limit);
        try
        {
            return await runner.CallAsync(plugin, "sample", arguments, limit.Token);
        }
        catch (OperationCanceledException)
        {
            runner.NoteLate(plugin, Limit, $"sample did not answer within {Limit.TotalMilliseconds:0} ms; the task's policy decided.");
            return null;
        }
    }
}
