using Loopai.Core.Access;
using Loopai.Core.Errors;
using Loopai.Core.Plugins.Installations;
using Loopai.Core.Plugins.Packages;
using Radzen;

namespace Loopai.Portal.Pages.Plugins.Installed;

/// <summary>One installed plugin: how it is doing, how it is configured, and what it said.</summary>
public sealed partial class InstalledPluginPage(
    InstalledPlugins installed, PluginInstallationService plugins, PluginUpgradeService upgrades, PluginAttachmentService attachments, DialogService dialogs, Toasts toasts,
    NavigationManager navigation) : ComponentBase
{
    private const string Overview = "overview", Settings = "settings", Verdicts = "verdicts";

    private LoadState<InstallationItem> _state = LoadState<InstallationItem>.Loading;
    private IReadOnlyList<AttachedPlugin> _attached = [];
    private IReadOnlyList<string> _users = [];
    private IReadOnlyList<Crumb> _crumbs = [];
    private (Guid Id, string? Tab) _shown;

    [Parameter] public string Org { get; set; } = "";

    [Parameter] public Guid Id { get; set; }

    [Parameter] public string? Tab { get; set; }

    [CascadingParameter] public Caller Caller { get; set; } = null!;

    [CascadingParameter] public ShellState Shell { get; set; } = null!;

    private string Shown => Tab is Settings or Verdicts ? Tab : Overview;

    private bool MayManage => Caller.May(Permissions.PluginsManage);

    private IReadOnlyList<TabItem> Tabs =>
    [
        new(Overview, "Overview", PortalUrls.InstalledPlugin(Org, Id, Shell.Environment)),
        .. _state.ValueOrDefault?.Installation.Kind == PluginKind.Validator ? [new TabItem(Verdicts, "Verdicts", PortalUrls.InstalledPlugin(Org, Id, Shell.Environment, Verdicts))] : Array.Empty<TabItem>(),
        new(Settings, "Configuration", PortalUrls.InstalledPlugin(Org, Id, Shell.Environment, Settings)),
    ];

    protected override async Task OnParametersSetAsync()
    {
        _crumbs = [new Crumb("Installed plugins", PortalUrls.InstalledPlugins(Org, Shell.Environment))];
        if (RendererInfo.IsInteractive && _shown != (Id, Tab))
        {
            _shown = (Id, Tab);
            await LoadAsync();
        }
    }

    /// <summary>Of what is attached to no task that may be seen.</summary>
    private string WorksFor(InstallationItem item) => (_users.Count, item.Installation.Kind) switch
    {
        (> 0, _) => $"Used by {string.Join(", ", _users)}.",
        (_, PluginKind.WebhookHandler) => "Choose it as the handler of a webhook.",
        _ => "No task yet. Attach it on a task's Plugins tab.",
    };

    private static bool IsPinned(InstallationItem item) => item.Installation.Range == item.Installation.Version;

    private async Task LoadAsync()
    {
        _state = await LoadState.FromAsync(() => installed.GetAsync(Caller, Id, CancellationToken.None));
        _attached = (await LoadState.FromAsync(() => attachments.ListOfInstallationAsync(Caller, Id, CancellationToken.None))).ValueOrDefault ?? [];
        _users = (await LoadState.FromAsync(() => installed.ListUsersAsync(Caller, Id, CancellationToken.None))).ValueOrDefault ?? [];
    }

    private Task SwitchAsync(InstallationItem item) => ActAsync(async () =>
    {
        var on = !item.Installation.IsEnabled;
        await plugins.UpdateAsync(Caller, Id, new ChangeInstallation { IsEnabled = on }, null, CancellationToken.None);
        toasts.Success($"{item.Installation.DisplayName} is {(on ? "on" : "off")}");
    });

    private Task PinAsync(InstallationItem item) => ActAsync(async () =>
    {
        var range = IsPinned(item) ? "^" + item.Installation.Version : item.Installation.Version;
        await plugins.UpdateAsync(Caller, Id, new ChangeInstallation { Range = range }, null, CancellationToken.None);
        toasts.Success($"{item.Installation.DisplayName} follows {range}");
    });

    private async Task UpgradeAsync(InstallationItem item)
    {
        var plan = await LoadState.FromAsync(() => upgrades.PlanAsync(Caller, Id, null, CancellationToken.None));
        if (plan.ValueOrDefault is not { Plan: { } changes, Version: { } version })
        {
            toasts.Error($"{item.Installation.DisplayName} cannot be upgraded", plan.ValueOrDefault is { } refused ? string.Join(" ", refused.Conflicts) : "Try again in a moment.");
            return;
        }

        var moves = string.Join(", ", changes.Moved.Select(m => $"{m.Key} {m.From} to {m.To}{(m.MayBreak ? " (may work differently)" : "")}"));
        var asks = changes.NeedsConsent ? " It asks for more than you agreed to: " + string.Join("; ", changes.Capabilities.SelectMany(c => c.Widened)) + "." : "";
        if (await ConfirmDialog.OpenAsync(
            dialogs, $"Upgrade {item.Installation.DisplayName} to {version}?",
            $"{moves}. It gets {Format.Percent(PluginUpgradeService.UsualShare)} of the calls first, and takes over when it has proved itself.{asks}", changes.NeedsConsent ? "Allow this and upgrade" : "Upgrade"))
        {
            await ActAsync(async () => await upgrades.UpgradeAsync(Caller, Id, new UpgradeInstallation { Version = version, AcceptCapabilities = true }, item.Installation.Revision, CancellationToken.None));
        }
    }

    private Task PromoteAsync() => ActAsync(async () => await upgrades.PromoteAsync(Caller, Id, CancellationToken.None));

    private Task RollBackAsync() => ActAsync(async () => await upgrades.RollBackAsync(Caller, Id, CancellationToken.None));

    private Task ReleaseAsync() => ActAsync(async () => await plugins.ReleaseAsync(Caller, Id, CancellationToken.None));

    private async Task UninstallAsync(InstallationItem item)
    {
        var users = (await LoadState.FromAsync(() => installed.ListUsersAsync(Caller, Id, CancellationToken.None))).ValueOrDefault ?? [];
        if (users.Count > 0)
        {
            toasts.Error($"{item.Installation.DisplayName} is still used", $"By {string.Join(", ", users)}. Detach it there first.");
            return;
        }

        if (await ConfirmDialog.OpenAsync(
            dialogs, $"Uninstall {item.Installation.DisplayName}?", "Its configuration and secrets go. Verdicts stay as long as they are kept anyway.", "Uninstall", danger: true))
        {
            await ActAsync(async () =>
            {
                await plugins.UninstallAsync(Caller, Id, CancellationToken.None);
                toasts.Success($"{item.Installation.DisplayName} is uninstalled");
                navigation.NavigateTo(PortalUrls.InstalledPlugins(Org, Shell.Environment));
            });
        }
    }

    private async Task ActAsync(Func<Task> act)
    {
        try
        {
            await act();
        }
        catch (LoopaiException e)
        {
            toasts.Failed(e);
        }

        await LoadAsync();
    }
}
