using Loopai.Core.Analytics;
using Loopai.Core.Text;
using Microsoft.AspNetCore.WebUtilities;

namespace Loopai.Portal.Pages.Dashboards;

/// <summary>What a board's address asks for that cannot be had, in sentences. What is shown leaves it out, and whoever got the link is told so.</summary>
public static class BoardAddress
{
    private static readonly string[] Known = ["range", "task", "team", "compare", "edit", "env"];

    /// <param name="query">What stands in the address behind the question mark.</param>
    /// <param name="tasks">The tasks that can be chosen; null while they are not known.</param>
    /// <param name="teams">The teams that can be chosen.</param>
    public static IReadOnlyList<string> Faults(string query, IReadOnlyList<Option>? tasks, IReadOnlyList<Option>? teams)
    {
        var faults = new List<string>();
        foreach (var (name, values) in QueryHelpers.ParseQuery(query).Where(part => part.Value.ToString().Length > 0))
        {
            var value = values.ToString();
            if (Of(name, value, tasks, teams) is { } fault)
            {
                faults.Add(fault);
            }
        }

        return faults;
    }

    private static string? Of(string name, string value, IReadOnlyList<Option>? tasks, IReadOnlyList<Option>? teams) => name switch
    {
        "range" when !TimeRange.IsReadable(value) =>
            $"The range '{Short(value)}' is none: {string.Join(", ", TimeRange.Presets.Select(p => p.Text))}, or two times with '..' between them. Shown are the last 7 days.",
        "task" => Choice("task", value, tasks),
        "team" when value != AnalyticsDimensions.None => Choice("team", value, teams),
        "compare" when value != "yes" => $"compare is 'yes' or left out, not '{Short(value)}'. Nothing is compared.",
        _ when !Known.Contains(name, StringComparer.Ordinal) => $"A board knows nothing of '{Short(name)}' in its address.{NearMiss.Hint(name, Known)} It is left out.",
        _ => null,
    };

    /// <summary>What is no id narrows nothing; an id that nobody has, or that the viewer may not see, leaves nothing over.</summary>
    private static string? Choice(string what, string value, IReadOnlyList<Option>? known) =>
        !Guid.TryParse(value, out var id) ? $"'{Short(value)}' is not the id of a {what}. Nothing is left out by {what}."
        : known?.All(option => option.Value != id.ToString()) == true ? $"There is no {what} {id} that you may see, so that no figures fit."
        : null;

    private static string Short(string text) => text.Length <= 40 ? text : text[..40] + "…";
}
