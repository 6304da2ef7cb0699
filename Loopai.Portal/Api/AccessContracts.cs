using Loopai.Core.Access;

namespace Loopai.Portal.Api;

/// <param name="Name">As <c>area:verb</c>.</param>
/// <param name="Description">What it allows.</param>
/// <param name="OnTask">Whether it can be held for a single task.</param>
/// <param name="OnEnvironment">Whether it can be held for a single environment.</param>
/// <param name="Held">Whether the caller holds it.</param>
public sealed record PermissionResponse(string Name, string Description, bool OnTask, bool OnEnvironment, bool Held);

/// <summary>Every permission; there are few, so they come in one window.</summary>
public sealed record PermissionList(IReadOnlyList<PermissionResponse> Items, string? NextCursor);

/// <summary>What is asked of a role; what is left out stays.</summary>
public sealed record RoleRequest
{
    public string? Name { get; init; }

    public string? Description { get; init; }

    public IReadOnlyList<string>? Permissions { get; init; }

    public RoleDraft ToDraft() => new() { Name = Name, Description = Description, Permissions = Permissions };
}

/// <summary>A role as the API shows it. Only a custom role has a revision.</summary>
public sealed record RoleResponse(string Id, string Name, string Description, bool BuiltIn, IReadOnlyList<string> Permissions, int? Holders, int? Revision)
{
    public static RoleResponse Of(RoleEntry entry) => Of(entry.Role, entry.Holders, entry.Role.IsBuiltIn ? null : entry.Revision);

    public static RoleResponse Of(CustomRole role) => Of(role.ToRole(), null, role.Revision);

    private static RoleResponse Of(Role role, int? holders, int? revision) =>
        new(role.Id, role.Name, role.Description, role.IsBuiltIn, role.Permissions, holders, revision);
}

/// <summary>All roles of an organization; there are few, so they come in one window.</summary>
public sealed record RoleList(IReadOnlyList<RoleResponse> Items, string? NextCursor);

/// <summary>What a role would hold.</summary>
public sealed record RolePreviewRequest
{
    /// <summary>Left out for the role's deletion.</summary>
    public IReadOnlyList<string>? Permissions { get; init; }
}

/// <summary>Who would gain and who would lose what; nobody who stays as they are is in it.</summary>
public sealed record RolePreviewResponse(IReadOnlyList<RoleEffect> Items);
