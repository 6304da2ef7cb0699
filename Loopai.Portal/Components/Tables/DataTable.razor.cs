namespace Loopai.Portal.Components.Tables;

/// <summary>Where a table wants to go, when a page keeps that itself instead of the URL.</summary>
public sealed record TableRequest(string? Sort, string? Cursor, int? Limit);

public sealed partial class DataTable<TItem>
{
    private readonly List<Column<TItem>> columns = [];

    // Keyset pages know only what comes next: the way back is what was walked. A link opened in the middle goes back to the first page.
    private readonly Stack<string?> walked = new();

    [Inject] private NavigationManager Navigation { get; set; } = null!;

    [Parameter, EditorRequired] public LoadState<TableWindow<TItem>> State { get; set; } = LoadState<TableWindow<TItem>>.Loading;

    [Parameter, EditorRequired] public RenderFragment Columns { get; set; } = null!;

    /// <summary>What the table lists, for screen readers.</summary>
    [Parameter, EditorRequired] public string Label { get; set; } = "";

    [Parameter] public RenderFragment? Empty { get; set; }

    [Parameter] public EventCallback OnRetry { get; set; }

    [Parameter] public Func<TItem, string?>? RowHref { get; set; }

    [Parameter] public EventCallback<TItem> OnRowClick { get; set; }

    [Parameter] public Func<TItem, object>? RowKey { get; set; }

    /// <summary>"fresh" marks a row that just arrived, "selected" the one that is open.</summary>
    [Parameter] public Func<TItem, string?>? RowClass { get; set; }

    /// <summary>The column's sort key, with a minus before it when descending.</summary>
    [Parameter] public string? Sort { get; set; }

    [Parameter] public string? Cursor { get; set; }

    /// <summary>Rows a page; null hides the choice.</summary>
    [Parameter] public int? Limit { get; set; }

    [Parameter] public IReadOnlyList<int> PageSizes { get; set; } = [25, 50, 100];

    [Parameter] public EventCallback<TableRequest> OnRequest { get; set; }

    /// <summary>New rows are coming while the old ones are shown.</summary>
    [Parameter] public bool Busy { get; set; }

    [Parameter] public string? MaxHeight { get; set; }

    /// <summary>Rows stand as cards on a phone, each figure under its column's name, instead of scrolling sideways.</summary>
    [Parameter] public bool Stacked { get; set; }

    [Parameter] public int SkeletonRows { get; set; } = 8;

    internal void Add(Column<TItem> column) => columns.Add(column);

    internal void Remove(Column<TItem> column)
    {
        columns.Remove(column);
        StateHasChanged();
    }

    private object KeyOf(TItem item) => RowKey?.Invoke(item) ?? item!;

    private string? AriaSort(Column<TItem> column) =>
        column.SortKey is null ? null : Sort == column.SortKey ? "ascending" : Sort == "-" + column.SortKey ? "descending" : "none";

    private string SortIcon(Column<TItem> column) => Sort == column.SortKey ? "arrow-up" : "arrow-down";

    // Numbers are first wanted from the top, names from A.
    private string NextSort(Column<TItem> column) =>
        Sort == column.SortKey ? "-" + column.SortKey
        : Sort == "-" + column.SortKey ? column.SortKey!
        : column.Align is Align.End ? "-" + column.SortKey : column.SortKey!;

    private string Url(string? sort, string? cursor, int? limit = null) => Navigation.GetUriWithQueryParameters(
        new Dictionary<string, object?> { ["sort"] = sort, ["cursor"] = cursor, ["limit"] = limit ?? Limit });

    private bool HasFoot(TableWindow<TItem> window) => Limit is not null || Cursor is not null || window.NextCursor is not null;

    private static string Summary(TableWindow<TItem> window) => window.Total is { } total
        ? $"{Format.Exact(window.Items.Count)} of {Format.Exact(total)}"
        : $"{Format.Exact(window.Items.Count)} shown";

    private bool CanStepBack(TableWindow<TItem> window) => walked.Count > 0 || window.PreviousCursor is not null;

    private Task ForwardAsync(string next)
    {
        walked.Push(Cursor);
        return RequestAsync(Sort, next);
    }

    private Task BackAsync(TableWindow<TItem> window) =>
        RequestAsync(Sort, walked.TryPop(out var before) ? before : window.PreviousCursor);

    private Task ChangeLimitAsync(ChangeEventArgs change)
    {
        walked.Clear();
        return RequestAsync(Sort, null, int.Parse((string)change.Value!, System.Globalization.CultureInfo.InvariantCulture));
    }

    private async Task RequestAsync(string? sort, string? cursor, int? limit = null)
    {
        if (sort != Sort)
        {
            walked.Clear();
        }

        if (OnRequest.HasDelegate)
        {
            await OnRequest.InvokeAsync(new TableRequest(sort, cursor, limit ?? Limit));
        }
        else
        {
            Navigation.NavigateTo(Url(sort, cursor, limit));
        }
    }
}
