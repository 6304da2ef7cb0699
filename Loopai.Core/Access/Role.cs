using Loopai.Core.Data;

namespace Loopai.Core.Access;

/// <summary>A named set of permissions, built in or an organization's own.</summary>
/// <param name="Id"><c>owner</c> for a built-in role, the row's id for a custom one. Grants name it.</param>
/// <param name="Name">What people read.</param>
/// <param name="Description">Who it is for.</param>
/// <param name="IsBuiltIn">Whether it is fixed.</param>
/// <param name="Permissions">What it allows.</param>
public sealed record Role(string Id, string Name, string Description, bool IsBuiltIn, IReadOnlyList<string> Permissions);

/// <summary>A role that an organization made for itself.</summary>
public sealed class CustomRole : ITenantOwned
{
    public const int MaxNameLength = 60;

    public required Guid Id { get; init; }

    public required Guid OrganizationId { get; init; }

    public required string Name { get; set; }

    public string Description { get; set; } = "";

    /// <summary>Space-separated permissions.</summary>
    public required string Permissions { get; set; }

    /// <summary>Counts changes, so that of two who edit at once one is told.</summary>
    public int Revision { get; set; } = 1;

    public required string CreatedBy { get; init; }

    public required DateTimeOffset CreatedAt { get; init; }

    public required DateTimeOffset UpdatedAt { get; set; }

    /// <summary>The role as grants use it. A permission that a later version of Loopai dropped is left out.</summary>
    public Role ToRole() => new(
        Id.ToString(), Name, Description, IsBuiltIn: false,
        [.. Permissions.Split(' ', StringSplitOptions.RemoveEmptyEntries).Where(p => Access.Permissions.Grantable.Contains(p))]);
}
