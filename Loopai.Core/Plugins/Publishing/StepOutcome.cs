using Loopai.Core.Plugins.Packages;

namespace Loopai.Core.Plugins.Publishing;

/// <summary>What came of one step over a package.</summary>
/// <param name="Findings">What was found.</param>
/// <param name="Log">What was done, a line each.</param>
/// <param name="CannotRun">Why the step could not do its work; the package does not pass then.</param>
public sealed record StepOutcome(IReadOnlyList<PluginFinding> Findings, string Log, string? CannotRun = null)
{
    /// <summary>Nothing stands against the package.</summary>
    public bool Passed => CannotRun is null && Findings.All(f => f.Severity != FindingSeverity.Error);
}
