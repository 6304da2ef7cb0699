using Loopai.Core.Programs;

namespace Loopai.Portal.Pages.Tasks.Versions;

/// <summary>The words of versions as people read them.</summary>
internal static class VersionWords
{
    public static string Language(ProgramLanguage language) => language switch
    {
        ProgramLanguage.Model => "Model",
        ProgramLanguage.Python => "Python",
        ProgramLanguage.JavaScript => "JavaScript",
    };

    /// <summary>"Learned model", or the language of code.</summary>
    public static string MadeAs(ProgramSummary program) => program.Language == ProgramLanguage.Model ? Strategy(program.Strategy) : Language(program.Language);

    /// <summary>"0.9 points above target".</summary>
    public static string AgainstTarget(double share, double target) =>
        Math.Round(share - target, 4) == 0 ? "on target" : $"{Format.Change(Math.Abs(share - target) * 100).TrimStart('+')} points {(share > target ? "above" : "below")} target";

    public static string Strategy(string strategy) => strategy switch
    {
        "rule" => "Rules",
        "ml" => "Learned model",
        "hybrid" => "Rules, then a model",
        "baseline" => "Baseline",
        "code" => "Code",
        "auto" => "Whatever measures best",
        _ => strategy,
    };
}
