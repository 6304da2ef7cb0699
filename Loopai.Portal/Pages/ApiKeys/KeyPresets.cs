using Loopai.Core.Access;

namespace Loopai.Portal.Pages.ApiKeys;

/// <param name="Key">What the form holds.</param>
/// <param name="Label">What people read.</param>
/// <param name="Help">For whom it is.</param>
/// <param name="Permissions">What the key may do.</param>
public sealed record KeyPreset(string Key, string Label, string Help, IReadOnlyList<string> Permissions);

/// <summary>The sets of permissions that keys are given.</summary>
public static class KeyPresets
{
    private static readonly IReadOnlyList<string> OfTheOrganization = [Permissions.OrganizationRead, Permissions.KeysRead, Permissions.AuditRead];

    /// <summary>Everything that reads, but for who the people are, what keys there are and what they did.</summary>
    private static IReadOnlyList<string> Reading => [.. Permissions.Owner.Where(p => p.EndsWith(":read", StringComparison.Ordinal) && !OfTheOrganization.Contains(p))];

    public static readonly IReadOnlyList<KeyPreset> All =
    [
        new("execute", "Execute only", "For applications: they run tasks and see nothing else.", [Permissions.ExecutionsRun]),
        new("read", "Read only", "For dashboards and exports: tasks, executions, quality, experiments, flags, rollouts, usage.", Reading),
        new("publish", "Publish plugins", "For build servers: they submit packages, and read how far those are.", [Permissions.PluginsPublish, Permissions.PluginsRead]),
        new("everything", "Everything", "For automation: the whole life of tasks. Not keys, not the organization.", Permissions.DefaultKey),
    ];

    /// <summary>The preset's name, or how many permissions there are.</summary>
    public static string Describe(string permissions)
    {
        var held = permissions.Split(' ', StringSplitOptions.RemoveEmptyEntries).ToHashSet(StringComparer.Ordinal);
        return All.FirstOrDefault(preset => held.SetEquals(preset.Permissions))?.Label ?? Format.Count(held.Count, "permission");
    }
}
