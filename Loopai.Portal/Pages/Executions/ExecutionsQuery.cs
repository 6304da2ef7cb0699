using System.Globalization;
using Loopai.Core.Executions;
using Loopai.Portal.Api;
using Microsoft.AspNetCore.WebUtilities;

namespace Loopai.Portal.Pages.Executions;

/// <summary>What the address of the executions says. The page and the export read it alike; a value that cannot be read does not narrow.</summary>
public sealed record ExecutionsQuery
{
    public Guid? Task { get; init; }

    public int? Version { get; init; }

    /// <summary>A status in snake_case, or "failed".</summary>
    public string? Status { get; init; }

    public TimeRange Range { get; init; } = TimeRange.Parse(null);

    /// <summary>"yes" or "no".</summary>
    public string? Sampled { get; init; }

    public string? Output { get; init; }

    public string? Unit { get; init; }

    public string? Below { get; init; }

    /// <summary>A key's id, or "none".</summary>
    public string? Key { get; init; }

    /// <summary>A team's id, or "none".</summary>
    public string? Team { get; init; }

    /// <summary>Whether anything but the time narrows the list.</summary>
    public bool IsNarrowed => this with { Range = TimeRange.Parse(null) } != new ExecutionsQuery();

    public static ExecutionsQuery Parse(string query)
    {
        var values = QueryHelpers.ParseQuery(query);
        string? Text(string name) => values.TryGetValue(name, out var value) && value.ToString() is { Length: > 0 } text ? text : null;
        return new ExecutionsQuery
        {
            Task = Guid.TryParse(Text("task"), out var task) ? task : null,
            Version = int.TryParse(Text("version"), NumberStyles.None, CultureInfo.InvariantCulture, out var version) ? version : null,
            Status = Text("status") is { } status && (status == "failed" || Enum.GetValues<ExecutionStatus>().Any(s => QueryWords.Of(s) == status)) ? status : null,
            Range = TimeRange.Parse(Text("range")),
            Sampled = Text("sampled") is "yes" or "no" ? Text("sampled") : null,
            Output = Text("output"),
            Unit = Text("unit"),
            Below = double.TryParse(Text("below"), NumberStyles.Float, CultureInfo.InvariantCulture, out _) ? Text("below") : null,
            Key = ExecutionQuery.IdOrNone(Text("key")) is null ? null : Text("key"),
            Team = ExecutionQuery.IdOrNone(Text("team")) is null ? null : Text("team"),
        };
    }

    public ExecutionFilter ToFilter(DateTimeOffset now)
    {
        var (from, to) = Range.At(now);
        return new ExecutionFilter
        {
            TaskId = Task,
            Version = Version,
            FailedOnly = Status == "failed",
            Status = Status is null or "failed" ? null : QueryWords.Parse<ExecutionStatus>(Status, "status"),
            From = from,

            // A range that ends now has no end: what comes while it is read belongs to it.
            To = Range.Length is null ? to : null,
            Sampled = Sampled switch { "yes" => true, "no" => false, _ => null },
            Output = Output,
            Unit = Unit,
            ConfidenceBelow = Below is null ? null : double.Parse(Below, CultureInfo.InvariantCulture),
            KeyId = ExecutionQuery.IdOrNone(Key),
            TeamId = ExecutionQuery.IdOrNone(Team),
        };
    }
}
