using Loopai.Core.Data;

namespace Loopai.Core.ApiKeys;

/// <summary>A program that holds keys of its own. Nobody signs in as one, so its keys outlive whoever made them.</summary>
public sealed class ServiceAccount : ITenantOwned
{
    public required Guid Id { get; init; }

    public required Guid OrganizationId { get; init; }

    public required string Name { get; init; }

    /// <summary>What it is for, and whom to ask.</summary>
    public string Description { get; init; } = "";

    public required string CreatedBy { get; init; }

    public required DateTimeOffset CreatedAt { get; init; }

    /// <summary>When it was deleted, and its keys with it. The row stays, for what they did.</summary>
    public DateTimeOffset? DeletedAt { get; set; }
}
