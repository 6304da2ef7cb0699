using Loopai.Core.Data;

namespace Loopai.Core.Plugins.Registry;

/// <summary>
/// What an organization that ran a plugin says of it. It belongs to whoever wrote it, and the plugin to somebody else, so there is no foreign key between
/// them: what one tenant keeps must not hold up another's end.
/// </summary>
public sealed class PluginReview : IPublicReadable
{
    public const int MaxTextLength = 2_000;

    /// <summary>Calls after which an organization knows what it speaks of.</summary>
    public const int CallsNeeded = 20;

    public required Guid Id { get; init; }

    public required Guid OrganizationId { get; init; }

    public required Guid PluginId { get; init; }

    public bool IsPublic { get; set; }

    /// <summary>1 to 5.</summary>
    public required int Stars { get; set; }

    public string? Text { get; set; }

    /// <summary>The version that it had then.</summary>
    public required string Version { get; set; }

    public required DateTimeOffset CreatedAt { get; init; }

    public required DateTimeOffset UpdatedAt { get; set; }

    /// <summary>When it was hidden as abuse; it does not count from then on.</summary>
    public DateTimeOffset? HiddenAt { get; set; }
}

/// <summary>What a publisher answers to a review.</summary>
public sealed class PluginReviewReply : IPublicReadable
{
    public const int MaxTextLength = 2_000;

    public required Guid ReviewId { get; init; }

    /// <summary>Who owns the plugin.</summary>
    public required Guid OrganizationId { get; init; }

    public required Guid PluginId { get; init; }

    public bool IsPublic { get; set; }

    public required string Text { get; set; }

    public required DateTimeOffset UpdatedAt { get; set; }
}

/// <summary>That an organization holds a review for abuse.</summary>
public sealed class PluginReviewReport : ITenantOwned
{
    public const int MaxReasonLength = 500;

    public required Guid Id { get; init; }

    /// <summary>Who reports it.</summary>
    public required Guid OrganizationId { get; init; }

    public required Guid ReviewId { get; init; }

    public required string Reason { get; set; }

    public required DateTimeOffset At { get; init; }
}
