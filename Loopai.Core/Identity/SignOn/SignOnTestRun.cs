using System.Text.Json;
using Loopai.Core.Data;

namespace Loopai.Core.Identity.SignOn;

/// <summary>A dry run: the whole way to the provider and back, without signing anybody in. Only the last of a connection is kept.</summary>
public sealed class SignOnTestRun : ITenantOwned
{
    public required Guid Id { get; init; }

    public required Guid OrganizationId { get; init; }

    public required Guid ConnectionId { get; init; }

    public required string StartedBy { get; init; }

    public required DateTimeOffset StartedAt { get; init; }

    public DateTimeOffset? FinishedAt { get; set; }

    public bool? Passed { get; set; }

    /// <summary>What was found: a <see cref="SignOnTestReport"/> as JSON, encrypted, for it holds a person's claims.</summary>
    public string? Report { get; set; }
}

/// <param name="Checks">Every check in the order it was made.</param>
/// <param name="Identity">What the provider said; null when it did not get that far.</param>
/// <param name="Decision">What a sign-in would have done; null likewise.</param>
/// <param name="Mapping">Which roles and teams the person would get.</param>
public sealed record SignOnTestReport(
    IReadOnlyList<SignOnCheck> Checks, ExternalIdentity? Identity, SignOnDecision? Decision, MappedAccess? Mapping)
{
    public bool Passed => Checks.All(check => check.Passed) && Decision is { Refusal: null };

    /// <summary>As it is kept, without what would sign the person out.</summary>
    public string ToJson() => JsonSerializer.Serialize(this with { Identity = Identity is null ? null : Identity with { LogoutHint = null } }, SignOnJson.Options);

    public static SignOnTestReport Parse(string json) => JsonSerializer.Deserialize<SignOnTestReport>(json, SignOnJson.Options)!;
}

/// <param name="Name">What was looked at: <c>Signature</c>.</param>
/// <param name="Passed">Whether it is as it has to be.</param>
/// <param name="Detail">What was found; what to do when it failed.</param>
public sealed record SignOnCheck(string Name, bool Passed, string Detail);
