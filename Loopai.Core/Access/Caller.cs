using System.Collections.Frozen;
using Loopai.Core.Errors;

namespace Loopai.Core.Access;

/// <summary>What kind of caller acts.</summary>
public enum CallerKind
{
    /// <summary>A signed-in person.</summary>
    User,

    /// <summary>A program that holds an API key.</summary>
    ApiKey,

    /// <summary>Loopai itself: jobs, start-up, the demo.</summary>
    System,
}

/// <summary>Who acts, in which organization and environment, with which permissions. Every verb of a service takes it first; nothing is ambient.</summary>
public sealed class Caller
{
    private readonly FrozenSet<string> _permissions;

    private Caller(CallerKind kind, Guid? id, string name, Guid? organizationId, Guid? environmentId, FrozenSet<string> permissions)
    {
        Kind = kind;
        Id = id;
        Name = name;
        OrganizationIdOrNull = organizationId;
        EnvironmentIdOrNull = environmentId;
        _permissions = permissions;
    }

    public CallerKind Kind { get; }

    /// <summary>The user's or the key's id; null for the system.</summary>
    public Guid? Id { get; }

    /// <summary>How the caller is shown to people: an e-mail, a key's name, <c>Loopai</c>.</summary>
    public string Name { get; }

    /// <summary>The tenant. A caller without one cannot reach tenant data: asking for it is a fault of ours, not of the caller.</summary>
    public Guid OrganizationId => OrganizationIdOrNull ?? throw new InvalidOperationException("This caller acts in no organization.");

    public Guid EnvironmentId => EnvironmentIdOrNull ?? throw new InvalidOperationException("This caller acts in no environment.");

    public Guid? OrganizationIdOrNull { get; }

    public Guid? EnvironmentIdOrNull { get; }

    public static Caller ForUser(Guid userId, string name, Guid organizationId, Guid environmentId, IEnumerable<string> permissions) =>
        new(CallerKind.User, userId, name, organizationId, environmentId, permissions.ToFrozenSet(StringComparer.Ordinal));

    public static Caller ForKey(Guid keyId, string name, Guid organizationId, Guid environmentId, IEnumerable<string> permissions) =>
        new(CallerKind.ApiKey, keyId, name, organizationId, environmentId, permissions.ToFrozenSet(StringComparer.Ordinal));

    /// <summary>Loopai itself, within one organization.</summary>
    public static Caller System(Guid organizationId, Guid? environmentId = null) =>
        new(CallerKind.System, null, "Loopai", organizationId, environmentId, Permissions.All.ToFrozenSet(StringComparer.Ordinal));

    /// <summary>Loopai itself, over all organizations: only for start-up, sign-in and jobs that serve every tenant.</summary>
    public static Caller Installation { get; } = new(CallerKind.System, null, "Loopai", null, null, Permissions.All.ToFrozenSet(StringComparer.Ordinal));

    /// <summary>Whether the caller holds the permission. Pure: pages and endpoints ask the same question.</summary>
    public bool May(string permission) => _permissions.Contains(permission);

    /// <exception cref="ForbiddenException">The caller does not hold the permission.</exception>
    public void Demand(string permission)
    {
        if (!May(permission))
        {
            throw new ForbiddenException(permission);
        }
    }
}
