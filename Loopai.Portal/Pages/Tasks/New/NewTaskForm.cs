using Loopai.Core.Tasks;
using Loopai.Core.Validation;

namespace Loopai.Portal.Pages.Tasks.New;

/// <summary>What a person has said so far about a task to be made.</summary>
internal sealed record NewTaskForm
{
    public string Name { get; init; } = "";

    public string Description { get; init; } = "";

    public double? AccuracyPercent { get; init; } = 95;

    public double? LatencyTargetMs { get; init; } = 10;

    /// <summary>The examples as they were pasted or uploaded.</summary>
    public string Text { get; init; } = "";

    public string InputSchema { get; init; } = SchemaSnippets.Inputs[0].Schema;

    public string OutputSchema { get; init; } = SchemaSnippets.Outputs[0].Schema;

    /// <summary>An edited schema is the person's: no proposal replaces it.</summary>
    public bool IsInputEdited { get; init; }

    public bool IsOutputEdited { get; init; }

    /// <summary>Looks at little of what is routine, and at more of what is new, rare or unsure.</summary>
    public SamplingPolicy Sampling { get; init; } = new() { Rate = 0.05, PerOutputPerHour = 2, LowConfidenceBelow = 0.6, LowConfidenceRate = 0.5, NewVersionRate = 0.25 };

    public NewTaskForm WithProposal(ExampleDrafts drafts) => this with
    {
        InputSchema = IsInputEdited ? InputSchema : drafts.InferInputSchema(),
        OutputSchema = IsOutputEdited ? OutputSchema : drafts.InferOutputSchema(),
    };

    public TaskSpecification ToSpecification() => new()
    {
        Name = Name.Trim(),
        Description = Description.Trim(),
        InputSchema = InputSchema,
        OutputSchema = OutputSchema,
        AccuracyTarget = AccuracyPercent is { } percent ? Math.Round(percent / 100, 8) : null,
        LatencyTargetMs = LatencyTargetMs,
        Sampling = Sampling,
    };
}
