using System.Text.Encodings.Web;
using System.Text.Json;

namespace Loopai.Portal.Components.Code;

public sealed partial class JsonView
{
    // A tree of more nodes is slower to send and to scroll than plain text.
    private const int MostNodes = 2_000;
    private const int OpenDepth = 3;

    private static readonly JsonSerializerOptions Indented = new() { WriteIndented = true, Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping };

    private string? shown;
    private string pretty = "";
    private JsonElement? root;
    private bool tooBig;

    /// <summary>The JSON text; text that is not JSON is shown as it is.</summary>
    [Parameter, EditorRequired] public string? Json { get; set; }

    [Parameter] public string Label { get; set; } = "JSON";

    [Parameter] public bool Copyable { get; set; } = true;

    [Parameter] public string? MaxHeight { get; set; } = "420px";

    protected override void OnParametersSet()
    {
        if (shown == Json)
        {
            return;
        }

        shown = Json;
        (pretty, root, tooBig) = (Json ?? "", null, false);
        try
        {
            using var document = JsonDocument.Parse(Json ?? "null");
            root = document.RootElement.Clone();
            pretty = JsonSerializer.Serialize(root, Indented);
            tooBig = Count(root.Value, MostNodes) <= 0;
        }
        catch (JsonException)
        {
            // Shown as text.
        }
    }

    private static int Count(JsonElement element, int left)
    {
        left--;
        var children = element.ValueKind switch
        {
            JsonValueKind.Object => element.EnumerateObject().Select(member => member.Value),
            JsonValueKind.Array => element.EnumerateArray(),
            _ => Enumerable.Empty<JsonElement>(),
        };
        foreach (var child in children)
        {
            if (left <= 0)
            {
                return left;
            }

            left = Count(child, left);
        }

        return left;
    }

    private static RenderFragment Node(string? name, JsonElement element, int depth, bool last) => builder =>
    {
        if (element.ValueKind is JsonValueKind.Object or JsonValueKind.Array && Length(element) > 0)
        {
            Branch(builder, name, element, depth, last);
            return;
        }

        builder.OpenElement(0, "div");
        Name(builder, name);
        var (css, text) = Leaf(element);
        Span(builder, css, text);
        Span(builder, "p", last ? "" : ",");
        builder.CloseElement();
    };

    private static void Branch(Microsoft.AspNetCore.Components.Rendering.RenderTreeBuilder builder, string? name, JsonElement element, int depth, bool last)
    {
        var array = element.ValueKind is JsonValueKind.Array;
        var (open, close) = array ? ("[", "]") : ("{", "}");
        builder.OpenElement(0, "details");
        builder.AddAttribute(1, "open", depth < OpenDepth);
        builder.OpenElement(2, "summary");
        builder.AddAttribute(3, "data-closed", $" {Length(element)} {(array ? "items" : "members")} {close}");
        Name(builder, name);
        Span(builder, "p", open);
        builder.CloseElement();
        builder.OpenElement(4, "div");
        builder.AddAttribute(5, "class", "members");
        var left = Length(element);
        foreach (var (childName, child) in Children(element))
        {
            builder.AddContent(6, Node(childName, child, depth + 1, --left == 0));
        }

        builder.CloseElement();
        builder.OpenElement(7, "div");
        Span(builder, "p", last ? close : close + ",");
        builder.CloseElement();
        builder.CloseElement();
    }

    private static IEnumerable<(string? Name, JsonElement Value)> Children(JsonElement element) => element.ValueKind is JsonValueKind.Array
        ? element.EnumerateArray().Select(item => ((string?)null, item))
        : element.EnumerateObject().Select(member => ((string?)member.Name, member.Value));

    private static int Length(JsonElement element) => element.ValueKind is JsonValueKind.Array ? element.GetArrayLength() : element.EnumerateObject().Count();

    private static void Name(Microsoft.AspNetCore.Components.Rendering.RenderTreeBuilder builder, string? name)
    {
        if (name is not null)
        {
            Span(builder, "k", name);
            Span(builder, "p", ": ");
        }
    }

    private static void Span(Microsoft.AspNetCore.Components.Rendering.RenderTreeBuilder builder, string css, string text)
    {
        builder.OpenElement(20, "span");
        builder.AddAttribute(21, "class", css);
        builder.AddContent(22, text);
        builder.CloseElement();
    }

    private static (string Css, string Text) Leaf(JsonElement element) => element.ValueKind switch
    {
        JsonValueKind.String => ("s", JsonSerializer.Serialize(element.GetString(), Indented)),
        JsonValueKind.Number => ("n", element.GetRawText()),
        JsonValueKind.True or JsonValueKind.False => ("b", element.GetRawText()),
        JsonValueKind.Object => ("p", "{}"),
        JsonValueKind.Array => ("p", "[]"),
        _ => ("z", "null"),
    };
}
