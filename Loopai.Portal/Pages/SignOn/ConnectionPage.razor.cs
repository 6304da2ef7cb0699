using Loopai.Core.Access;
using Loopai.Core.Configuration;
using Loopai.Core.Errors;
using Loopai.Core.Identity.SignOn;
using Loopai.Portal.Accounts;
using Microsoft.AspNetCore.Components;
using Radzen;

namespace Loopai.Portal.Pages.SignOn;

/// <summary>One provider: its settings, what its groups mean, a dry run, and who came in through it.</summary>
public sealed partial class ConnectionPage(
    ConnectionService connections, SignOnTests tests, DialogService dialogs, Confirmation confirmation, Toasts toasts, NavigationManager navigation, PortalSettings portal) : ComponentBase
{
    private LoadState<SignOnConnection> _state = LoadState<SignOnConnection>.Loading;
    private MappingChoices _choices = new([], [], []);
    private Guid? _loaded;

    [Parameter] public string Org { get; set; } = "";

    [Parameter] public Guid Id { get; set; }

    /// <summary>The test run that is shown.</summary>
    [SupplyParameterFromQuery(Name = "test")] public Guid? Test { get; set; }

    [CascadingParameter] private Caller Caller { get; set; } = null!;

    [CascadingParameter] private ShellState Shell { get; set; } = null!;

    private PortalSettings Portal => portal;

    private NavigationManager Location => navigation;

    protected override async Task OnParametersSetAsync()
    {
        if (RendererInfo.IsInteractive && _loaded != Id)
        {
            (_loaded, _state) = (Id, LoadState<SignOnConnection>.Loading);
            await LoadAsync();
        }
    }

    private static string AddressName(string name) => name switch
    {
        "redirectUri" => "Redirect URI",
        "postLogoutRedirectUri" => "Post-logout redirect URI",
        "backChannelLogoutUri" => "Back-channel logout URI",
        "frontChannelLogoutUri" => "Front-channel logout URI",
        "entityId" => "Entity ID (audience)",
        "assertionConsumerUrl" => "Reply URL (ACS)",
        "metadataUrl" => "Metadata URL",
        "singleLogoutUrl" => "Single logout URL",
        _ => "Sign-on URL (start)",
    };

    private async Task LoadAsync() => _state = await LoadState.FromAsync(async () =>
    {
        _choices = await connections.ChoicesAsync(Caller, CancellationToken.None);
        return await connections.GetAsync(Caller, Id, CancellationToken.None);
    });

    private Task ReplaceAsync(SignOnConnection saved)
    {
        _state = LoadState<SignOnConnection>.Of(saved);
        return Task.CompletedTask;
    }

    /// <summary>Leaves the portal for the provider, and comes back to this page with the run's id.</summary>
    private async Task TestAsync()
    {
        try
        {
            var run = await tests.StartAsync(Caller, Id, CancellationToken.None);
            var back = PortalUrls.SignOnConnection(Org, Id, Shell.Environment, run.Id);
            navigation.NavigateTo(PortalUrls.SignOnStart(_state.ValueOrDefault!.Kind, Id, back, run.Id), forceLoad: true);
        }
        catch (LoopaiException e)
        {
            toasts.Failed(e);
        }
    }

    private async Task SwitchAsync()
    {
        var connection = _state.ValueOrDefault!;
        if (!connection.Enabled && connection.TestPassed != true && !await ConfirmDialog.OpenAsync(
            dialogs, $"Switch {connection.Name} on untested?", "No test of these settings has passed. People of your domains are led to the provider at once, and may not get in.", "Switch on"))
        {
            return;
        }

        try
        {
            var draft = new ConnectionDraft(Enabled: !connection.Enabled);
            if (await confirmation.AnswerAsync(() => connections.UpdateAsync(Caller, Id, draft, connection.Revision, CancellationToken.None)) is { } saved)
            {
                await ReplaceAsync(saved);
                toasts.Success(saved.Enabled ? $"{saved.Name} is on" : $"{saved.Name} is off");
            }
        }
        catch (LoopaiException e)
        {
            toasts.Failed(e);
            await LoadAsync();
        }
    }

    private async Task DeleteAsync()
    {
        var connection = _state.ValueOrDefault!;
        if (!await ConfirmDialog.OpenAsync(
            dialogs, $"Delete {connection.Name}?", "Whoever came in through it is signed out, nobody comes in any more, and who is who at the provider is forgotten. This cannot be undone.", "Delete provider",
            danger: true, typed: connection.Name))
        {
            return;
        }

        try
        {
            if (await confirmation.RunAsync(() => connections.DeleteAsync(Caller, Id, CancellationToken.None)))
            {
                navigation.NavigateTo(PortalUrls.SignOn(Org, Shell.Environment));
            }
        }
        catch (LoopaiException e)
        {
            toasts.Failed(e);
        }
    }
}
