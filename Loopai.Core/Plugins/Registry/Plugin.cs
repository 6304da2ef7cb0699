using Loopai.Core.Data;
using Loopai.Core.Plugins.Packages;

namespace Loopai.Core.Plugins.Registry;

/// <summary>A plugin in the marketplace, with what lists show of it: taken over from its newest version, and from who uses it.</summary>
public sealed class Plugin : IPublicReadable
{
    public const int MaxMessageLength = 500;

    public required Guid Id { get; init; }

    /// <summary>Who owns its publisher; <see cref="Guid.Empty"/> for Loopai's own.</summary>
    public required Guid OrganizationId { get; init; }

    public required Guid PublisherId { get; init; }

    /// <summary><c>publisher.name</c>, unique over the installation.</summary>
    public required string Key { get; init; }

    public required string Name { get; init; }

    public required PluginKind Kind { get; init; }

    /// <summary>Whether all of the installation sees it, instead of its organization alone.</summary>
    public bool IsPublic { get; set; }

    public required string DisplayName { get; set; }

    public required string Description { get; set; }

    public IReadOnlyList<string> Categories { get; set; } = [];

    public IReadOnlyList<string> Keywords { get; set; } = [];

    /// <summary>What the newest version asks for, as <c>network</c>, <c>secrets</c>, <c>input</c> and <c>output</c>.</summary>
    public IReadOnlyList<string> Capabilities { get; set; } = [];

    public bool HasIcon { get; set; }

    /// <summary>The newest version that is not yanked, a release before a pre-release; null where all are.</summary>
    public string? LatestVersion { get; set; }

    public Guid? LatestVersionId { get; set; }

    /// <summary>When a version was last published.</summary>
    public required DateTimeOffset PublishedAt { get; set; }

    public DateTimeOffset? DeprecatedAt { get; set; }

    /// <summary>Why it should not be used any more.</summary>
    public string? DeprecationMessage { get; set; }

    /// <summary>The key of what to use instead.</summary>
    public string? Replacement { get; set; }

    /// <summary>When it was taken out of the marketplace for good: its name stays taken, and installed ones keep working.</summary>
    public DateTimeOffset? RemovedAt { get; set; }

    public int Ratings { get; set; }

    /// <summary>The sum of all stars.</summary>
    public int Stars { get; set; }

    /// <summary>Organizations that have it installed.</summary>
    public int Installs { get; set; }

    /// <summary>Organizations whose installation was called within the last week.</summary>
    public int ActiveInstalls { get; set; }

    /// <summary>Counts changes by people; the ETag.</summary>
    public int Revision { get; set; } = 1;

    public required DateTimeOffset CreatedAt { get; init; }
}
