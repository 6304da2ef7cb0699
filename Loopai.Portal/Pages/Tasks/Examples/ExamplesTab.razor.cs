using System.Globalization;
using System.Text.Json;
using Loopai.Core.Access;
using Loopai.Core.Data;
using Loopai.Core.Tasks;
using Loopai.Portal.Shell;
using Microsoft.AspNetCore.Components;
using Radzen;

namespace Loopai.Portal.Pages.Tasks.Examples;

/// <summary>The labelled examples of a task. The address holds what is searched and where in the list one is.</summary>
public sealed partial class ExamplesTab(ExampleService examples, DialogService dialogs, Toasts toasts, NavigationManager navigation) : ComponentBase
{
    private LoadState<TableWindow<Example>> _state = LoadState<TableWindow<Example>>.Loading;
    private LoadState<ExampleCounts> _counts = LoadState<ExampleCounts>.Loading;

    [Parameter, EditorRequired] public TaskDefinition Task { get; set; } = null!;

    [Parameter] public EventCallback OnTaskChanged { get; set; }

    [CascadingParameter] public Caller Caller { get; set; } = null!;

    [CascadingParameter] public ShellState Shell { get; set; } = null!;

    [SupplyParameterFromQuery(Name = "q")] private string? Search { get; set; }

    [SupplyParameterFromQuery(Name = "output")] private string? Output { get; set; }

    [SupplyParameterFromQuery(Name = "purpose")] private string? Purpose { get; set; }

    [SupplyParameterFromQuery(Name = "cursor")] private string? Cursor { get; set; }

    [SupplyParameterFromQuery(Name = "limit")] private int? Limit { get; set; }

    private int PageSize => Limit is 25 or 50 or 100 ? Limit.Value : 25;

    private bool MayWrite => Caller.May(Permissions.TasksWrite, Task.Id) && Task.Status == Core.Tasks.TaskStatus.Active;

    private bool IsNarrowed => !string.IsNullOrEmpty(Search) || Output is not null || !string.IsNullOrEmpty(Purpose);

    private IReadOnlyList<FilterChip> Chips => Output is null ? [] : [new FilterChip($"Answer: {ExampleWords.Line(Output)}", () =>
    {
        Go("output", null);
        return System.Threading.Tasks.Task.CompletedTask;
    })];

    private ExampleFilter Filter => new(Search, ExampleWords.ParseOrNull(Output), Purpose switch { "training" => true, "checking" => false, _ => null });

    protected override async Task OnParametersSetAsync()
    {
        if (RendererInfo.IsInteractive)
        {
            await LoadAsync();
        }
    }

    private static string Width(int count, ExampleCounts counts) =>
        (100d * count / counts.Outputs.Max(o => o.Count)).ToString("0.##", CultureInfo.InvariantCulture) + "%";

    private async Task LoadAsync()
    {
        _state = await LoadState.FromAsync(async () =>
        {
            var page = await examples.ListAsync(Caller, Task.Id, Filter, new PageRequest(PageSize, Cursor), CancellationToken.None);
            return new TableWindow<Example>(page.Items, page.NextCursor);
        });
        _counts = await LoadState.FromAsync(() => examples.CountsAsync(Caller, Task.Id, CancellationToken.None));
    }

    private void Go(string name, string? value) => navigation.NavigateTo(navigation.GetUriWithQueryParameters(
        new Dictionary<string, object?>(StringComparer.Ordinal) { [name] = string.IsNullOrEmpty(value) ? null : value, ["cursor"] = null }));

    private async Task AddAsync()
    {
        if (await ExampleDialog.OpenAsync(dialogs, Task, Caller, null))
        {
            toasts.Success("Example added");
            await LoadAsync();
        }
    }

    private async Task OpenAsync(Example example)
    {
        if (await ExampleDialog.OpenAsync(dialogs, Task, Caller, example))
        {
            toasts.Success("Example saved");
            await LoadAsync();
        }
    }

    private async Task UploadAsync()
    {
        if (await UploadDialog.OpenAsync(dialogs, Task, Caller))
        {
            await LoadAsync();
        }
    }

    private async Task DeleteAsync(Example example)
    {
        if (await ConfirmDialog.OpenAsync(
            dialogs, "Delete this example?", $"{ExampleWords.Line(example.Input, 120)} → {ExampleWords.Line(example.Output)}. Versions that learned from it stay as they are.",
            "Delete example", danger: true))
        {
            await DoAsync(() => examples.DeleteAsync(Caller, Task.Id, example.Id, CancellationToken.None), "Example deleted");
        }
    }

    private async Task DeleteAllAsync(ExampleCounts counts)
    {
        if (await ConfirmDialog.OpenAsync(
            dialogs, $"Delete all examples of {Task.Name}?",
            $"All {Format.Exact(counts.Total)} examples go, {Format.Exact(counts.Training)} for training and {Format.Exact(counts.Total - counts.Training)} for checking. This cannot be undone: export them first.",
            $"Delete {Format.Exact(counts.Total)} examples", danger: true, typed: Task.Name))
        {
            await DoAsync(() => examples.DeleteAllAsync(Caller, Task.Id, CancellationToken.None), "All examples are deleted");
        }
    }

    private async Task DoAsync(Func<Task> verb, string done)
    {
        try
        {
            await verb();
            toasts.Success(done);
            await LoadAsync();
        }
        catch (Exception e)
        {
            toasts.Failed(e);
        }
    }
}

internal static class ExampleWords
{
    /// <summary>JSON on one line, as short as it can be read: the text of a one-member object, otherwise the JSON.</summary>
    public static string Line(string json, int most = 200)
    {
        if (ParseOrNull(json) is not { } value)
        {
            return json;
        }

        if (value.ValueKind == JsonValueKind.Object && value.EnumerateObject().Take(2).ToList() is [var only])
        {
            value = only.Value;
        }

        var text = value.ValueKind == JsonValueKind.String ? value.GetString()! : value.GetRawText();
        text = text.ReplaceLineEndings(" ");
        return text.Length <= most ? text : string.Concat(text.AsSpan(0, most), "…");
    }

    public static JsonElement? ParseOrNull(string? json)
    {
        try
        {
            return json is null ? null : JsonElement.Parse(json);
        }
        catch (JsonException)
        {
            return JsonSerializer.SerializeToElement(json);
        }
    }
}
