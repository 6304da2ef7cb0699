using Loopai.Core.Data;

namespace Loopai.Core.Identity.Scim;

/// <summary>What a directory provisions.</summary>
public enum ScimKind
{
    /// <summary>A member.</summary>
    User,

    /// <summary>A team.</summary>
    Group,
}

/// <summary>A member or a team that a directory keeps, and what the directory says of it.</summary>
public sealed class ScimResource : ITenantOwned
{
    /// <summary>The account's or the team's id.</summary>
    public required Guid Id { get; init; }

    public required Guid OrganizationId { get; init; }

    public required ScimKind Kind { get; init; }

    /// <summary>The user's or group's name, which no other of the kind has; compared without regard to case.</summary>
    public required string Name { get; set; }

    /// <summary><see cref="Name"/> in lower case.</summary>
    public required string NameKey { get; set; }

    /// <summary>The directory's own id.</summary>
    public string? ExternalId { get; set; }

    /// <summary>What the directory says, as JSON; without what is kept elsewhere: ids, times, whether the member is active, and who is in a group.</summary>
    public required string Document { get; set; }

    public required DateTimeOffset CreatedAt { get; init; }

    public required DateTimeOffset ChangedAt { get; set; }

    /// <summary>Counts changes: the ETag.</summary>
    public int Version { get; set; } = 1;
}

/// <summary>
/// A value of a resource by the path that filters name it by, so that they are computed in the database. The items of a list are numbered; each
/// attribute that has parts has a row of its own besides, without a value.
/// </summary>
public sealed class ScimValue : ITenantOwned
{
    public const int MaxLength = 400;

    public required Guid Id { get; init; }

    public required Guid OrganizationId { get; init; }

    public required Guid ResourceId { get; init; }

    public required ScimKind Kind { get; init; }

    /// <summary><c>displayName</c>, <c>emails.type</c>, <c>enterprise.department</c>.</summary>
    public required string Path { get; init; }

    /// <summary>The place in a list; 0 for what is no list.</summary>
    public required int Item { get; init; }

    /// <summary>In lower case, unless the attribute tells cases apart.</summary>
    public string? Value { get; init; }
}
