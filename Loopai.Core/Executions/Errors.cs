using Loopai.Core.Errors;
using Loopai.Core.Schemas;

namespace Loopai.Core.Executions;

internal static class ExecutionErrors
{
    public static NotFoundException NotFound(Guid id) => new("execution.not_found", $"There is no execution {id} in this organization.");

    public static NotFoundException UnknownVersion(string task, int version) =>
        new("execution.unknown_version", $"The task '{task}' has no version {version}. Leave 'version' out for the active one.");

    public static ConflictException NoActiveVersion(string task) =>
        new("execution.no_active_version", $"The task '{task}' has no active version yet. Generate or add a program and activate it.");

    public static InvalidException MissingInput() => new("execution.input_missing", "input", "Send the 'input' that the program is to answer.");

    public static InvalidException InvalidInput(IReadOnlyList<SchemaError> errors) => new(
        "execution.input_invalid",
        $"The input does not fit the task's input schema: {errors[0].InstancePointer} {errors[0].Message}".Replace("schema:  ", "schema: ", StringComparison.Ordinal),
        errors.GroupBy(e => "/input" + e.InstancePointer, StringComparer.Ordinal).ToDictionary(g => g.Key, g => g.Select(e => e.Message).ToArray()));

    public static InvalidException InvalidTimeout(int maxMs) =>
        new("execution.timeout", "timeoutMs", $"timeoutMs is a whole number of milliseconds from 1 to {maxMs}.");

    public static InvalidException InvalidUnit() =>
        new("execution.unit", "unit", $"unit names a user or session in 1 to {Execution.MaxUnitLength} characters.");

    public static InvalidException InvalidClock(int retentionDays) =>
        new("execution.executed_at", "executedAt", $"executedAt lies in the past, and no more than {retentionDays} days back.");

    public static UnavailableException SandboxUnavailable(string reason) =>
        new("execution.sandbox_unavailable", $"The program was not run: {reason}", TimeSpan.FromSeconds(1));

    public static UnavailableException WriterBehind() =>
        new("execution.queue_full", "More executions wait to be written than the limit allows. Try again in a moment.", TimeSpan.FromSeconds(1));

    public static UnavailableException NotCommitted() =>
        new("execution.not_committed", "The database did not take the execution in time, so it is not acknowledged. Try again in a moment.", TimeSpan.FromSeconds(1));
}
