using System.Text.Json;
using Loopai.Core.Data;

namespace Loopai.Core.Plugins.Registry;

/// <summary>A published version. It never changes, but for being yanked.</summary>
public sealed class PluginVersion : IPublicReadable
{
    public const int MaxVersionLength = 64;
    public const int MaxReasonLength = 500;

    public required Guid Id { get; init; }

    public required Guid OrganizationId { get; init; }

    public required Guid PluginId { get; init; }

    /// <summary>Semantic version, normalized.</summary>
    public required string Version { get; init; }

    public bool IsPublic { get; set; }

    /// <summary>The manifest, as JSON.</summary>
    public required string Manifest { get; init; }

    /// <summary>SHA-256 of the package's bytes, in hexadecimal.</summary>
    public required string Sha256 { get; init; }

    public required int Size { get; init; }

    /// <summary>SHA-256 by path, as JSON: what the signature is over.</summary>
    public required string Files { get; init; }

    public required byte[] Signature { get; init; }

    /// <summary>Which key signed.</summary>
    public required string SignatureKeyId { get; init; }

    public string? Readme { get; init; }

    public string? Changelog { get; init; }

    /// <summary>What it is made of, as CycloneDX JSON.</summary>
    public string? Sbom { get; init; }

    /// <summary>Where it comes from, as JSON.</summary>
    public string? Provenance { get; init; }

    /// <summary>What its tests and ours said, as JSON.</summary>
    public string? TestResults { get; init; }

    /// <summary>What the scan said, as JSON.</summary>
    public string? ScanResults { get; init; }

    /// <summary>Whether the scan itself let it through: what a person let through against the scan is for its own organization alone.</summary>
    public bool PassedScan =>
        ScanResults is not null && JsonElement.Parse(ScanResults) is { ValueKind: JsonValueKind.Object } results
        && results.TryGetProperty("state", out var state) && state.ValueKind == JsonValueKind.String && state.GetString() == "Passed";

    public required DateTimeOffset PublishedAt { get; init; }

    public required string PublishedBy { get; init; }

    public DateTimeOffset? YankedAt { get; set; }

    public string? YankReason { get; set; }
}

/// <summary>The bytes of a version's package, apart, so that lists of versions stay light.</summary>
public sealed class PluginPackageBytes : IPublicReadable
{
    public required Guid PluginVersionId { get; init; }

    public required Guid OrganizationId { get; init; }

    public bool IsPublic { get; set; }

    public required byte[] Bytes { get; init; }
}

/// <summary>That a version needs another plugin.</summary>
public sealed class PluginDependency : IPublicReadable
{
    public required Guid PluginVersionId { get; init; }

    public required Guid OrganizationId { get; init; }

    public bool IsPublic { get; set; }

    /// <summary>The key of the plugin that it needs.</summary>
    public required string Key { get; init; }

    /// <summary>Which versions of it will do.</summary>
    public required string Range { get; init; }
}

/// <summary>How many organizations had and used a version on a day. Numbers only: nobody learns who.</summary>
public sealed class PluginVersionDay : IPublicReadable
{
    public required Guid PluginVersionId { get; init; }

    public required DateOnly Day { get; init; }

    public required Guid OrganizationId { get; init; }

    public bool IsPublic { get; set; }

    /// <summary>Organizations that had it installed.</summary>
    public int Installs { get; set; }

    /// <summary>Organizations that called it.</summary>
    public int ActiveInstalls { get; set; }

    public long Calls { get; set; }
}
