using Loopai.Core.Access;
using Loopai.Core.Data;
using Loopai.Core.Errors;
using Loopai.Core.Reports;
using Loopai.Core.Reports.Building;
using Loopai.Core.Reports.Running;
using Loopai.Core.Reports.Scheduling;
using Radzen;

namespace Loopai.Portal.Pages.Reports;

/// <summary>A report as it is now, when it is made, and what was made of it.</summary>
public sealed partial class ReportPage(
    ReportService reports, ScheduleService schedules, RunService runs, DialogService dialogs, Toasts toasts, NavigationManager navigation) : ComponentBase
{
    private const int ShownRuns = 8;

    private LoadState<ShownReport> _state = LoadState<ShownReport>.Loading;
    private (Guid, int?, string?) _loaded;
    private Crumb[] _crumbs = [];

    [Parameter] public string Org { get; set; } = "";

    [Parameter] public Guid Id { get; set; }

    [SupplyParameterFromQuery(Name = "version")] public int? Version { get; set; }

    [CascadingParameter] public Caller Caller { get; set; } = null!;

    [CascadingParameter] public ShellState Shell { get; set; } = null!;

    protected override async Task OnParametersSetAsync()
    {
        _crumbs = [new Crumb("Reports", PortalUrls.Reports(Org, Shell.Environment))];
        if (RendererInfo.IsInteractive && _loaded != (Id, Version, Shell.Environment))
        {
            (_loaded, _state) = ((Id, Version, Shell.Environment), LoadState<ShownReport>.Loading);
            await LoadAsync();
        }
    }

    private async Task LoadAsync() => _state = await LoadState.FromAsync(async () =>
    {
        var detail = await reports.GetAsync(Caller, Id, Version, CancellationToken.None);
        return new ShownReport(
            detail, await reports.PreviewAsync(Caller, new ReportDraft(detail.Report.Name, detail.Report.Description, Definition: detail.Definition), CancellationToken.None),
            await schedules.ListAsync(Caller, Id, CancellationToken.None), (await runs.ListAsync(Caller, Id, null, new PageRequest(ShownRuns), CancellationToken.None)).Items,
            await reports.VersionsAsync(Caller, Id, CancellationToken.None));
    });

    private async Task RunAsync()
    {
        if (await RunDialog.OpenAsync(dialogs, Caller, Id) is { } run)
        {
            navigation.NavigateTo(PortalUrls.ReportRun(Org, run.Id, Shell.Environment));
        }
    }

    private async Task ScheduleAsync(ReportSchedule? schedule)
    {
        if (await ScheduleDialog.OpenAsync(dialogs, Caller, Id, schedule) is not null)
        {
            await LoadAsync();
            toasts.Success(schedule is null ? "The report makes itself from now on" : "The schedule is changed");
        }
    }

    private Task PauseAsync(ReportSchedule schedule) => ActAsync(async () =>
    {
        await schedules.PauseAsync(Caller, Id, schedule.Id, !schedule.IsPaused, CancellationToken.None);
        toasts.Success(schedule.IsPaused ? "The schedule runs again" : "The schedule is paused");
    });

    private async Task UnscheduleAsync(ReportSchedule schedule)
    {
        if (await ConfirmDialog.OpenAsync(dialogs, "Delete this schedule?", $"The report is no longer made {ReportWords.OfCron(schedule.Cron)}. What it made stays.", "Delete schedule", danger: true))
        {
            await ActAsync(() => schedules.DeleteAsync(Caller, Id, schedule.Id, CancellationToken.None));
        }
    }

    private Task DuplicateAsync() => ActAsync(async () =>
    {
        var copy = await reports.DuplicateAsync(Caller, Id, null, CancellationToken.None);
        navigation.NavigateTo(PortalUrls.EditReport(Org, copy.Report.Id, Shell.Environment));
    });

    private Task ShareAsync() => ActAsync(async () =>
    {
        var shared = _state.ValueOrDefault?.Detail.Report.IsShared == true;
        await reports.UpdateAsync(Caller, Id, new ReportDraft(IsShared: !shared), null, CancellationToken.None);
        toasts.Success(shared ? "Only you see it now" : "Everybody who may read reports sees it now");
    });

    private async Task DeleteAsync()
    {
        if (await ConfirmDialog.OpenAsync(dialogs, "Delete this report?", "It and its schedules end. Files that were made of it stay until their time is over.", "Delete report", danger: true))
        {
            await reports.DeleteAsync(Caller, Id, CancellationToken.None);
            navigation.NavigateTo(PortalUrls.Reports(Org, Shell.Environment));
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

/// <summary>All that the page shows.</summary>
public sealed record ShownReport(
    ReportDetail Detail, ReportDocument Document, IReadOnlyList<ReportSchedule> Schedules, IReadOnlyList<ReportRun> Runs, IReadOnlyList<ReportVersion> Versions);
