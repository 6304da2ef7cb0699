using System.Text;
using System.Text.Json;
using Loopai.Core.Programs;

namespace Loopai.Portal.Api;

/// <summary>What a caller sends to write a version.</summary>
public sealed record ProgramRequest
{
    /// <summary><c>python</c> or <c>javascript</c>.</summary>
    public string? Language { get; init; }

    /// <summary>The source, defining <c>execute(input)</c>.</summary>
    public string? Code { get; init; }

    public string? Notes { get; init; }

    public CreateProgram ToCreate() => new(LanguageOf(Language), Code, Notes);

    /// <summary>A language that is none is left for the service to name.</summary>
    private static ProgramLanguage? LanguageOf(string? name) => name?.Trim().ToLowerInvariant() switch
    {
        "python" => ProgramLanguage.Python,
        "javascript" => ProgramLanguage.JavaScript,
        _ => null,
    };
}

/// <summary>What can be changed of a version.</summary>
public sealed record ProgramNotesRequest
{
    /// <summary>Null or empty for none.</summary>
    public string? Notes { get; init; }
}

public sealed record ActivateRequest
{
    /// <summary>Whether a draft may be activated.</summary>
    public bool? Force { get; init; }
}

public sealed record GenerateRequest
{
    /// <summary><c>auto</c>, <c>rule</c>, <c>ml</c> or <c>hybrid</c>.</summary>
    public string? Strategy { get; init; }

    /// <summary>Whether the version is activated when it is made.</summary>
    public bool? Activate { get; init; }
}

/// <summary>A version in a list.</summary>
public sealed record ProgramItem(
    Guid Id, Guid TaskId, int Version, string Language, string Strategy, ProgramStatus Status, double? Accuracy, int SizeBytes, double MadeInMs, string? Notes,
    string CreatedBy, DateTimeOffset CreatedAt, DateTimeOffset? ActivatedAt)
{
    public static ProgramItem Of(ProgramSummary p) => new(
        p.Id, p.TaskId, p.Version, NameOf(p.Language), p.Strategy, p.Status, p.Accuracy, p.SizeBytes, p.MadeInMs, p.Notes, p.CreatedBy, p.CreatedAt,
        p.ActivatedAt);

    /// <summary>As the request writes it: the snake_case of every other word would split JavaScript in two.</summary>
    public static string NameOf(ProgramLanguage language) => language.ToString().ToLowerInvariant();
}

/// <summary>A version as the API shows it.</summary>
/// <param name="Report">How it was measured: a synthesis report, or a trial on the examples.</param>
/// <param name="Code">The source; null for a model.</param>
/// <param name="Text">The source, or the model in words.</param>
public sealed record ProgramResponse(
    Guid Id, Guid TaskId, int Version, string Language, string Strategy, ProgramStatus Status, double? Accuracy, int SizeBytes, double MadeInMs, string? Notes,
    string CreatedBy, DateTimeOffset CreatedAt, DateTimeOffset? ActivatedAt, JsonElement? Report, string? Code, string Text)
{
    public static ProgramResponse Of(ProgramVersion p) => new(
        p.Id, p.TaskId, p.Version, ProgramItem.NameOf(p.Language), p.Strategy, p.Status, p.Accuracy, p.Artifact.Length, p.MadeInMs, p.Notes, p.CreatedBy,
        p.CreatedAt, p.ActivatedAt, p.Report is null ? null : JsonElement.Parse(p.Report),
        p.Language == ProgramLanguage.Model ? null : Encoding.UTF8.GetString(p.Artifact), ProgramText.Of(p));
}

public sealed record ComparisonResponse(ComparisonSide Left, ComparisonSide Right);

/// <param name="Program">How it measures.</param>
/// <param name="Report">How it was measured.</param>
/// <param name="Matched">Checked executions that were right.</param>
/// <param name="Mismatched">Checked executions that were not.</param>
/// <param name="Text">The source, or the model in words: what to compare line by line.</param>
public sealed record ComparisonSide(ProgramItem Program, JsonElement? Report, int Matched, int Mismatched, string Text)
{
    public static ComparisonSide Of(ProgramSide side) => new(
        ProgramItem.Of(side.Program), side.Program.Report is { } report ? JsonElement.Parse(report) : null, side.Matched, side.Mismatched, side.Text);
}
