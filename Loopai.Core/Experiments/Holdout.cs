using Loopai.Core.Data;

namespace Loopai.Core.Experiments;

/// <summary>A share of all units that no experiment naming it touches.</summary>
public sealed class Holdout : ITenantOwned
{
    /// <summary>More than that would leave too little to experiment on.</summary>
    public const double MaxShare = 0.5;

    public required Guid Id { get; init; }

    public required Guid OrganizationId { get; init; }

    /// <summary>Its name, of which the seed of its hash is made.</summary>
    public required string Key { get; init; }

    public string Description { get; set; } = "";

    /// <summary>0..0.5.</summary>
    public double Share { get; set; }

    public required DateTimeOffset CreatedAt { get; init; }

    public required string CreatedBy { get; init; }
}
