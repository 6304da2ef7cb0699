namespace Loopai.Core.Programs;

/// <summary>A version without its artifact.</summary>
public sealed record ProgramSummary(
    Guid Id, Guid TaskId, int Version, ProgramLanguage Language, string Strategy, ProgramStatus Status, string? Notes, double? Accuracy, int SizeBytes,
    double MadeInMs, string CreatedBy, DateTimeOffset CreatedAt, DateTimeOffset? ActivatedAt, string? Report)
{
    public static ProgramSummary Of(ProgramVersion p) => new(
        p.Id, p.TaskId, p.Version, p.Language, p.Strategy, p.Status, p.Notes, p.Accuracy, p.Artifact.Length, p.MadeInMs, p.CreatedBy, p.CreatedAt,
        p.ActivatedAt, p.Report);
}

/// <param name="Left">The first of the two.</param>
/// <param name="Right">The second.</param>
public sealed record ProgramComparison(ProgramSide Left, ProgramSide Right);

/// <param name="Program">How it measures.</param>
/// <param name="Matched">Checked executions that were right.</param>
/// <param name="Mismatched">Checked executions that were not.</param>
/// <param name="Text">The source, or the model in words.</param>
public sealed record ProgramSide(ProgramSummary Program, int Matched, int Mismatched, string Text);
