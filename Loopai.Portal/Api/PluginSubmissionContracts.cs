using System.Text.Json;
using Loopai.Core.Plugins.Packages;
using Loopai.Core.Plugins.Packages.Signing;
using Loopai.Core.Plugins.Publishing;

namespace Loopai.Portal.Api;

/// <summary>A submission in a list.</summary>
/// <param name="Id">Its id.</param>
/// <param name="Plugin">The plugin's key, where the manifest could be read.</param>
/// <param name="Version">The version that it would be.</param>
/// <param name="State">Where it is.</param>
/// <param name="Step">The step that runs, or that stopped it.</param>
/// <param name="IsPublic">Whether a new plugin is to be shown to all of the installation.</param>
/// <param name="Source">How it came.</param>
/// <param name="CreatedBy">Who submitted it.</param>
/// <param name="CreatedAt">When.</param>
/// <param name="FinishedAt">When it came to its end.</param>
public sealed record SubmissionListItem(
    Guid Id, string? Plugin, string? Version, SubmissionState State, PluginStep? Step, bool IsPublic, SubmissionSource Source, string CreatedBy, DateTimeOffset CreatedAt, DateTimeOffset? FinishedAt)
{
    public static SubmissionListItem Of(SubmissionItem item)
    {
        var s = item.Submission;
        return new(s.Id, s.Key, s.Version, s.State, item.Stopped, s.IsPublic, s.Source, s.CreatedBy, s.CreatedAt, s.FinishedAt);
    }
}

/// <summary>A submission with its steps.</summary>
public sealed record SubmissionResponse(
    Guid Id, string? Plugin, string? Version, SubmissionState State, bool IsPublic, string Sha256, int Size, SubmissionSource Source, JsonElement? Provenance, int Run,
    IReadOnlyList<SubmissionStepResponse> Steps, IReadOnlyList<SubmissionEventResponse> Events, SubmissionChanges? Changes, string? Appeal, bool MayAppeal, Guid? VersionId,
    string CreatedBy, DateTimeOffset CreatedAt, DateTimeOffset? FinishedAt)
{
    public static SubmissionResponse Of(SubmissionDetail detail)
    {
        var s = detail.Submission;
        return new(
            s.Id, s.Key, s.Version, s.State, s.IsPublic, s.Sha256, s.Size, s.Source, s.Provenance is null ? null : JsonElement.Parse(s.Provenance), s.Run,
            [.. detail.Steps.Select(SubmissionStepResponse.Of)], [.. detail.Events.Select(e => new SubmissionEventResponse(e.Kind, e.Text, e.By, e.At))],
            detail.Changes is { } c ? new SubmissionChanges(c.Before, c.Added, c.Removed, c.Changed, c.Widened) : null, s.Appeal, detail.MayAppeal, s.PluginVersionId,
            s.CreatedBy, s.CreatedAt, s.FinishedAt);
    }
}

/// <summary>One step: how it went, what it did, and what it found.</summary>
public sealed record SubmissionStepResponse(
    PluginStep Step, PluginStepState State, DateTimeOffset? StartedAt, DateTimeOffset? FinishedAt, double? DurationMs, string Log, string? Fault, IReadOnlyList<FindingResponse> Findings)
{
    public static SubmissionStepResponse Of(StepDetail detail)
    {
        var s = detail.Step;
        return new(
            s.Step, s.State, s.StartedAt, s.FinishedAt, (s.FinishedAt - s.StartedAt)?.TotalMilliseconds, s.Log, s.Fault,
            [.. detail.Findings.Select(f => new FindingResponse(f.Finding.Rule, f.Finding.Severity, f.Finding.Message, f.Finding.Mend, f.Finding.File, f.Finding.Line, f.Finding.Pointer))]);
    }
}

/// <summary>Something that was found in the package.</summary>
public sealed record FindingResponse(string Rule, FindingSeverity Severity, string Message, string Mend, string? File, int? Line, string? Pointer);

/// <summary>What a person did to the submission.</summary>
public sealed record SubmissionEventResponse(SubmissionEventKind Kind, string? Text, string By, DateTimeOffset At);

/// <summary>How the package differs from the version before.</summary>
public sealed record SubmissionChanges(string Before, IReadOnlyList<string> Added, IReadOnlyList<string> Removed, IReadOnlyList<string> Changed, IReadOnlyList<string> Widened);

/// <summary>Why the scan is wrong.</summary>
public sealed record SubmissionAppeal
{
    /// <summary>For whoever decides.</summary>
    public string? Text { get; init; }
}

/// <summary>What is decided about a review or an appeal.</summary>
public sealed record SubmissionDecision
{
    /// <summary>Whether it goes on.</summary>
    public required bool IsApproved { get; init; }

    /// <summary>Why.</summary>
    public string? Text { get; init; }
}

/// <summary>When a person looks at a version before it is published.</summary>
/// <param name="Rule"><c>never</c>, <c>first_version</c>, <c>when_capabilities_widen</c> or <c>always</c>.</param>
public sealed record ReviewPolicyResponse(ReviewRule Rule);

/// <summary>A public key.</summary>
/// <param name="Id">Stands beside each signature.</param>
/// <param name="Algorithm">ECDSA on P-256 with SHA-256, signatures as r and s in 64 bytes.</param>
/// <param name="PublicKey">SubjectPublicKeyInfo as PEM.</param>
/// <param name="CreatedAt">Since when it signs.</param>
/// <param name="RetiredAt">When another took over; what it signed stays valid.</param>
public sealed record PluginKeyResponse(string Id, string Algorithm, string PublicKey, DateTimeOffset CreatedAt, DateTimeOffset? RetiredAt)
{
    public static PluginKeyResponse Of(PluginSigningKey key) =>
        new(key.Id, "ES256", new string(System.Security.Cryptography.PemEncoding.Write("PUBLIC KEY", key.PublicKey)), key.CreatedAt, key.RetiredAt);
}

/// <summary>All keys; they come in one window.</summary>
public sealed record PluginKeyList(IReadOnlyList<PluginKeyResponse> Items, string? NextCursor);
