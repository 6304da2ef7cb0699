using System.Diagnostics;
using System.Text;
using System.Text.Json;
using Loopai.Core.Programs;

namespace Loopai.Core.Executions;

/// <summary>What came of running a program once.</summary>
internal readonly record struct ProgramRun(ExecutionStatus Status, ReadOnlyMemory<byte> Output, double? Confidence, string? Error, long LatencyUs)
{
    /// <summary>Why the program could not be run at all; then there is nothing to put on record.</summary>
    public string? Unavailable { get; init; }

    /// <summary>Runs a version, and holds its output against the task's schema.</summary>
    internal static async ValueTask<ProgramRun> OfAsync(IProgramSandbox sandbox, CatalogTask task, LoadedProgram program, JsonElement input, int timeoutMs, CancellationToken ct)
    {
        var started = Stopwatch.GetTimestamp();
        if (program.Model is { } model)
        {
            var answer = model.Execute(input);
            return Checked(task, new ProgramRun(ExecutionStatus.Success, answer.Output, answer.Confidence, null, ElapsedUs(started)));
        }

        var inSandbox = await sandbox.ExecuteAsync(
            program.Source!, Encoding.UTF8.GetBytes(input.GetRawText()), TimeSpan.FromMilliseconds(timeoutMs), ct);
        return Checked(task, new ProgramRun(inSandbox.Status, inSandbox.Output, inSandbox.Confidence, inSandbox.Error, ElapsedUs(started))
        {
            Unavailable = inSandbox.NeverRan ? inSandbox.Error : null,
        });
    }

    private static ProgramRun Checked(CatalogTask task, ProgramRun run)
    {
        if (run.Status != ExecutionStatus.Success)
        {
            return run;
        }

        using var output = JsonDocument.Parse(run.Output);
        if (task.Output.IsValid(output.RootElement))
        {
            return run;
        }

        var error = task.Output.Validate(output.RootElement, maxErrors: 1)[0];
        return run with { Status = ExecutionStatus.InvalidOutput, Error = $"The output does not fit the task's output schema: {error.InstancePointer} {error.Message}" };
    }

    private static long ElapsedUs(long started) => (long)Stopwatch.GetElapsedTime(started).TotalMicroseconds;
}
