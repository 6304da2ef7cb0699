using Loopai.Core.Programs;
using Loopai.Core.Tasks;

namespace Loopai.Portal.Pages.Tasks;

/// <summary>A task as the list shows it.</summary>
internal sealed record TaskRow(TaskDefinition Task, TaskFigures? Figures)
{
    public bool IsArchived => Task.Status == Core.Tasks.TaskStatus.Archived;

    public string Language => Figures?.Language switch
    {
        ProgramLanguage.Model => "model",
        ProgramLanguage.Python => "Python",
        ProgramLanguage.JavaScript => "JavaScript",
        null => "",
    };

    /// <summary>By the week's verdicts; before there are any, as it was measured when the version was made.</summary>
    public double? Accuracy => Figures?.Accuracy?.Value ?? Figures?.MeasuredAccuracy;

    public bool MissesTarget => Accuracy < Task.AccuracyTarget;

    public string? AccuracyTip => Figures switch
    {
        { Accuracy: { } estimate } => $"Checked answers of the last 7 days, {Format.PercentInterval(estimate.Low, estimate.High)}{Target}",
        { MeasuredAccuracy: not null } => $"Measured when the version was made{Target}",
        _ => null,
    };

    private string Target => Task.AccuracyTarget is { } target ? $". Target {Format.Percent(target)}" : "";
}
