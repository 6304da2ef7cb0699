using Loopai.Core.Access;
using Loopai.Core.Costs.Recommendations;
using Loopai.Core.Errors;
using Microsoft.AspNetCore.Components;
using Radzen;

namespace Loopai.Portal.Pages.Costs;

/// <summary>What would cost less, and whether what was done kept its promise.</summary>
public sealed partial class RecommendationsPage(RecommendationService recommendations, DialogService dialogs, Toasts toasts) : ComponentBase
{
    private LoadState<RecommendationList> _state = LoadState<RecommendationList>.Loading;
    private Guid? _loaded;

    [Parameter] public string Org { get; set; } = "";

    [CascadingParameter] private Caller Caller { get; set; } = null!;

    [CascadingParameter] private ShellState Shell { get; set; } = null!;

    private bool MayDismiss => Caller.May(Permissions.BudgetsManage);

    protected override async Task OnParametersSetAsync()
    {
        if (RendererInfo.IsInteractive && _loaded != Caller.OrganizationId)
        {
            _loaded = Caller.OrganizationId;
            await LoadAsync();
        }
    }

    private async Task LoadAsync() => _state = await LoadState.FromAsync(() => recommendations.ListAsync(Caller, CancellationToken.None));

    private async Task TakeAsync(Recommendation one)
    {
        if (await ConfirmDialog.OpenAsync(
            dialogs, $"{one.Title}?", one.Does, RecommendationWords.Action(one.Kind), danger: one.Kind == RecommendationKind.UnusedKey))
        {
            await DoAsync(() => recommendations.TakeAsync(Caller, one.Id, CancellationToken.None), "It is done", "What it saves is measured from now on.");
        }
    }

    private async Task DismissAsync(Recommendation one)
    {
        if (await DismissDialog.OpenAsync(dialogs, one.Title, reason => recommendations.DismissAsync(Caller, one.Id, reason, CancellationToken.None)))
        {
            await LoadAsync();
        }
    }

    private Task RestoreAsync(DecidedRecommendation one) =>
        DoAsync(() => recommendations.RestoreAsync(Caller, one.RecommendationId, CancellationToken.None), "It is back", "If what speaks for it still does, it is on the list again.");

    private async Task DoAsync(Func<Task> verb, string done, string detail)
    {
        try
        {
            await verb();
            toasts.Success(done, detail);
        }
        catch (LoopaiException e)
        {
            toasts.Failed(e);
        }

        await LoadAsync();
    }

    private static IEnumerable<DecidedRecommendation> Taken(RecommendationList list) => list.Decided.Where(d => d.Answer == RecommendationAnswer.Taken);

    private static IEnumerable<DecidedRecommendation> Measured(RecommendationList list) => Taken(list).Where(d => d.RealizedPerMonth is not null);

    private static LoadState<TableWindow<DecidedRecommendation>> Decided(RecommendationList list) =>
        new LoadState<TableWindow<DecidedRecommendation>>.Loaded(new TableWindow<DecidedRecommendation>(list.Decided));

    private bool MayTake(Recommendation one) => one.Kind == RecommendationKind.UnusedKey ? Caller.May(one.Permission) : Caller.May(one.Permission, one.SubjectId);

    private string Money(decimal? amount) => Format.Money(amount, _state.ValueOrDefault!.Currency);
}
