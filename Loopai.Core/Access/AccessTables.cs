using System.Collections.Frozen;

namespace Loopai.Core.Access;

/// <summary>The tables that decide who may do what, and what an organization's settings allow.</summary>
public static class AccessTables
{
    /// <summary>A change of one of their rows is told with the organization's id.</summary>
    public static readonly FrozenSet<string> ByOrganization = FrozenSet.ToFrozenSet(
        ["organizations", "environments", "memberships", "teams", "team_members", "custom_roles", "grants"], StringComparer.Ordinal);
}
