using System.Globalization;
using Loopai.Core.Errors;
using Loopai.Core.Executions;
using Loopai.Core.Tasks;
using Loopai.Core.Text;

namespace Loopai.Core.Analytics;

/// <summary>What a query has to keep to. Every fault is told at once.</summary>
internal static class AnalyticsRules
{
    public const int MostSeries = 100;
    private const int MostBuckets = 5000;
    private const int MostMetrics = 12;
    private const int MostValues = 200;

    /// <summary>The zone of a query that holds.</summary>
    public static TimeZoneInfo Check(AnalyticsQuery query, DateTimeOffset minutesFrom)
    {
        var errors = query.Misread ?? new FieldErrors();
        CheckMetrics(query, errors);
        CheckDimensions(query, errors);
        foreach (var filter in query.Filters)
        {
            CheckFilter(filter, "filter", errors);
        }

        errors
            .AddIf(query.From >= query.To, "to", "The range ends before it begins: give a 'to' after 'from'.")
            .AddIf(query.To - query.From > TimeSpan.FromDays(3660), "from", "A range has at most ten years.")
            .AddIf(query.Top is < 1 or > MostSeries, "top", $"1 to {MostSeries}.")
            .AddIf(query.Top is not null && query.Dimensions.Count == 0, "top", "There is nothing to rank: name a dimension, or leave 'top' out.");
        var isTooFine = AnalyticsClock.Count(query.From, query.To, query.Interval) is > MostBuckets and < double.PositiveInfinity;
        errors
            .AddIf(isTooFine, "interval", $"That would be more than {MostBuckets:N0} points: ask for a wider interval or a shorter range.")
            .AddIf(
                query.Interval == AnalyticsInterval.Minute && query.From < minutesFrom, "interval",
                string.Create(CultureInfo.InvariantCulture, $"Minutes are kept since {minutesFrom:yyyy-MM-dd'T'HH:mm'Z'}: ask from then on, or by the hour."));
        if (!TimeZoneInfo.TryFindSystemTimeZoneById(query.TimeZone, out var zone))
        {
            errors.Add("timeZone", $"There is no time zone '{query.TimeZone}': give an IANA name such as Europe/Berlin.");
        }

        errors.ThrowIfAny("analytics.invalid", "The question cannot be answered as it stands.");
        return zone!;
    }

    private static void CheckMetrics(AnalyticsQuery query, FieldErrors errors)
    {
        errors
            .AddIf(query.Metrics.Count == 0, "metrics", $"Name at least one of {string.Join(", ", AnalyticsMetrics.All.Select(m => m.Name))}.")
            .AddIf(query.Metrics.Count > MostMetrics, "metrics", $"At most {MostMetrics} at once.")
            .AddIf(query.Metrics.Distinct(StringComparer.Ordinal).Count() != query.Metrics.Count, "metrics", "Each metric once.");
        foreach (var unknown in query.Metrics.Where(m => AnalyticsMetrics.Find(m) is null))
        {
            errors.Add("metrics", $"There is no metric '{unknown}'.{NearMiss.Hint(unknown, AnalyticsMetrics.All.Select(m => m.Name))} There are {string.Join(", ", AnalyticsMetrics.All.Select(m => m.Name))}.");
        }

        var byStatus = query.Dimensions.Contains(AnalyticsDimensions.Status) || query.Filters.Any(f => f.Dimension == AnalyticsDimensions.Status);
        foreach (var other in query.Metrics.Where(m => byStatus && AnalyticsMetrics.Find(m) is not null && m != AnalyticsMetrics.Executions))
        {
            errors.Add("metrics", $"By status only executions are counted: '{other}' has to be asked for without the dimension or filter 'status'.");
        }
    }

    private static void CheckDimensions(AnalyticsQuery query, FieldErrors errors)
    {
        errors
            .AddIf(query.Dimensions.Count > 2, "dimensions", "At most two at once.")
            .AddIf(query.Dimensions.Distinct(StringComparer.Ordinal).Count() != query.Dimensions.Count, "dimensions", "Each dimension once.");
        foreach (var unknown in query.Dimensions.Where(d => !AnalyticsDimensions.All.Contains(d)))
        {
            errors.Add("dimensions", Unknown(unknown));
        }
    }

    private static void CheckFilter(AnalyticsFilter filter, string field, FieldErrors errors)
    {
        if (!AnalyticsDimensions.All.Contains(filter.Dimension) && filter.Dimension != AnalyticsDimensions.Tag)
        {
            errors.Add(field, $"{Unknown(filter.Dimension)} Filters may also be by {AnalyticsDimensions.Tag}.");
            return;
        }

        errors
            .AddIf(filter.Values.Count == 0, field, $"Give at least one {filter.Dimension}, or leave the filter out.")
            .AddIf(filter.Values.Count > MostValues, field, $"At most {MostValues} values of {filter.Dimension}.");
        foreach (var value in filter.Values.Where(v => !IsOf(filter.Dimension, v)))
        {
            errors.Add(field, $"'{value}' is no {filter.Dimension}: give {Kind(filter.Dimension)}.");
        }
    }

    private static string Unknown(string dimension) => $"There is no dimension '{dimension}'.{NearMiss.Hint(dimension, AnalyticsDimensions.Filters)} There are {string.Join(", ", AnalyticsDimensions.All)}.";

    private static bool IsOf(string dimension, string value) => dimension switch
    {
        AnalyticsDimensions.Status => StatusOf(value) is not null,
        AnalyticsDimensions.Version => int.TryParse(value, CultureInfo.InvariantCulture, out _),
        AnalyticsDimensions.Variant => value == AnalyticsDimensions.None || short.TryParse(value, CultureInfo.InvariantCulture, out _),
        AnalyticsDimensions.Task or AnalyticsDimensions.Environment => Guid.TryParse(value, out _),
        AnalyticsDimensions.Tag => value.Length is > 0 and <= TaskTags.MaxLength,
        _ => value == AnalyticsDimensions.None || Guid.TryParse(value, out _),
    };

    private static string Kind(string dimension) => dimension switch
    {
        AnalyticsDimensions.Status => "success, error, timeout or invalid_output",
        AnalyticsDimensions.Version => "its number",
        AnalyticsDimensions.Variant => "its place, 0 for the control, or none",
        AnalyticsDimensions.Task or AnalyticsDimensions.Environment => "its id",
        AnalyticsDimensions.Tag => "a tag of tasks",
        _ => "its id, or none",
    };

    /// <summary>The status of that word.</summary>
    public static ExecutionStatus? StatusOf(string word) => word switch
    {
        "success" => ExecutionStatus.Success,
        "error" => ExecutionStatus.Error,
        "timeout" => ExecutionStatus.Timeout,
        "invalid_output" => ExecutionStatus.InvalidOutput,
        _ => null,
    };

    public static string WordOf(ExecutionStatus status) => status switch
    {
        ExecutionStatus.Success => "success",
        ExecutionStatus.Error => "error",
        ExecutionStatus.Timeout => "timeout",
        ExecutionStatus.InvalidOutput => "invalid_output",
    };
}
