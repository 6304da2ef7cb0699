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

    public static string Strategy(string strategy) => strategy switch
    {
        "rule" => "Rules",
        "ml" => "Statistical model",
        "hybrid" => "Rules, then a model",
        "baseline" => "Baseline",
        "code" => "Code",
        "auto" => "Whatever measures best",
        _ => strategy,
    };
}
