using System.Text.Json;
using System.Text.Json.Nodes;
using Loopai.Core.Errors;
using Loopai.Core.Schemas;
using Loopai.Core.Validation;
using Microsoft.AspNetCore.Components;
using Microsoft.AspNetCore.Components.Web;

namespace Loopai.Portal.Pages.Review;

public sealed partial class ReviewVerdict
{
    private bool _editing;
    private string? _problem;
    private JsonNode? _expected;

    [Parameter, EditorRequired] public ValidationDetail Item { get; set; } = null!;

    /// <summary>The task's output schema, which the form for a right answer follows.</summary>
    [Parameter] public string? Schema { get; set; }

    [Parameter] public bool MayDecide { get; set; }

    [Parameter] public bool AddExample { get; set; }

    [Parameter] public EventCallback<bool> AddExampleChanged { get; set; }

    [Parameter] public EventCallback<Verdict> OnVerdict { get; set; }

    private bool IsPlain => Item.Output is null || Answers.Short(Item.Output) is { Length: < 200 } text && !text.StartsWith('{') && !text.StartsWith('[');

    private Verdict Yes => new(Match: true, AddExample: AddExample);

    private Verdict No => Other is { } other ? Right(other) : new Verdict(Match: false);

    /// <summary>Of two answers there are, the one that was not given: then "wrong" says what is right.</summary>
    private string? Other => Item is { Output: not null, Classes: [var first, var second] }
        ? Is(first) ? second : Is(second) ? first : null
        : null;

    private string SampledWords => Item.Validation.SampledBy switch
    {
        SampledBy.Random => "sampled at random",
        SampledBy.Stratified => "sampled for its answer",
        SampledBy.LowConfidence => "sampled for low confidence",
        SampledBy.NewVersion => "sampled for a new version",
        SampledBy.Forced => "asked for",
        var other => other,
    };

    private bool Is(string value) => OutputMatch.Same(Item.Output, value);

    private Verdict Right(string json) => new(Expected: JsonElement.Parse(json), AddExample: AddExample);

    private void Edit() => (_editing, _problem, _expected) = (true, null, Item.Output is null ? null : JsonNode.Parse(Item.Output));

    private void FormKeyAsync(KeyboardEventArgs key)
    {
        if (key.Key == "Escape")
        {
            _editing = false;
        }
    }

    private async Task SaveAsync()
    {
        var text = _expected?.ToJsonString() ?? "null";
        var value = JsonElement.Parse(text);
        if (Schema is not null && JsonSchema.Compile(Schema).Validate(value) is [var error, ..])
        {
            _problem = $"{error.InstancePointer} {error.Message}".Trim();
            return;
        }

        await OnVerdict.InvokeAsync(Right(text));
    }
}
