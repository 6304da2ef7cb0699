using System.Text.Json.Nodes;
using Microsoft.AspNetCore.Components;

namespace Loopai.Portal.Pages.Tasks;

public sealed partial class SchemaEditor : ComponentBase
{
    private static readonly Option[] _views = [new("code", "Schema"), new("form", "Form")];

    private readonly string _id = $"schema-{Guid.NewGuid():N}"[..14];
    private string _view = "code";
    private string? _judged;
    private SchemaFault? _fault;
    private IReadOnlyList<CodeMark> _marks = [];
    private JsonNode? _sample;

    [Parameter, EditorRequired] public string Label { get; set; } = "";

    [Parameter, EditorRequired] public string? Value { get; set; }

    [Parameter] public EventCallback<string> ValueChanged { get; set; }

    [Parameter] public IReadOnlyList<SchemaSnippet> Snippets { get; set; } = SchemaSnippets.All;

    [Parameter] public string? Error { get; set; }

    [Parameter] public bool Disabled { get; set; }

    [Parameter] public int Rows { get; set; } = 12;

    protected override void OnParametersSet() => Judge();

    private Task ChangeAsync(string schema)
    {
        Value = schema;
        Judge();
        return ValueChanged.InvokeAsync(schema);
    }

    private void Judge()
    {
        if (_judged == Value)
        {
            return;
        }

        _judged = Value;
        _fault = SchemaFault.Of(Value);
        _marks = _fault is null ? [] : [new CodeMark(_fault.Line, _fault.Message)];
    }
}
