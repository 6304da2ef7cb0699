namespace Loopai.Core.Access;

/// <summary>A permission and how far it reaches.</summary>
/// <param name="Permission">As <c>area:verb</c>.</param>
/// <param name="EnvironmentId">In this environment only.</param>
/// <param name="TaskId">For this task only.</param>
public sealed record ScopedPermission(string Permission, Guid? EnvironmentId = null, Guid? TaskId = null);

/// <summary>All that grants give, over all environments and tasks, to be compared.</summary>
internal static class Reach
{
    public static HashSet<ScopedPermission> Of(IEnumerable<Grant> grants, IReadOnlyDictionary<string, Role> roles) =>
    [
        .. grants.Where(g => roles.ContainsKey(g.RoleId))
            .SelectMany(g => g.Scope.Given(roles[g.RoleId]).Select(p => new ScopedPermission(p, g.EnvironmentId, g.TaskId))),
    ];

    /// <summary>What one reaches and the other does not. What is held for the whole organization covers every part of it.</summary>
    public static IReadOnlyList<ScopedPermission> Beyond(HashSet<ScopedPermission> one, HashSet<ScopedPermission> other) =>
    [
        .. one.Where(p => !other.Contains(p) && !other.Contains(new ScopedPermission(p.Permission)) && !IsCoveredWithin(one, p)).OrderBy(p => p.Permission, StringComparer.Ordinal),
    ];

    private static bool IsCoveredWithin(HashSet<ScopedPermission> all, ScopedPermission part) =>
        part is not { EnvironmentId: null, TaskId: null } && all.Contains(new ScopedPermission(part.Permission));
}
