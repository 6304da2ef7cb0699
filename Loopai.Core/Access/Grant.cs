using Loopai.Core.Data;

namespace Loopai.Core.Access;

/// <summary>A role that a person or a team holds, on the organization, on one environment or on one task.</summary>
public sealed class Grant : ITenantOwned
{
    public required Guid Id { get; init; }

    public required Guid OrganizationId { get; init; }

    /// <summary>The person who holds it; null when a team does.</summary>
    public Guid? UserId { get; init; }

    /// <summary>The team that holds it; null when a person does.</summary>
    public Guid? TeamId { get; init; }

    /// <summary>A built-in role's name or a custom role's id.</summary>
    public required string RoleId { get; init; }

    public Guid? EnvironmentId { get; init; }

    public Guid? TaskId { get; init; }

    /// <summary>Who keeps it: what a directory keeps is replaced by the directory alone.</summary>
    public required AccessSource Source { get; init; }

    public required string GrantedBy { get; init; }

    public required DateTimeOffset CreatedAt { get; init; }

    public GrantScope Scope => new(EnvironmentId, TaskId);
}

/// <summary>Who keeps a grant or a team membership.</summary>
public enum AccessSource
{
    /// <summary>Somebody gave it in the portal or over the API.</summary>
    Manual,

    /// <summary>A sign-on's mapping of claims, attributes or groups; set again at every sign-in.</summary>
    Sso,

    /// <summary>A directory that provisions.</summary>
    Scim,
}

/// <summary>How far a grant reaches: one task, one environment, or with neither the organization.</summary>
/// <param name="EnvironmentId">The environment.</param>
/// <param name="TaskId">The task, in every environment.</param>
public readonly record struct GrantScope(Guid? EnvironmentId = null, Guid? TaskId = null)
{
    public static readonly GrantScope Organization;

    /// <summary>
    /// What a role gives here. On a task only what concerns a task; on an environment only what belongs to one, for tasks and programs are shared by
    /// all environments, and who may change them in one would change them in all.
    /// </summary>
    public IEnumerable<string> Given(Role role) =>
        TaskId is not null ? role.Permissions.Where(Permissions.OnTask.Contains)
        : EnvironmentId is not null ? role.Permissions.Where(Permissions.OnEnvironment.Contains)
        : role.Permissions;
}

/// <summary>Who can hold a grant.</summary>
public readonly record struct Holder(Guid? UserId, Guid? TeamId)
{
    public static Holder User(Guid id) => new(id, null);

    public static Holder Team(Guid id) => new(null, id);
}

/// <summary>A grant as it is asked for.</summary>
/// <param name="RoleId">A built-in role's name or a custom role's id.</param>
/// <param name="EnvironmentId">On this environment only.</param>
/// <param name="TaskId">On this task only.</param>
public sealed record WantedGrant(string RoleId, Guid? EnvironmentId = null, Guid? TaskId = null)
{
    public GrantScope Scope => new(EnvironmentId, TaskId);
}
