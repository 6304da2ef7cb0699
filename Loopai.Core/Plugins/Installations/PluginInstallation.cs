using Loopai.Core.Data;
using Loopai.Core.Plugins.Packages;

namespace Loopai.Core.Plugins.Installations;

/// <summary>A plugin that an organization uses: which version, how it is configured, and how it is doing.</summary>
public sealed class PluginInstallation : ITenantOwned
{
    public const int MaxKeyLength = 101;
    public const int MaxRangeLength = 256;
    public const int MaxReasonLength = 500;

    public required Guid Id { get; init; }

    public required Guid OrganizationId { get; init; }

    public required Guid PluginId { get; init; }

    /// <summary><c>publisher.name</c>; an organization has each plugin once.</summary>
    public required string Key { get; init; }

    public required PluginKind Kind { get; init; }

    public required string DisplayName { get; set; }

    /// <summary>The versions that it may be upgraded to: a range such as <c>^1.4</c>, or one version, which pins it.</summary>
    public required string Range { get; set; }

    public required Guid VersionId { get; set; }

    public required string Version { get; set; }

    /// <summary>The dependencies' versions, as the resolver chose them.</summary>
    public required IReadOnlyList<LockedPlugin> Lock { get; set; }

    /// <summary>Its configuration as JSON, without secrets.</summary>
    public required string Configuration { get; set; }

    /// <summary>The secrets of its configuration, as JSON under Data Protection; null for none.</summary>
    public byte[]? ProtectedSecrets { get; set; }

    /// <summary>Which secrets are set.</summary>
    public IReadOnlyList<string> SecretNames { get; set; } = [];

    /// <summary>Whether it is called. What is attached stays attached meanwhile.</summary>
    public bool IsEnabled { get; set; } = true;

    /// <summary>When it failed so often that Loopai calls it no more.</summary>
    public DateTimeOffset? QuarantinedAt { get; set; }

    public string? QuarantineReason { get; set; }

    /// <summary>What went wrong last.</summary>
    public string? LastError { get; set; }

    public DateTimeOffset? LastErrorAt { get; set; }

    /// <summary>The version that takes over a share of the calls before it takes over all; null while none does.</summary>
    public Guid? StagedVersionId { get; set; }

    public string? StagedVersion { get; set; }

    public IReadOnlyList<LockedPlugin> StagedLock { get; set; } = [];

    /// <summary>0..1: the share of calls that go to the staged version.</summary>
    public double StagedShare { get; set; }

    public DateTimeOffset? StagedAt { get; set; }

    /// <summary>Counts changes by people; the ETag.</summary>
    public int Revision { get; set; } = 1;

    public Guid? InstalledById { get; init; }

    public required string InstalledBy { get; init; }

    public required DateTimeOffset InstalledAt { get; init; }

    public required DateTimeOffset UpdatedAt { get; set; }

    /// <summary>In a word.</summary>
    public PluginState State => (QuarantinedAt, IsEnabled, StagedVersionId) switch
    {
        (not null, _, _) => PluginState.Quarantined,
        (_, false, _) => PluginState.Off,
        (_, _, not null) => PluginState.Upgrading,
        _ => PluginState.On,
    };
}

/// <summary>A dependency at the version that is used.</summary>
public sealed record LockedPlugin(string Key, string Version, Guid VersionId);

/// <summary>How an installation is doing.</summary>
public enum PluginState
{
    On,

    /// <summary>Somebody switched it off.</summary>
    Off,

    /// <summary>A newer version takes a share of its calls.</summary>
    Upgrading,

    /// <summary>It failed so often that it is not called any more.</summary>
    Quarantined,
}
