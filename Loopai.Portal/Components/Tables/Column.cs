namespace Loopai.Portal.Components.Tables;

/// <summary>A column of a <see cref="DataTable{TItem}" />, which it tells about itself.</summary>
public sealed class Column<TItem> : ComponentBase, IDisposable
{
    [CascadingParameter] internal DataTable<TItem>? Table { get; set; }

    [Parameter, EditorRequired] public string Title { get; set; } = "";

    /// <summary>The name the server sorts by; a column without one cannot be sorted.</summary>
    [Parameter] public string? SortKey { get; set; }

    [Parameter] public Align Align { get; set; }

    [Parameter] public ShownFrom From { get; set; }

    [Parameter] public string? Width { get; set; }

    [Parameter, EditorRequired] public RenderFragment<TItem> ChildContent { get; set; } = null!;

    internal string Css => string.Join(' ', AlignCss, FromCss).Trim();

    private string AlignCss => Align switch { Align.Start => "", Align.Center => "center", Align.End => "end" };

    private string FromCss => From switch { ShownFrom.Always => "", ShownFrom.Medium => "hide-small", ShownFrom.Wide => "hide-medium" };

    public void Dispose() => Table?.Remove(this);

    protected override void OnInitialized() => Table?.Add(this);
}
