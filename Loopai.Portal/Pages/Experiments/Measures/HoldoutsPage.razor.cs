using Loopai.Core.Access;
using Loopai.Core.Experiments;
using Loopai.Portal.Shell;
using Microsoft.AspNetCore.Components;
using Radzen;

namespace Loopai.Portal.Pages.Experiments.Measures;

/// <summary>The organization's holdouts, and which experiments keep to them.</summary>
public sealed partial class HoldoutsPage(HoldoutService holdouts, ExperimentUses uses, DialogService dialogs, Toasts toasts) : ComponentBase
{
    private LoadState<TableWindow<HoldoutRow>> _state = LoadState<TableWindow<HoldoutRow>>.Loading;

    [Parameter] public string Org { get; set; } = "";

    [CascadingParameter] public Caller Caller { get; set; } = null!;

    [CascadingParameter] public ShellState Shell { get; set; } = null!;

    private bool MayWrite => Caller.May(Permissions.ExperimentsWrite);

    protected override Task OnParametersSetAsync() => RendererInfo.IsInteractive ? LoadAsync() : Task.CompletedTask;

    private async Task LoadAsync() => _state = await LoadState.FromAsync(async () =>
    {
        var usedBy = (await uses.ReadAsync(Caller, CancellationToken.None)).Holdouts;
        return new TableWindow<HoldoutRow>([.. (await holdouts.ListAsync(Caller, CancellationToken.None)).Select(h => new HoldoutRow(h, [.. usedBy[h.Id]]))]);
    });

    private async Task EditAsync(Holdout? holdout)
    {
        if (await HoldoutDialog.OpenAsync(dialogs, Caller, holdout) is { } saved)
        {
            toasts.Success(holdout is null ? $"{saved.Key} is there; name it in your experiments" : $"{saved.Key} is changed");
            await LoadAsync();
        }
    }

    private async Task DeleteAsync(HoldoutRow row)
    {
        if (!await ConfirmDialog.OpenAsync(
            dialogs, $"Delete {row.Holdout.Key}?", "Experiments can no longer name it. One that has to be kept for its report keeps it from being deleted.", "Delete holdout", danger: true))
        {
            return;
        }

        try
        {
            await holdouts.DeleteAsync(Caller, row.Holdout.Id, CancellationToken.None);
            toasts.Success($"{row.Holdout.Key} is deleted");
        }
        catch (Exception e)
        {
            toasts.Failed(e);
        }

        await LoadAsync();
    }
}

/// <summary>A line of the list.</summary>
public sealed record HoldoutRow(Holdout Holdout, IReadOnlyList<ExperimentUse> Uses);
