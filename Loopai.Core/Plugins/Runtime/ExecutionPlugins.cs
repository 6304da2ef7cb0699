using Loopai.Core.Executions;
using Loopai.Core.Validation;
using Microsoft.Extensions.Logging;

namespace Loopai.Core.Plugins.Runtime;

/// <summary>What the hot path asks of plugins. Nothing that is wrong with them is wrong with an execution.</summary>
public sealed class ExecutionPlugins(PluginCatalog catalog, PluginSampler sampler, ValidatorQueue validators, ILogger<ExecutionPlugins> log)
{
    /// <summary>The organization's plugins, from memory; null where they cannot be read now.</summary>
    internal async ValueTask<OrganizationPlugins?> OfAsync(Guid organizationId)
    {
        try
        {
            return await catalog.OfAsync(organizationId, CancellationToken.None);
        }
        catch (Exception e)
        {
            log.LogWarning(e, "The plugins of organization {Organization} cannot be read now; executions go without them", organizationId);
            return null;
        }
    }

    /// <inheritdoc cref="PluginSampler.DecideAsync(OrganizationPlugins?, Execution, string)" />
    internal ValueTask<SamplingDecision?> DecideAsync(OrganizationPlugins? plugins, Execution execution, string task) => sampler.DecideAsync(plugins, execution, task);

    /// <inheritdoc cref="ValidatorQueue.Offer" />
    internal void Offer(OrganizationPlugins? plugins, Execution execution, string task, bool sampled) => validators.Offer(plugins, execution, task, sampled);
}
