namespace Loopai.Core.Costs.Recommendations;

/// <summary>What would cost less without being worse, with what speaks for it.</summary>
/// <param name="Id">Names it: the same as long as it says the same.</param>
/// <param name="Kind">What it is.</param>
/// <param name="SubjectId">The task, or the key.</param>
/// <param name="Subject">Its name.</param>
/// <param name="Version">The version that answers now, where one does.</param>
/// <param name="Title">What to do.</param>
/// <param name="Why">What speaks for it, in a sentence.</param>
/// <param name="Evidence">The figures behind it.</param>
/// <param name="SavingPerMonth">Of thirty days, in the organization's currency; null where it cannot be told.</param>
/// <param name="SavingPerThousand">Of a thousand executions, where nothing tells how many there will be.</param>
/// <param name="Confidence">How sure it is.</param>
/// <param name="ConfidenceWhy">How that was reached.</param>
/// <param name="Does">What taking it does at once.</param>
public sealed record Recommendation(
    string Id, RecommendationKind Kind, Guid SubjectId, string Subject, int? Version, string Title, string Why, IReadOnlyList<RecommendationFigure> Evidence, decimal? SavingPerMonth,
    decimal? SavingPerThousand, RecommendationConfidence Confidence, string ConfidenceWhy, string Does)
{
    /// <summary>What taking it takes.</summary>
    public string Permission => Kind.Permission();

    /// <summary>Of <see cref="RecommendationKind.LowerSampling"/>: the new rate.</summary>
    internal double? Rate { get; init; }

    /// <summary>Of <see cref="RecommendationKind.CheaperVersion"/>: the version to activate.</summary>
    internal int? Other { get; init; }

    /// <summary>Of the task: what was read.</summary>
    internal int? Revision { get; init; }

    /// <summary>What an execution costs now in that for which it is changed, to be measured against.</summary>
    internal decimal? Baseline { get; init; }

    /// <summary>What a decision is about: of a sampling rate, the task and not the very rate, which moves a little every day.</summary>
    internal static string TopicOf(string id) =>
        id.StartsWith(RecommendationKind.LowerSampling.Word() + "-", StringComparison.Ordinal) && id.LastIndexOf('-') is > 8 and var last ? id[..last] : id;

    internal static string IdOf(RecommendationKind kind, Guid subject, string? detail = null) =>
        $"{kind.Word()}-{subject:n}{(detail is null ? "" : "-" + detail)}";
}

/// <summary>A figure that speaks for a recommendation.</summary>
/// <param name="Name">What is measured, in words.</param>
/// <param name="Unit">Of what the value is.</param>
/// <param name="Value">How much.</param>
/// <param name="Low">The lower end of its 95 % interval, where it has one.</param>
/// <param name="High">The upper end.</param>
public sealed record RecommendationFigure(string Name, FigureUnit Unit, decimal Value, decimal? Low = null, decimal? High = null);

/// <summary>Of what a figure is.</summary>
public enum FigureUnit
{
    Number,

    /// <summary>0..1.</summary>
    Share,

    /// <summary>In the organization's currency.</summary>
    Money,

    Days,
}

/// <summary>What can be recommended.</summary>
public enum RecommendationKind
{
    /// <summary>Fewer answers need to be checked for what is to be known.</summary>
    LowerSampling,

    /// <summary>Another version is as good and costs less.</summary>
    CheaperVersion,

    /// <summary>A program can be learned for what is answered by dearer means, or by none.</summary>
    LearnProgram,

    /// <summary>A key that nobody uses is a risk for nothing.</summary>
    UnusedKey,
}

/// <summary>How sure a recommendation is.</summary>
public enum RecommendationConfidence
{
    Low,
    Medium,
    High,
}

internal static class RecommendationKinds
{
    public static string Word(this RecommendationKind kind) => kind switch
    {
        RecommendationKind.LowerSampling => "sampling",
        RecommendationKind.CheaperVersion => "version",
        RecommendationKind.LearnProgram => "learn",
        RecommendationKind.UnusedKey => "key",
    };

    public static string Permission(this RecommendationKind kind) => kind switch
    {
        RecommendationKind.LowerSampling => Access.Permissions.TasksWrite,
        RecommendationKind.CheaperVersion => Access.Permissions.ProgramsActivate,
        RecommendationKind.LearnProgram => Access.Permissions.ProgramsWrite,
        RecommendationKind.UnusedKey => Access.Permissions.KeysManage,
    };
}
