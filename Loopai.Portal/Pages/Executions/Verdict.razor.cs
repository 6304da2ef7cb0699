using Loopai.Core.Validation;

namespace Loopai.Portal.Pages.Executions;

/// <summary>Whether an answer was right, and who says so.</summary>
public sealed partial class Verdict : ComponentBase
{
    [Parameter, EditorRequired] public ValidationRecord Validation { get; set; } = null!;

    [Parameter, EditorRequired] public string ReviewUrl { get; set; } = "";

    private string Word => Validation.Status switch
    {
        ValidationStatus.Matched => "correct",
        ValidationStatus.Mismatched => "wrong",
        ValidationStatus.Pending => "pending",
        ValidationStatus.InReview => "waiting",
        ValidationStatus.Undecidable => "undecidable",
    };

    private string Who(string by) => by switch
    {
        DecidedBy.Labels => "a labelled example",
        DecidedBy.Version => $"version {Validation.DecidedByName}",
        _ => Validation.DecidedByName ?? by,
    };
}
