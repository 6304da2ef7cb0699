using System.Text.Json;
using System.Text.Json.Serialization;
using Microsoft.JSInterop;

namespace Loopai.Portal.Components.Charts;

public sealed partial class Chart : IAsyncDisposable
{
    private static readonly JsonSerializerOptions Json = new(JsonSerializerDefaults.Web) { DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull };

    private readonly string id = $"c{Guid.NewGuid():N}";
    private ElementReference canvas;
    private IJSObjectReference? module;
    private DotNetObjectReference<Chart>? self;
    private string? drawn;

    [Inject] private IJSRuntime Js { get; set; } = null!;

    /// <summary>An ECharts option: an object or a dictionary; see <see cref="ChartOption" />.</summary>
    [Parameter, EditorRequired] public object? Option { get; set; }

    /// <summary>What the chart says, in words.</summary>
    [Parameter, EditorRequired] public string Label { get; set; } = "";

    [Parameter] public ChartTable? Table { get; set; }

    [Parameter] public int Height { get; set; } = 220;

    [Parameter] public bool IsEmpty { get; set; }

    [Parameter] public string EmptyText { get; set; } = "No data in this range";

    [Parameter] public EventCallback<ChartClick> OnClick { get; set; }

    /// <summary>Lets a stretch of the time axis be drawn over, where the option says <c>zoom</c>.</summary>
    [Parameter] public EventCallback<ChartZoom> OnZoom { get; set; }

    [JSInvokable]
    public Task Zoomed(double from, double to) =>
        OnZoom.InvokeAsync(new ChartZoom(DateTimeOffset.FromUnixTimeMilliseconds((long)from), DateTimeOffset.FromUnixTimeMilliseconds((long)to)));

    [JSInvokable]
    public Task Clicked(string series, string name, int index) => OnClick.InvokeAsync(new ChartClick(series, name, index));

    public async ValueTask DisposeAsync()
    {
        self?.Dispose();
        try
        {
            if (module is not null)
            {
                await module.InvokeVoidAsync("remove", id);
                await module.DisposeAsync();
            }
        }
        catch (JSDisconnectedException)
        {
            // The browser left first.
        }
    }

    protected override async Task OnAfterRenderAsync(bool firstRender)
    {
        if (IsEmpty || Option is null)
        {
            drawn = null;
            return;
        }

        var option = Option as string ?? JsonSerializer.Serialize(Option, Json);
        if (option == drawn)
        {
            return;
        }

        drawn = option;
        module ??= await Js.InvokeAsync<IJSObjectReference>("import", "./js/chart.js");
        self ??= OnClick.HasDelegate || OnZoom.HasDelegate ? DotNetObjectReference.Create(this) : null;
        using var document = JsonDocument.Parse(option);
        await module.InvokeVoidAsync("show", id, canvas, document.RootElement, self);
    }
}
