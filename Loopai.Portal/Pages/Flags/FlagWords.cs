using System.Globalization;
using Loopai.Core.Flags;

namespace Loopai.Portal.Pages.Flags;

/// <summary>How flags read.</summary>
internal static class FlagWords
{
    public static string TypeOf(FlagType type) => type switch
    {
        FlagType.Boolean => "boolean",
        FlagType.String => "string",
        FlagType.Number => "number",
        FlagType.Object => "JSON",
    };

    /// <summary>What is answered, in a few words: <c>on</c>, or <c>12.5 % on, 87.5 % off</c>.</summary>
    public static string ServeOf(FlagServe? serve) => serve switch
    {
        { Variation: { } one } => one,
        { Split: { } split } => string.Join(", ", split.Where(s => s.Percent > 0).Select(s => $"{s.Percent.ToString("0.##", CultureInfo.InvariantCulture)} % {s.Variation}")),
        _ => "",
    };

    public static string ReasonOf(FlagReason reason) => reason switch
    {
        FlagReason.Static => "everybody gets it",
        FlagReason.TargetingMatch => "a rule matched",
        FlagReason.Split => "by percentage",
        FlagReason.Disabled => "the flag is off",
        FlagReason.Unknown => "it cannot be told",
    };

    public static string ActionOf(string action) => action switch
    {
        "created" => "Made the flag",
        "updated" => "Changed the definition",
        "switched_on" => "Switched on",
        "switched_off" => "Switched off",
        "targeted" => "Changed the rules",
        "archived" => "Archived",
        "restored" => "Restored",
        _ => action,
    };
}
