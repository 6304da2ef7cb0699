using System.Collections.Frozen;
using System.Security.Cryptography;
using System.Text;

namespace Loopai.Core.Access;

/// <summary>Permissions by how far they reach: everywhere in the organization, in the environment at hand, and on single tasks.</summary>
public sealed class HeldPermissions
{
    private static readonly FrozenDictionary<string, FrozenSet<Guid>> NoTasks = FrozenDictionary<string, FrozenSet<Guid>>.Empty;

    private HeldPermissions(FrozenSet<string> everywhere, FrozenSet<string> here, FrozenDictionary<string, FrozenSet<Guid>> onTasks)
    {
        InOrganization = everywhere;
        Here = here;
        OnTasks = onTasks;
    }

    /// <summary>Held for the whole organization.</summary>
    internal FrozenSet<string> InOrganization { get; }

    /// <summary>Held for the organization or the environment.</summary>
    internal FrozenSet<string> Here { get; }

    /// <summary>What is held for some tasks only: permission → tasks.</summary>
    internal FrozenDictionary<string, FrozenSet<Guid>> OnTasks { get; }

    /// <summary>Permissions without bounds within the organization.</summary>
    public static HeldPermissions Everywhere(IEnumerable<string> permissions)
    {
        var all = permissions.ToFrozenSet(StringComparer.Ordinal);
        return new HeldPermissions(all, all, NoTasks);
    }

    /// <summary>Permissions of which those that can be held for a single environment count in the one at hand alone.</summary>
    public static HeldPermissions InEnvironment(IReadOnlyCollection<string> permissions) => new(
        permissions.Where(p => !Permissions.OnEnvironment.Contains(p)).ToFrozenSet(StringComparer.Ordinal), permissions.ToFrozenSet(StringComparer.Ordinal), NoTasks);

    /// <summary>Permissions whose part that concerns tasks counts for the named ones alone.</summary>
    public static HeldPermissions OnlyOn(IReadOnlyCollection<Guid> tasks, IEnumerable<string> permissions)
    {
        var byKind = permissions.ToLookup(p => Permissions.OnTask.Contains(p));
        var rest = byKind[false].ToFrozenSet(StringComparer.Ordinal);
        var these = tasks.ToFrozenSet();
        return new HeldPermissions(rest, rest, byKind[true].Distinct(StringComparer.Ordinal).ToFrozenDictionary(p => p, _ => these, StringComparer.Ordinal));
    }

    /// <summary>The union of what grants give in an environment.</summary>
    public static HeldPermissions Of(IEnumerable<(GrantScope Scope, Role Role)> grants, Guid environmentId)
    {
        var (everywhere, here) = (new HashSet<string>(StringComparer.Ordinal), new HashSet<string>(StringComparer.Ordinal));
        var onTasks = new Dictionary<string, HashSet<Guid>>(StringComparer.Ordinal);
        foreach (var (scope, role) in grants)
        {
            if (scope.TaskId is { } task)
            {
                foreach (var permission in scope.Given(role))
                {
                    (onTasks.TryGetValue(permission, out var tasks) ? tasks : onTasks[permission] = []).Add(task);
                }
            }
            else if (scope.EnvironmentId is { } environment)
            {
                here.UnionWith(environment == environmentId ? scope.Given(role) : []);
            }
            else
            {
                everywhere.UnionWith(role.Permissions);
            }
        }

        here.UnionWith(everywhere);
        return new HeldPermissions(
            everywhere.ToFrozenSet(StringComparer.Ordinal), here.ToFrozenSet(StringComparer.Ordinal),
            onTasks.Where(p => !here.Contains(p.Key)).ToFrozenDictionary(p => p.Key, p => p.Value.ToFrozenSet(), StringComparer.Ordinal));
    }

    /// <summary>What is held of these permissions, and of those that concern tasks, where tasks are named, what is held for them.</summary>
    public HeldPermissions Only(IReadOnlyCollection<string> permissions, IReadOnlyCollection<Guid>? tasks)
    {
        bool Counts(string permission) => permissions.Contains(permission) && (tasks is null || !Permissions.OnTask.Contains(permission));
        var onTasks = OnTasks.Where(p => permissions.Contains(p.Key))
            .ToDictionary(p => p.Key, p => tasks is null ? p.Value : p.Value.Where(tasks.Contains).ToFrozenSet(), StringComparer.Ordinal);
        foreach (var permission in Here.Where(p => permissions.Contains(p) && !Counts(p)))
        {
            onTasks[permission] = tasks!.ToFrozenSet();
        }

        return new HeldPermissions(
            InOrganization.Where(Counts).ToFrozenSet(StringComparer.Ordinal), Here.Where(Counts).ToFrozenSet(StringComparer.Ordinal),
            onTasks.ToFrozenDictionary(StringComparer.Ordinal));
    }

    /// <summary>One text for equal permissions, another for any others.</summary>
    internal string Fingerprint()
    {
        var lines = InOrganization.Select(p => $"organization {p}").Concat(Here.Select(p => $"here {p}")).Concat(OnTasks.SelectMany(p => p.Value.Select(task => $"{task} {p.Key}")));
        return Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(string.Join('\n', lines.Order(StringComparer.Ordinal)))));
    }

    internal bool MayOneOf(IEnumerable<string> permissions, Guid taskId) =>
        permissions.Any(p => Here.Contains(p) || (OnTasks.TryGetValue(p, out var tasks) && tasks.Contains(taskId)));

    internal bool IsSameAs(HeldPermissions other) =>
        ReferenceEquals(this, other)
        || (InOrganization.SetEquals(other.InOrganization) && Here.SetEquals(other.Here) && OnTasks.Count == other.OnTasks.Count
            && OnTasks.All(p => other.OnTasks.TryGetValue(p.Key, out var tasks) && p.Value.SetEquals(tasks)));
}
