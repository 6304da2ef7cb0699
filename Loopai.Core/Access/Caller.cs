using System.Net;
using Loopai.Core.Errors;
using Loopai.Core.Tasks;

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

    /// <summary>A directory that provisions people, with its token.</summary>
    Directory,
}

/// <summary>Who acts, in which organization and environment, with which permissions. Every verb of a service takes it first; nothing is ambient.</summary>
public sealed class Caller
{
    private static readonly HeldPermissions Everything = HeldPermissions.Everywhere(Permissions.All);
    private readonly HeldPermissions _held;

    private Caller(CallerKind kind, Guid? id, string name, Guid? organizationId, Guid? environmentId, HeldPermissions held)
    {
        Kind = kind;
        Id = id;
        Name = name;
        OrganizationIdOrNull = organizationId;
        EnvironmentIdOrNull = environmentId;
        _held = held;
    }

    public CallerKind Kind { get; }

    /// <summary>The user's or the key's id; null for the system.</summary>
    public Guid? Id { get; }

    /// <summary>The person behind the call: the user, or whose key it is; null for the system and for a key that belongs to nobody.</summary>
    public Guid? PersonId { get; private init; }

    /// <summary>How the caller is shown to people: an e-mail, a key's name, <c>Loopai</c>.</summary>
    public string Name { get; }

    /// <summary>The tenant. A caller without one cannot reach tenant data: asking for it is a fault of ours, not of the caller.</summary>
    public Guid OrganizationId => OrganizationIdOrNull ?? throw new InvalidOperationException("This caller acts in no organization.");

    public Guid EnvironmentId => EnvironmentIdOrNull ?? throw new InvalidOperationException("This caller acts in no environment.");

    public Guid? OrganizationIdOrNull { get; }

    public Guid? EnvironmentIdOrNull { get; }

    /// <summary>Where the caller's request came from; null for jobs, which come from nowhere.</summary>
    public CallerOrigin? Origin { get; private set; }

    /// <summary>The session in which a person sits in front of the portal; null for programs, and for Loopai's own code.</summary>
    public Guid? SessionId { get; private set; }

    /// <summary>The person for whom a job acts.</summary>
    public ActingFor? OnBehalfOf { get; private set; }

    /// <summary>What the token in use may do of what its key may, space-separated; null for whoever came without a token.</summary>
    public string? Scope { get; private set; }

    /// <summary>The same caller, from there.</summary>
    public Caller From(CallerOrigin origin)
    {
        var same = (Caller)MemberwiseClone();
        same.Origin = origin;
        return same;
    }

    /// <summary>The same caller, in a session of the portal.</summary>
    public Caller In(Guid sessionId)
    {
        var same = (Caller)MemberwiseClone();
        same.SessionId = sessionId;
        return same;
    }

    /// <summary>The same caller, with a token of this scope.</summary>
    public Caller Within(string scope)
    {
        var same = (Caller)MemberwiseClone();
        same.Scope = scope;
        return same;
    }

    /// <summary>The same caller, acting for a person.</summary>
    public Caller For(ActingFor person)
    {
        var same = (Caller)MemberwiseClone();
        same.OnBehalfOf = person;
        return same;
    }

    public static Caller ForUser(Guid userId, string name, Guid organizationId, Guid environmentId, HeldPermissions held) =>
        new(CallerKind.User, userId, name, organizationId, environmentId, held) { PersonId = userId };

    public static Caller ForUser(Guid userId, string name, Guid organizationId, Guid environmentId, IEnumerable<string> permissions) =>
        ForUser(userId, name, organizationId, environmentId, HeldPermissions.Everywhere(permissions));

    /// <param name="keyId">The key.</param>
    /// <param name="name">Its name.</param>
    /// <param name="organizationId">Its organization.</param>
    /// <param name="environmentId">Its environment.</param>
    /// <param name="held">What it may do.</param>
    /// <param name="ownerId">The person it belongs to.</param>
    public static Caller ForKey(Guid keyId, string name, Guid organizationId, Guid environmentId, HeldPermissions held, Guid? ownerId) =>
        new(CallerKind.ApiKey, keyId, name, organizationId, environmentId, held) { PersonId = ownerId };

    /// <summary>A directory, which acts on the organization and in no environment.</summary>
    public static Caller ForDirectory(Guid tokenId, string name, Guid organizationId, IEnumerable<string> permissions) =>
        new(CallerKind.Directory, tokenId, name, organizationId, null, HeldPermissions.Everywhere(permissions));

    /// <summary>Loopai itself, within one organization.</summary>
    public static Caller System(Guid organizationId, Guid? environmentId = null) =>
        new(CallerKind.System, null, "Loopai", organizationId, environmentId, Everything);

    /// <summary>Loopai itself, over all organizations: only for start-up, sign-in and jobs that serve every tenant.</summary>
    public static Caller Installation { get; } = new(CallerKind.System, null, "Loopai", null, null, Everything);

    /// <summary>Whether the caller holds the permission for all that the organization has, or for all of the caller's environment. Pure: pages and endpoints ask the same question.</summary>
    public bool May(string permission) => _held.Here.Contains(permission);

    /// <summary>Whether the caller holds the permission for one task. Asked on the hot path: it allocates nothing.</summary>
    public bool May(string permission, Guid taskId) =>
        _held.Here.Contains(permission) || (_held.OnTasks.TryGetValue(permission, out var tasks) && tasks.Contains(taskId));

    /// <summary>Whether the caller holds the permission at all, were it for a single task: whether a page or a list has anything to offer.</summary>
    public bool MaySomewhere(string permission) => _held.Here.Contains(permission) || _held.OnTasks.ContainsKey(permission);

    /// <summary>Whether the caller holds the permission on all that a grant of this scope covers, and so may hand it on.</summary>
    public bool MayHandOn(string permission, GrantScope scope) => scope switch
    {
        _ when _held.InOrganization.Contains(permission) => true,
        { TaskId: { } task } => _held.OnTasks.TryGetValue(permission, out var tasks) && tasks.Contains(task),
        { EnvironmentId: { } environment } => environment == EnvironmentIdOrNull && _held.Here.Contains(permission),
        _ => false,
    };

    /// <summary>Whether the caller could give the role to somebody for the whole organization.</summary>
    public bool MayHandOn(Role role) => role.Permissions.All(permission => MayHandOn(permission, GrantScope.Organization));

    /// <summary>Whether what the caller holds of this permission counts beyond the environment at hand. A key's never does.</summary>
    public bool ReachesOtherEnvironments(string permission) =>
        Kind != CallerKind.ApiKey && (_held.InOrganization.Contains(permission) || !_held.Here.Contains(permission));

    /// <summary>The tasks for which the caller holds the permission; null for all of them.</summary>
    public IReadOnlyCollection<Guid>? TasksWith(string permission) =>
        _held.Here.Contains(permission) ? null : _held.OnTasks.TryGetValue(permission, out var tasks) ? tasks : [];

    /// <summary>One text for all callers who hold the same of these permissions, so that what was read for one of them can be shown to the others.</summary>
    public string Fingerprint(IReadOnlyCollection<string> permissions) => _held.Only(permissions, null).Fingerprint();

    /// <exception cref="ForbiddenException">The caller does not hold the permission for all that the organization or environment has.</exception>
    public void Demand(string permission)
    {
        if (!May(permission))
        {
            throw new ForbiddenException(permission) { Caller = this };
        }
    }

    /// <exception cref="ForbiddenException">The caller does not hold the permission for the task.</exception>
    /// <exception cref="NotFoundException">The caller's permissions are for other tasks, so that this one does not exist for them.</exception>
    public void Demand(string permission, Guid taskId)
    {
        if (Refusal(permission, taskId) is { } refusal)
        {
            throw refusal;
        }
    }

    /// <summary>Why the caller may not do this to the task; null when they may.</summary>
    public LoopaiException? Refusal(string permission, Guid taskId) =>
        May(permission, taskId) ? null
        : _held.OnTasks.Count > 0 && !_held.MayOneOf(Permissions.OnTask, taskId) ? TaskErrors.NotFound(taskId)
        : new ForbiddenException(permission) { Caller = this };

    /// <summary>Demands the permissions for one task at least, and answers for which: null for all of them. What lists are narrowed to.</summary>
    /// <exception cref="ForbiddenException">The caller holds one of the permissions nowhere.</exception>
    public IReadOnlyCollection<Guid>? DemandOnTasks(params ReadOnlySpan<string> permissions)
    {
        HashSet<Guid>? common = null;
        foreach (var permission in permissions)
        {
            if (!MaySomewhere(permission))
            {
                throw new ForbiddenException(permission) { Caller = this };
            }

            if (TasksWith(permission) is { } tasks)
            {
                common = common is null ? [.. tasks] : [.. common.Intersect(tasks)];
            }
        }

        return common;
    }

    /// <summary>Whether another caller is the same one with the same rights, so that a page made for one serves the other.</summary>
    public bool IsSameAs(Caller? other) =>
        other is not null && (Kind, Id, OrganizationIdOrNull, EnvironmentIdOrNull) == (other.Kind, other.Id, other.OrganizationIdOrNull, other.EnvironmentIdOrNull)
        && _held.IsSameAs(other._held);
}

/// <param name="Address">The network address of whoever asks.</param>
/// <param name="UserAgent">What its program calls itself.</param>
public sealed record CallerOrigin(IPAddress? Address, string? UserAgent);

/// <param name="Id">The person, where that is known.</param>
/// <param name="Name">Who they were called then.</param>
public sealed record ActingFor(Guid? Id, string Name);
