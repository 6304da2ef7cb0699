using System.Text.Json;
using System.Text.Json.Nodes;
using Loopai.Core.Access;
using Loopai.Core.Errors;
using Loopai.Core.Plugins.Installations;

namespace Loopai.Portal.Pages.Plugins.Installed;

/// <summary>What a plugin may do is read and agreed to here, and it is configured and installed.</summary>
public sealed partial class InstallPluginPage(PluginInstallationService plugins, Toasts toasts, NavigationManager navigation) : ComponentBase
{
    private LoadState<InstallationPlan> _state = LoadState<InstallationPlan>.Loading;
    private IReadOnlyDictionary<string, string[]> _errors = new Dictionary<string, string[]>(StringComparer.Ordinal);
    private IReadOnlyList<Crumb> _crumbs = [];
    private JsonNode? _configuration;
    private string _schema = "{}";
    private string? _failure;
    private string? _shown;

    [Parameter] public string Org { get; set; } = "";

    [Parameter] public string Key { get; set; } = "";

    [CascadingParameter] public Caller Caller { get; set; } = null!;

    [CascadingParameter] public ShellState Shell { get; set; } = null!;

    protected override async Task OnParametersSetAsync()
    {
        _crumbs = [new Crumb("Plugins", PortalUrls.Plugins(Org, Shell.Environment))];
        if (RendererInfo.IsInteractive && _shown != Key)
        {
            _shown = Key;
            await LoadAsync();
        }
    }

    private async Task LoadAsync()
    {
        _state = await LoadState.FromAsync(() => plugins.PlanAsync(Caller, Key, null, CancellationToken.None));
        if (_state.ValueOrDefault?.Manifest is { } manifest)
        {
            (_schema, _configuration) = (manifest.Configuration.ToJsonString(), PluginConfigurationForm.Defaults(manifest.Configuration));
        }
    }

    private async Task InstallAsync()
    {
        (_failure, _errors) = (null, new Dictionary<string, string[]>(StringComparer.Ordinal));
        try
        {
            var request = new InstallPlugin
            {
                Key = Key, Range = _state.ValueOrDefault!.Range, Version = _state.ValueOrDefault.Version, Configuration = JsonSerializer.SerializeToElement(_configuration ?? new JsonObject()), AcceptCapabilities = true,
            };
            var made = await plugins.InstallAsync(Caller, request, CancellationToken.None);
            toasts.Success($"{made.DisplayName} is installed");
            navigation.NavigateTo(PortalUrls.InstalledPlugin(Org, made.Id, Shell.Environment));
        }
        catch (InvalidException e)
        {
            (_errors, _failure) = (PluginConfigurationForm.ByPointer(e.Errors), PluginConfigurationForm.Rest(e.Errors));
        }
        catch (LoopaiException e)
        {
            _failure = PageFailures.Sentence(e);
        }
    }
}
