using System.Text.Json;
using Loopai.Core.Plugins.Packages;

namespace Loopai.Core.Plugins.Publishing;

/// <summary>A package that somebody wants to publish.</summary>
/// <param name="Bytes">The ZIP archive.</param>
/// <param name="IsPublic">Whether a new plugin is to be shown to all of the installation.</param>
/// <param name="Source">How it came.</param>
/// <param name="Provenance">Where it was made.</param>
public sealed record SubmissionRequest(byte[] Bytes, bool IsPublic, SubmissionSource Source, PackageProvenance? Provenance = null);

/// <summary>Where a package was made, as whoever built it says.</summary>
/// <param name="Repository">The address of the source.</param>
/// <param name="Commit">The revision of it.</param>
/// <param name="Workflow">What built it.</param>
/// <param name="RunUrl">The address of the build.</param>
public sealed record PackageProvenance(string? Repository, string? Commit, string? Workflow, string? RunUrl)
{
    public const int MaxLength = 500;
}

/// <summary>A submission with how far it is.</summary>
public sealed record SubmissionItem(PluginSubmission Submission, PluginStep? Stopped);

/// <summary>A submission with its steps, what was found, and what people did.</summary>
/// <param name="Submission">The submission.</param>
/// <param name="Steps">Of its last run, in order.</param>
/// <param name="Events">What people did, oldest first.</param>
/// <param name="Changes">Against the version before; null where there is none, or nothing is left to compare.</param>
/// <param name="MayAppeal">Whether an appeal would be taken.</param>
/// <param name="InstallationId">The plugin where the organization has installed it; null where it has not.</param>
public sealed record SubmissionDetail(
    PluginSubmission Submission, IReadOnlyList<StepDetail> Steps, IReadOnlyList<PluginSubmissionEvent> Events, PackageChanges? Changes, bool MayAppeal, Guid? InstallationId)
{
    /// <summary>Whether the pipeline works on it.</summary>
    public bool IsUnderWay => Submission.State is SubmissionState.Waiting or SubmissionState.Running;

    /// <summary>Whether what failed would be done again: what a person refused is decided.</summary>
    public bool MayRerun => Submission.State == SubmissionState.Failed && Events.All(e => e.Kind != SubmissionEventKind.Refused);
}

/// <summary>A step with its findings.</summary>
public sealed record StepDetail(PluginSubmissionStep Step, IReadOnlyList<ShownFinding> Findings);

/// <summary>A finding with the source around it.</summary>
/// <param name="Finding">What was found.</param>
/// <param name="Excerpt">Lines around it; empty where there are none.</param>
public sealed record ShownFinding(PluginFinding Finding, IReadOnlyList<SourceLine> Excerpt);

/// <param name="Number">From 1.</param>
/// <param name="Text">The line, shortened.</param>
public sealed record SourceLine(int Number, string Text);

internal static class FindingJson
{
    public static string Write(IReadOnlyList<PluginFinding> findings) => JsonSerializer.Serialize(findings.Take(200), JsonSerializerOptions.Web);

    public static IReadOnlyList<PluginFinding> Read(string json) => JsonSerializer.Deserialize<List<PluginFinding>>(json, JsonSerializerOptions.Web)!;
}
