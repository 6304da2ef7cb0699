using Loopai.Core.Costs.Recommendations;

namespace Loopai.Portal.Pages.Costs;

/// <summary>Recommendations in words.</summary>
public static class RecommendationWords
{
    /// <summary>What the button says.</summary>
    public static string Action(RecommendationKind kind) => kind switch
    {
        RecommendationKind.LowerSampling => "Set the rate",
        RecommendationKind.CheaperVersion => "Activate it",
        RecommendationKind.LearnProgram => "Learn it",
        RecommendationKind.UnusedKey => "Revoke key",
    };

    /// <summary>Where it can be looked at.</summary>
    public static string Place(RecommendationKind kind, string organization, Guid subject, string? environment) => kind switch
    {
        RecommendationKind.LowerSampling => PortalUrls.Task(organization, subject, "settings", environment),
        RecommendationKind.CheaperVersion or RecommendationKind.LearnProgram => PortalUrls.Versions(organization, subject, environment),
        RecommendationKind.UnusedKey => PortalUrls.ApiKey(organization, subject, environment),
    };

    public static (string Text, Tone Tone) Of(RecommendationConfidence confidence) => confidence switch
    {
        RecommendationConfidence.Low => ("low confidence", Tone.Neutral),
        RecommendationConfidence.Medium => ("medium confidence", Tone.Accent),
        RecommendationConfidence.High => ("high confidence", Tone.Good),
    };

    public static (string Text, Tone Tone) Of(RecommendationAnswer answer) => answer switch
    {
        RecommendationAnswer.Taken => ("taken", Tone.Good),
        RecommendationAnswer.Dismissed => ("dismissed", Tone.Neutral),
        RecommendationAnswer.Restored => ("brought back", Tone.Neutral),
    };

    public static string Of(RecommendationFigure figure, string currency) => figure switch
    {
        { Unit: FigureUnit.Share, Low: { } low, High: { } high } => $"{Format.Percent((double)figure.Value)} ({Format.PercentInterval((double)low, (double)high)})",
        { Unit: FigureUnit.Share } => Format.Percent((double)figure.Value),
        { Unit: FigureUnit.Money } => Format.Money(figure.Value, currency),
        _ => Format.Exact((double)figure.Value),
    };

    /// <summary>What it saves, and of what that is.</summary>
    public static (string Amount, string Of) Saving(Recommendation one, string currency) => one switch
    {
        { SavingPerMonth: { } month } => (Format.Money(month, currency), "a month"),
        { SavingPerThousand: { } thousand } => (Format.Money(thousand, currency), "a thousand calls"),
        { Kind: RecommendationKind.LowerSampling } => ("People's time", "their checks have no price"),
        _ => ("No money", "one risk less"),
    };

    public static string MeasuredOn(DecidedRecommendation decided) => decided switch
    {
        { Answer: not RecommendationAnswer.Taken } or { PromisedPerMonth: null, RealizedPerMonth: null, MeasuredOn: 0 } => "nothing to measure",
        { RealizedPerMonth: null } => $"{Format.Count(decided.MeasuredOn, "execution")} since; it takes 100 to tell",
        _ => $"from {Format.Count(decided.MeasuredOn, "execution")} since",
    };
}
