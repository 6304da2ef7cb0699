using Loopai.Core.Access;
using Loopai.Core.Errors;
using Loopai.Core.Plugins.Publishing;
using Radzen;

namespace Loopai.Portal.Pages.Plugins.Publishing;

/// <summary>One submission with its steps, followed while it is under way.</summary>
public sealed partial class SubmissionPage(SubmissionService submissions, SubmissionDecisions decisions, DialogService dialogs, Toasts toasts, TimeProvider clock) : ComponentBase, IDisposable
{
    private static readonly TimeSpan Beat = TimeSpan.FromSeconds(1);

    private readonly CancellationTokenSource _stop = new();
    private LoadState<SubmissionDetail> _state = LoadState<SubmissionDetail>.Loading;
    private IReadOnlyList<Crumb> _crumbs = [];

    [Parameter] public string Org { get; set; } = "";

    [Parameter] public Guid Id { get; set; }

    [CascadingParameter] public Caller Caller { get; set; } = null!;

    [CascadingParameter] public ShellState Shell { get; set; } = null!;

    private bool MayPublish => Caller.May(Permissions.PluginsPublish);

    public void Dispose()
    {
        _stop.Cancel();
        _stop.Dispose();
    }

    protected override async Task OnParametersSetAsync()
    {
        _crumbs = [new Crumb("Plugins", PortalUrls.Build($"/o/{Org}/plugins", ("env", Shell.Environment))), new Crumb("Publishing", PortalUrls.Submissions(Org, Shell.Environment))];
        if (RendererInfo.IsInteractive)
        {
            await LoadAsync();
        }
    }

    protected override void OnAfterRender(bool firstRender)
    {
        if (firstRender)
        {
            _ = FollowAsync(_stop.Token);
        }
    }

    private async Task LoadAsync() => _state = await LoadState.FromAsync(() => submissions.GetAsync(Caller, Id, CancellationToken.None));

    /// <summary>Reads again every second while something happens: any portal may do it, so there is nobody here to be told by.</summary>
    private async Task FollowAsync(CancellationToken ct)
    {
        using var timer = new PeriodicTimer(Beat, clock);
        try
        {
            while (await timer.WaitForNextTickAsync(ct))
            {
                if (_state.ValueOrDefault is { IsUnderWay: true })
                {
                    await InvokeAsync(async () =>
                    {
                        await LoadAsync();
                        StateHasChanged();
                    });
                }
            }
        }
        catch (Exception e) when (e is OperationCanceledException or ObjectDisposedException)
        {
            // The page is gone.
        }
    }

    private Task RerunAsync() => ActAsync(() => decisions.RerunAsync(Caller, Id, CancellationToken.None));

    private async Task AppealAsync()
    {
        if (await ReasonDialog.OpenAsync(dialogs, "Appeal against the scan", "Say why what it found does no harm. Somebody who may review plugins decides.", "Appeal") is { } text)
        {
            await ActAsync(() => decisions.AppealAsync(Caller, Id, text, CancellationToken.None));
        }
    }

    private async Task DecideAsync(bool isApproved)
    {
        if (await ReasonDialog.OpenAsync(
            dialogs, isApproved ? "Let this version through" : "Refuse this version", "Your reason is kept with the submission and shown to its author.", isApproved ? "Let it through" : "Refuse") is { } text)
        {
            await ActAsync(() => decisions.DecideAsync(Caller, Id, isApproved, text, CancellationToken.None));
        }
    }

    private async Task WithdrawAsync(SubmissionDetail detail)
    {
        if (await ConfirmDialog.OpenAsync(dialogs, "Withdraw this submission?", $"The package of {PublishingWords.Title(detail.Submission)} is not kept. What was found stays readable.", "Withdraw", danger: true))
        {
            await ActAsync(() => decisions.WithdrawAsync(Caller, Id, CancellationToken.None));
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

    /// <summary>The step that a person is asked about: the review, or the scan that an author appeals against.</summary>
    private static bool IsAsked(SubmissionDetail detail, PluginSubmissionStep step) =>
        detail.Submission.State == SubmissionState.InReview && step.Step == (detail.Submission.Appeal is null ? PluginStep.Review : PluginStep.Scan);

    private TimeSpan? Took(PluginSubmissionStep step) => step switch
    {
        { State: PluginStepState.Running, StartedAt: { } from } when clock.GetUtcNow() - from is { TotalSeconds: >= 1 } soFar => TimeSpan.FromSeconds(Math.Floor(soFar.TotalSeconds)),
        { State: PluginStepState.Passed or PluginStepState.Failed or PluginStepState.CannotRun, StartedAt: { } from, FinishedAt: { } to } => to - from,
        _ => null,
    };
}
