using Loopai.Core.Data;

namespace Loopai.Core.Flags;

/// <summary>A switch that programs ask for by its key, over OFREP. What it can be is the same everywhere; what it is, each environment says.</summary>
public sealed class FeatureFlag : ITenantOwned
{
    public const int MaxKeyLength = 100;
    public const int MaxDescriptionLength = 1000;

    public required Guid Id { get; init; }

    public required Guid OrganizationId { get; init; }

    /// <summary>What programs ask for, and the seed of its percentages: it never changes.</summary>
    public required string Key { get; init; }

    public string Description { get; set; } = "";

    public required FlagType Type { get; init; }

    /// <summary>The values it can have, as the JSON of a list of <see cref="FlagVariation"/>.</summary>
    public required string Variations { get; set; }

    /// <summary>The variation that is answered where the flag is off.</summary>
    public required string OffVariation { get; set; }

    /// <summary>Counts changes of the above; the ETag of the flag.</summary>
    public int Revision { get; set; } = 1;

    public required string CreatedBy { get; init; }

    public required DateTimeOffset CreatedAt { get; init; }

    public DateTimeOffset UpdatedAt { get; set; }

    /// <summary>Since when programs are told that there is no such flag.</summary>
    public DateTimeOffset? ArchivedAt { get; set; }
}

/// <summary>What a flag is in one environment.</summary>
public sealed class FlagEnvironment : ITenantOwned
{
    public required Guid FlagId { get; init; }

    public required Guid EnvironmentId { get; init; }

    public required Guid OrganizationId { get; init; }

    /// <summary>The JSON of a <see cref="FlagTargeting"/>.</summary>
    public required string Targeting { get; set; }

    /// <summary>Counts changes; guards against overwriting.</summary>
    public int Revision { get; set; } = 1;

    public required DateTimeOffset UpdatedAt { get; set; }
}

/// <summary>One change of a flag, with who made it and what it changed.</summary>
public sealed class FlagChange : ITenantOwned, IHistory
{
    public required Guid Id { get; init; }

    public required Guid OrganizationId { get; init; }

    public required Guid FlagId { get; init; }

    /// <summary>The environment whose answers it changed; null where it changed all of them.</summary>
    public Guid? EnvironmentId { get; init; }

    /// <summary>What was done: <c>created</c>, <c>updated</c>, <c>switched_on</c>, <c>switched_off</c>, <c>targeted</c>, <c>archived</c>, <c>restored</c>.</summary>
    public required string Action { get; init; }

    /// <summary>Why, in the words of whoever did it.</summary>
    public string? Note { get; init; }

    /// <summary>JSON of what it was.</summary>
    public string? Before { get; init; }

    /// <summary>JSON of what it became.</summary>
    public string? After { get; init; }

    public required string By { get; init; }

    public required DateTimeOffset At { get; init; }
}

/// <summary>What kind of value a flag has.</summary>
public enum FlagType
{
    Boolean,
    String,
    Number,
    Object,
}
