using System.Text.Json;
using Loopai.Core.Access;

namespace Loopai.Core.Executions;

/// <summary>Asks again what was asked before.</summary>
public sealed class RerunService(ExecutionQueries queries, ExecutionService executions)
{
    /// <summary>Runs an execution's input again, on another version if one is named. The answer is an execution of its own, and is not sampled by force.</summary>
    /// <param name="caller">Who acts.</param>
    /// <param name="id">The execution to repeat.</param>
    /// <param name="version">The version to ask; null for the active one.</param>
    /// <param name="source">The door it comes through.</param>
    /// <param name="ct">Ends the work.</param>
    public async Task<ExecutionOutcome> RerunAsync(Caller caller, Guid id, int? version, ExecutionSource source, CancellationToken ct)
    {
        caller.DemandOnTasks(Permissions.ExecutionsRun);
        var original = await queries.GetAsync(caller, id, ct);
        caller.Demand(Permissions.ExecutionsRun, original.TaskId);
        using var input = JsonDocument.Parse(original.Input);
        return await executions.ExecuteAsync(
            caller, new ExecutionRequest { TaskId = original.TaskId, Input = input.RootElement, Version = version, Unit = original.Unit, Source = source }, ct);
    }
}
