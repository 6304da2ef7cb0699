using System.Collections.Concurrent;
using Loopai.Core.Experiments.Live;
using Loopai.Core.Programs;
using Loopai.Core.Rollouts;
using Loopai.Core.Schemas;
using Loopai.Core.Tasks;
using Loopai.Core.Validation;

namespace Loopai.Core.Executions;

/// <summary>All that the hot path needs to know of a task, compiled. Replaced as a whole when the task changes.</summary>
/// <param name="Task">The task as it was read.</param>
/// <param name="Input">Its compiled input schema.</param>
/// <param name="Output">Its compiled output schema.</param>
/// <param name="Live">What outlasts a change of the task.</param>
/// <param name="Experiments">The experiments that choose its version; null where there are none.</param>
/// <param name="Rollout">The part of its units that another version answers; null for none.</param>
public sealed record CatalogTask(TaskDefinition Task, JsonSchema Input, JsonSchema Output, LiveTask Live, TaskExperiments? Experiments, RolloutShare? Rollout);

/// <summary>What the hot path counts and keeps of a task while its definition changes.</summary>
public sealed class LiveTask
{
    private readonly ConcurrentDictionary<Guid, Sampler> _samplers = new();
    private readonly ConcurrentDictionary<int, StrongCount> _executions = new();

    /// <summary>Programs that were asked for, by version. A version is immutable, so what is loaded stays right.</summary>
    public ConcurrentDictionary<int, Task<LoadedProgram?>> Programs { get; } = new();

    public Sampler SamplerOf(Guid environmentId) => _samplers.GetOrAdd(environmentId, static _ => new Sampler());

    /// <summary>Executions of a version since it was activated, before this one.</summary>
    public long CountExecution(int version, long before) => _executions.GetOrAdd(version, static (_, start) => new StrongCount(start), before).Next();

    private sealed class StrongCount(long start)
    {
        private long _value = start;

        public long Next() => Interlocked.Increment(ref _value) - 1;
    }
}

/// <summary>A version ready to run: a model in memory, or source for the sandbox.</summary>
/// <param name="Version">Its number.</param>
/// <param name="Model">The model, for <see cref="ProgramLanguage.Model"/>.</param>
/// <param name="Source">The source, for the other languages.</param>
/// <param name="ExecutionsBefore">Executions since it was activated, at the time it was loaded.</param>
public sealed record LoadedProgram(int Version, ModelProgram? Model, ProgramSource? Source, long ExecutionsBefore)
{
    /// <summary>What it runs on.</summary>
    public ProgramLanguage Language => Source?.Language ?? ProgramLanguage.Model;
}
