using Loopai.Core.Access;
using Loopai.Core.Costs.Budgets;
using Loopai.Core.Errors;
using Microsoft.AspNetCore.Components;
using Radzen;

namespace Loopai.Portal.Pages.Costs;

/// <summary>What may be spent, and how far it is.</summary>
public sealed partial class BudgetsPage(BudgetService budgets, DialogService dialogs, Toasts toasts) : ComponentBase
{
    private LoadState<IReadOnlyList<BudgetState>> _state = LoadState<IReadOnlyList<BudgetState>>.Loading;
    private Guid? _loaded;

    [Parameter] public string Org { get; set; } = "";

    [CascadingParameter] private Caller Caller { get; set; } = null!;

    [CascadingParameter] private ShellState Shell { get; set; } = null!;

    private bool MayManage => Caller.May(Permissions.BudgetsManage);

    protected override async Task OnParametersSetAsync()
    {
        if (RendererInfo.IsInteractive && _loaded != Caller.OrganizationId)
        {
            _loaded = Caller.OrganizationId;
            await LoadAsync();
        }
    }

    private async Task LoadAsync() => _state = await LoadState.FromAsync(() => budgets.ListAsync(Caller, CancellationToken.None));

    private async Task EditAsync(BudgetState? state)
    {
        if (await BudgetDialog.OpenAsync(dialogs, Caller, await budgets.ScopesAsync(Caller, CancellationToken.None), state))
        {
            await LoadAsync();
        }
    }

    private async Task RemoveAsync(BudgetState state)
    {
        if (!await ConfirmDialog.OpenAsync(
            dialogs, $"Remove {state.Budget.Name}?", "Nothing is told or stopped by it any more. What it told stays in the audit log.", "Remove budget", danger: true))
        {
            return;
        }

        try
        {
            await budgets.DeleteAsync(Caller, state.Budget.Id, CancellationToken.None);
            toasts.Success($"{state.Budget.Name} is removed");
        }
        catch (LoopaiException e)
        {
            toasts.Failed(e);
        }

        await LoadAsync();
    }
}
