using Loopai.Core.Data;

namespace Loopai.Core.Analytics.Annotations;

/// <summary>Something that happened outside of Loopai, to be seen beside figures: a deployment, a campaign, an outage.</summary>
public sealed class Annotation : ITenantOwned
{
    public const int MaxTitleLength = 200;
    public const int MaxTextLength = 2000;
    public const int MaxUrlLength = 1000;

    public required Guid Id { get; init; }

    public required Guid OrganizationId { get; init; }

    public required Guid EnvironmentId { get; init; }

    /// <summary>The task it concerns; null for all of them.</summary>
    public Guid? TaskId { get; init; }

    public required DateTimeOffset At { get; init; }

    public required string Title { get; init; }

    public string Text { get; init; } = "";

    /// <summary>Where more is to be read; null for nowhere.</summary>
    public string? Url { get; init; }

    public required string CreatedBy { get; init; }

    public required DateTimeOffset CreatedAt { get; init; }
}
