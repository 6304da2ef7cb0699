using System.Text.Json;
using Loopai.Core.Plugins.Marketplace;
using Loopai.Core.Plugins.Packages;
using Loopai.Core.Plugins.Resolving;

namespace Loopai.Portal.Api;

/// <summary>A plugin in a list. <c>rating</c> is drawn towards the mean of all while few rated it, and absent while nobody did.</summary>
public sealed record PluginListItem(
    string Key, string DisplayName, string Description, string Kind, string Publisher, bool IsVerified, bool IsPublic, string? LatestVersion, DateTimeOffset PublishedAt,
    IReadOnlyList<string> Categories, IReadOnlyList<string> Keywords, IReadOnlyList<string> Capabilities, double? Rating, int Ratings, int Installs, int ActiveInstalls,
    PluginDeprecation? Deprecation, DateTimeOffset? RemovedAt, PluginRank Explain)
{
    public static PluginListItem Of(PluginItem item)
    {
        var p = item.Plugin;
        return new(
            p.Key, p.DisplayName, p.Description, p.Kind.Name(), item.Publisher.Name, item.IsVerified, p.IsPublic, p.LatestVersion, p.PublishedAt, p.Categories, p.Keywords, p.Capabilities,
            item.Rating, p.Ratings, p.Installs, p.ActiveInstalls, p.DeprecatedAt is { } at ? new PluginDeprecation(at, p.DeprecationMessage!, p.Replacement) : null, p.RemovedAt,
            PluginRank.Of(item.Explain));
    }
}

/// <summary>Why and since when a plugin should not be used any more, and what to use instead.</summary>
public sealed record PluginDeprecation(DateTimeOffset Since, string Message, string? Replacement);

/// <summary>Why a plugin stands where it does: each part is 0 to 1, and the score follows from them as the marketplace's documentation says.</summary>
public sealed record PluginRank(double Score, double Text, double Rating, double Use, double Freshness, double Verified, bool Deprecated)
{
    public static PluginRank Of(RankExplanation e) => new(e.Score, e.Text, e.Rating, e.Use, e.Freshness, e.Verified, e.Deprecated);
}

/// <summary>A plugin with one of its versions.</summary>
public sealed record PluginResponse(
    PluginListItem Plugin, string Version, DateTimeOffset VersionPublishedAt, string License, string Language, string? Homepage, string? Repository, IReadOnlyList<string> MayDo,
    IReadOnlyDictionary<string, string> Dependencies, IReadOnlyList<string> Dependents, JsonElement Manifest, string? Readme, string? Changelog, JsonElement? TestResults, JsonElement? ScanResults,
    JsonElement? Sbom, JsonElement? Provenance, JsonElement Files, string Signature, IReadOnlyList<PluginVersionItem> Versions)
{
    public static PluginResponse Of(PluginDetail detail)
    {
        var (v, m) = (detail.Version, detail.Manifest);
        return new(
            PluginListItem.Of(detail.Item), v.Version, v.PublishedAt, m.License, m.Language.Name(), m.Homepage?.ToString(), m.Repository?.ToString(), CapabilityWords.Of(m),
            m.Dependencies.ToDictionary(d => d.Key, d => d.Value.ToString(), StringComparer.Ordinal), detail.Dependents, JsonElement.Parse(v.Manifest), v.Readme, v.Changelog, Json(v.TestResults),
            Json(v.ScanResults), Json(v.Sbom), Json(v.Provenance), JsonElement.Parse(v.Files), Convert.ToBase64String(v.Signature), detail.Versions);
    }

    private static JsonElement? Json(string? text) => text is null ? null : JsonElement.Parse(text);
}

/// <summary>The use of a plugin by day and version.</summary>
public sealed record PluginUseList(IReadOnlyList<PluginUseDay> Items, string? NextCursor);

/// <summary>Plugins side by side, in the order in which they were asked for.</summary>
public sealed record PluginComparison(IReadOnlyList<PluginResponse> Items, string? NextCursor);

/// <summary>Why a plugin should not be used any more.</summary>
public sealed record PluginDeprecationRequest
{
    /// <summary>The reason, for whoever uses it.</summary>
    public string? Message { get; init; }

    /// <summary>The key of what to use instead.</summary>
    public string? Replacement { get; init; }
}

/// <summary>Who sees a plugin.</summary>
public sealed record PluginVisibilityRequest
{
    /// <summary>Whether all of the installation does.</summary>
    public bool? IsPublic { get; init; }
}

/// <summary>Why something is yanked or removed.</summary>
public sealed record PluginReasonRequest
{
    /// <summary>For whoever has it installed.</summary>
    public string? Reason { get; init; }
}
