using Loopai.Core.Programs;

namespace Loopai.Infrastructure.Sandbox;

/// <summary>What stands in the sandbox's place when the operator turned it off: nothing runs.</summary>
public sealed class DisabledSandbox : IProgramSandbox
{
    private const string Reason = "Python and JavaScript programs are turned off here. An operator turns them on with the setting Sandbox:Enabled.";

    public SandboxAvailability Availability(ProgramLanguage language) => new(IsAvailable: false, Reason);

    public Task<SandboxCheck> CheckAsync(ProgramSource program, CancellationToken ct) => Task.FromResult(new SandboxCheck(Ok: false, Reason));

    public ValueTask<SandboxAnswer> ExecuteAsync(ProgramSource program, ReadOnlyMemory<byte> input, TimeSpan timeout, CancellationToken ct) =>
        ValueTask.FromResult(SandboxAnswer.Unavailable(Reason));
}
