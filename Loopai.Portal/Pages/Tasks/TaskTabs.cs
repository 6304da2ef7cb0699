using Loopai.Core.Tasks;
using Loopai.Portal.Pages.Tasks.Examples;
using Loopai.Portal.Pages.Tasks.Playground;
using Loopai.Portal.Pages.Tasks.Plugins;
using Loopai.Portal.Pages.Tasks.Quality;
using Loopai.Portal.Pages.Tasks.Rollouts;
using Loopai.Portal.Pages.Tasks.Settings;
using Loopai.Portal.Pages.Tasks.Versions;
using Loopai.Portal.Shell;
using Microsoft.AspNetCore.Components;

namespace Loopai.Portal.Pages.Tasks;

/// <param name="Key">What the URL says when the tab is open.</param>
/// <param name="Label">What people read.</param>
/// <param name="Component">
/// What is shown: a component that takes the <see cref="TaskDefinition"/> as <c>Task</c>, and tells by <c>OnTaskChanged</c> that it changed the task. Null
/// for a tab that leads to another page.
/// </param>
public sealed record TaskTab(string Key, string Label, Type? Component);

/// <summary>What a task's page is made of, from left to right. The first is what opens.</summary>
public static class TaskTabs
{
    public const string Executions = "executions";

    public static readonly IReadOnlyList<TaskTab> All =
    [
        new("playground", "Playground", typeof(PlaygroundTab)),
        new("versions", "Versions", typeof(VersionsTab)),
        new("rollout", "Rollout", typeof(RolloutTab)),
        new(Executions, "Executions", null),
        new("quality", "Quality", typeof(QualityTab)),
        new("examples", "Examples", typeof(ExamplesTab)),
        new("plugins", "Plugins", typeof(PluginsTab)),
        new("settings", "Settings", typeof(SettingsTab)),
    ];

    /// <summary>The tab of an address; null when there is no such tab.</summary>
    public static TaskTab? Find(string? key) =>
        key is null ? All[0] : All.FirstOrDefault(t => t.Component is not null && string.Equals(t.Key, key, StringComparison.OrdinalIgnoreCase));

    public static IReadOnlyList<TabItem> ItemsOf(TaskDefinition task, ShellState shell) =>
    [
        .. All.Select(t => new TabItem(t.Key, t.Label, t.Key == Executions
            ? PortalUrls.Executions(shell.OrganizationSlug, shell.Environment, task.Id)
            : PortalUrls.Task(shell.OrganizationSlug, task.Id, t == All[0] ? null : t.Key, shell.Environment))),
    ];

    public static Dictionary<string, object?> Parameters(TaskDefinition task, EventCallback changed) => new(StringComparer.Ordinal)
    {
        ["Task"] = task,
        ["OnTaskChanged"] = changed,
    };
}
