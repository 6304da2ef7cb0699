using System.Text.Json;
using Loopai.Core.Plugins.Publishing;

namespace Loopai.Portal.Pages.Plugins;

/// <summary>Where a version comes from, as it is kept with it.</summary>
/// <param name="SubmittedAt">When it was submitted.</param>
/// <param name="Source">Through which face.</param>
/// <param name="Claimed">What its builder says, which nobody checked.</param>
internal sealed record VersionProvenance(DateTimeOffset? SubmittedAt, string? Source, PackageProvenance? Claimed)
{
    /// <summary>Null where it is told in another way.</summary>
    public static VersionProvenance? Read(string json)
    {
        try
        {
            return JsonSerializer.Deserialize<VersionProvenance>(json, JsonSerializerOptions.Web) is { SubmittedAt: not null } provenance ? provenance : null;
        }
        catch (JsonException)
        {
            return null;
        }
    }

    public string CameBy => string.Equals(Source, nameof(SubmissionSource.Api), StringComparison.OrdinalIgnoreCase) ? "the API" : "the portal";

    /// <summary>What its builder says of it, each with its name.</summary>
    public IReadOnlyList<(string Name, string Text)> Claims =>
    [
        .. new[] { ("Repository", Claimed?.Repository), ("Commit", Claimed?.Commit), ("Workflow", Claimed?.Workflow), ("Run", Claimed?.RunUrl) }
            .Where(claim => !string.IsNullOrWhiteSpace(claim.Item2)).Select(claim => (claim.Item1, claim.Item2!)),
    ];
}
