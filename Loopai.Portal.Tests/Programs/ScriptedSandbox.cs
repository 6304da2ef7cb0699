using System.Text;
using Loopai.Core.Executions;
using Loopai.Core.Programs;

namespace Loopai.Portal.Tests.Programs;

/// <summary>A sandbox that answers what the test says.</summary>
internal sealed class ScriptedSandbox : IProgramSandbox
{
    public string? Missing { get; set; }

    public string? LoadError { get; set; }

    /// <summary>The output as JSON for an input as JSON; null fails the execution.</summary>
    public Func<string, string?> Answer { get; set; } = input => input.Contains("buy", StringComparison.Ordinal) ? "\"spam\"" : "\"ham\"";

    public SandboxAvailability Availability(ProgramLanguage language) => new(Missing is null, Missing);

    public Task<SandboxCheck> CheckAsync(ProgramSource program, CancellationToken ct) => Task.FromResult(new SandboxCheck(LoadError is null, LoadError));

    public ValueTask<SandboxAnswer> ExecuteAsync(ProgramSource program, ReadOnlyMemory<byte> input, TimeSpan timeout, CancellationToken ct) =>
        ValueTask.FromResult(Answer(Encoding.UTF8.GetString(input.Span)) is { } output
            ? new SandboxAnswer(ExecutionStatus.Success, Encoding.UTF8.GetBytes(output), null, null)
            : new SandboxAnswer(ExecutionStatus.Error, default, null, "KeyError: 'text' (line 3)"));
}
