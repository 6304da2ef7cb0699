using Loopai.Core.Data;

namespace Loopai.Core.Analytics.Dashboards;

/// <summary>A board that somebody composed: panels in an order, kept as one document.</summary>
public sealed class Dashboard : ITenantOwned
{
    public const int MaxNameLength = 100;

    public required Guid Id { get; init; }

    public required Guid OrganizationId { get; init; }

    public required string Name { get; set; }

    public string Description { get; set; } = "";

    /// <summary>Whose it is; null for one that a key or Loopai made, which is shared.</summary>
    public Guid? OwnerId { get; init; }

    public required string OwnerName { get; init; }

    /// <summary>Whether everybody who may see figures sees it; else its owner alone.</summary>
    public bool IsShared { get; set; }

    /// <summary>JSON of a <see cref="BoardContent"/>.</summary>
    public required string Content { get; set; }

    /// <summary>Counts edits; the ETag of the board.</summary>
    public int Revision { get; set; } = 1;

    public required DateTimeOffset CreatedAt { get; init; }

    public required DateTimeOffset UpdatedAt { get; set; }
}

/// <summary>Somebody's star on a board, built-in ones included.</summary>
public sealed class DashboardStar : ITenantOwned
{
    public required Guid OrganizationId { get; init; }

    public required Guid UserId { get; init; }

    /// <summary>The board's id, or the name of a built-in one.</summary>
    public required string Board { get; init; }
}
