using Microsoft.JSInterop;

namespace Loopai.Portal.Components.Code;

/// <param name="Line">The line, from 1.</param>
/// <param name="Message">What is wrong there.</param>
public sealed record CodeMark(int Line, string Message);

/// <summary>An editor for programs and JSON: line numbers, Tab, marked lines. It tells of a change when typing pauses.</summary>
public sealed partial class CodeEditor : IAsyncDisposable
{
    private ElementReference host;
    private IJSObjectReference? module;
    private IJSObjectReference? editor;
    private IReadOnlyList<CodeMark> marked = [];
    private string? numbered;

    [Inject] private IJSRuntime Js { get; set; } = null!;

    [Parameter] public string? Value { get; set; }

    [Parameter] public EventCallback<string> ValueChanged { get; set; }

    [Parameter] public int Rows { get; set; } = 14;

    [Parameter] public bool ReadOnly { get; set; }

    [Parameter] public string? Placeholder { get; set; }

    [Parameter] public IReadOnlyList<CodeMark> Marks { get; set; } = [];

    public async ValueTask DisposeAsync()
    {
        try
        {
            if (editor is not null)
            {
                await editor.InvokeVoidAsync("dispose");
                await editor.DisposeAsync();
            }

            if (module is not null)
            {
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
        if (firstRender)
        {
            (marked, numbered) = (Marks, Value);
            module = await Js.InvokeAsync<IJSObjectReference>("import", "./js/code-editor.js");
            editor = await module.InvokeAsync<IJSObjectReference>("attach", host, Marks);
        }
        else if (editor is not null && !marked.SequenceEqual(Marks))
        {
            marked = Marks;
            await editor.InvokeVoidAsync("mark", Marks);
        }
        else if (editor is not null && numbered != Value)
        {
            numbered = Value;
            await editor.InvokeVoidAsync("renumber");
        }
    }

    private Task ChangeAsync(ChangeEventArgs change) => ValueChanged.InvokeAsync(change.Value as string ?? "");
}
