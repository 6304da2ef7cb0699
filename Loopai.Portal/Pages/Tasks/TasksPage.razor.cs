using Loopai.Core.Access;
using Loopai.Core.Data;
using Loopai.Core.Tasks;
using Loopai.Portal.Shell;
using Microsoft.AspNetCore.Components;

namespace Loopai.Portal.Pages.Tasks;

/// <summary>The organization's tasks, with what they did in the last week.</summary>
public sealed partial class TasksPage(TaskService tasks, TaskActivity activity, Toasts toasts, NavigationManager navigation) : ComponentBase
{
    private LoadState<TableWindow<TaskRow>> _state = LoadState<TableWindow<TaskRow>>.Loading;

    [Parameter] public string Org { get; set; } = "";

    [CascadingParameter] public Caller Caller { get; set; } = null!;

    [CascadingParameter] public ShellState Shell { get; set; } = null!;

    [SupplyParameterFromQuery(Name = "q")] public string? Search { get; set; }

    [SupplyParameterFromQuery(Name = "status")] public string? Status { get; set; }

    [SupplyParameterFromQuery(Name = "sort")] public string? Sort { get; set; }

    [SupplyParameterFromQuery(Name = "cursor")] public string? Cursor { get; set; }

    [SupplyParameterFromQuery(Name = "limit")] public int? Limit { get; set; }

    private int PageSize => Limit is 25 or 50 or 100 ? Limit.Value : 25;

    private bool IsNarrowed => !string.IsNullOrEmpty(Search) || !string.IsNullOrEmpty(Status);

    private TaskFilter Filter => new(Search, StatusOf(Status), Sort switch
    {
        "-name" => TaskSort.NameDescending,
        "changed" => TaskSort.FirstChanged,
        "-changed" => TaskSort.LastChanged,
        _ => TaskSort.Name,
    });

    protected override Task OnParametersSetAsync() => RendererInfo.IsInteractive ? LoadAsync() : Task.CompletedTask;

    private static Core.Tasks.TaskStatus? StatusOf(string? status) => status switch
    {
        "archived" => Core.Tasks.TaskStatus.Archived,
        "all" => null,
        _ => Core.Tasks.TaskStatus.Active,
    };

    private async Task LoadAsync() => _state = await LoadState.FromAsync(async () =>
    {
        var page = await tasks.ListAsync(Caller, Filter, new PageRequest(PageSize, Cursor), CancellationToken.None);
        var figures = await activity.LastWeekAsync(Caller, [.. page.Items.Select(t => t.Id)], CancellationToken.None);
        return new TableWindow<TaskRow>([.. page.Items.Select(t => new TaskRow(t, figures.GetValueOrDefault(t.Id)))], page.NextCursor);
    });

    private void Go(string name, string? value) => navigation.NavigateTo(navigation.GetUriWithQueryParameters(
        new Dictionary<string, object?>(StringComparer.Ordinal) { [name] = string.IsNullOrEmpty(value) ? null : value, ["cursor"] = null }));

    private async Task RestoreAsync(TaskRow row)
    {
        try
        {
            await tasks.RestoreAsync(Caller, row.Task.Id, CancellationToken.None);
            toasts.Success($"{row.Task.Name} is back in service");
            await LoadAsync();
        }
        catch (Exception e)
        {
            toasts.Failed(e);
        }
    }
}
