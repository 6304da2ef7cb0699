using System.Globalization;
using Loopai.Core.Analytics;
using Loopai.Core.Errors;
using Microsoft.AspNetCore.Mvc;
using Microsoft.OpenApi;

namespace Loopai.Portal.Api;

/// <summary>The question, as a URL asks it. Lists are separated by commas. All of it is read here, so that every fault is told at once and by the name that the caller wrote.</summary>
public readonly record struct AnalyticsParameters
{
    private static readonly IReadOnlyList<string> Known = KnownQuery.NamesOf(typeof(AnalyticsParameters));

    /// <summary>Of <c>/analytics/metrics</c>: <c>executions,errorRate</c>; executions when left out. Series are ranked by the first.</summary>
    [FromQuery(Name = "metrics")] public string? Metrics { get; init; }

    /// <summary>At most two of task, version, environment, key, team, experiment, variant, status. By version is also by task.</summary>
    [FromQuery(Name = "dimensions")] public string? Dimensions { get; init; }

    /// <summary><c>dimension:in:value,value</c> or <c>dimension:not_in:value</c>, as often as there are filters.</summary>
    [FromQuery(Name = "filter")] public string[]? Filter { get; init; }

    /// <summary>Executed at or after; a week before <c>to</c> when left out.</summary>
    [FromQuery(Name = "from")] public string? From { get; init; }

    /// <summary>Executed before; now when left out.</summary>
    [FromQuery(Name = "to")] public string? To { get; init; }

    /// <summary>none, minute, hour, day, week or month.</summary>
    [FromQuery(Name = "interval")] public string? Interval { get; init; }

    /// <summary>IANA name of the zone in which days begin; UTC when left out.</summary>
    [FromQuery(Name = "timeZone")] public string? TimeZone { get; init; }

    /// <summary>none, previous_period, previous_week or previous_year.</summary>
    [FromQuery(Name = "compareTo")] public string? CompareTo { get; init; }

    /// <summary>How many series; the rest is added up as <c>other</c>.</summary>
    [FromQuery(Name = "top")] public string? Top { get; init; }

    /// <summary>Whether to tell how latencies are spread, too.</summary>
    [FromQuery(Name = "latencies")] public string? Latencies { get; init; }

    /// <summary>json or csv.</summary>
    [FromQuery(Name = "format")] public string? Format { get; init; }

    /// <param name="asked">All that the address says.</param>
    /// <param name="others">What else it may say.</param>
    public AnalyticsQuery ToQuery(IQueryCollection asked, params string[] others)
    {
        var errors = new FieldErrors();
        KnownQuery.AddUnknown(errors, asked, [.. Known, .. others]);
        var to = Time(To, "to", errors) ?? DateTimeOffset.UtcNow;
        return new AnalyticsQuery(
            Words(Metrics ?? AnalyticsMetrics.Executions), Words(Dimensions), Filters(errors), Time(From, "from", errors) ?? to.AddDays(-7), to,
            Word<AnalyticsInterval>(Interval, "interval", errors) ?? AnalyticsInterval.None, TimeZone ?? "UTC",
            Word<AnalyticsCompare>(CompareTo, "compareTo", errors) ?? AnalyticsCompare.None, Number(Top, "top", errors))
        {
            WithLatencies = Flag(Latencies, "latencies", errors), Misread = errors,
        };
    }

    /// <summary>How the document describes what is read here.</summary>
    public static void Describe(OpenApiOperation operation)
    {
        Set("from", JsonSchemaType.String, "date-time");
        Set("to", JsonSchemaType.String, "date-time");
        Set("top", JsonSchemaType.Integer, "int32");
        Set("latencies", JsonSchemaType.Boolean, null);

        void Set(string name, JsonSchemaType type, string? format)
        {
            if (operation.Parameters?.FirstOrDefault(p => p.Name == name) is OpenApiParameter parameter)
            {
                parameter.Schema = new OpenApiSchema { Type = type, Format = format };
            }
        }
    }

    private static string[] Words(string? text) => (text ?? "").Split(',', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries);

    private List<AnalyticsFilter> Filters(FieldErrors errors)
    {
        var filters = new List<AnalyticsFilter>();
        foreach (var text in Filter ?? [])
        {
            if (text.Split(':', 3) is [var dimension, var how, var values])
            {
                filters.Add(new AnalyticsFilter(dimension, Word<AnalyticsOperator>(how, "filter", errors) ?? AnalyticsOperator.In, Words(values)));
            }
            else
            {
                errors.Add("filter", $"A filter reads dimension:in:value,value or dimension:not_in:value; got '{text}'.");
            }
        }

        return filters;
    }

    /// <summary>Within the years that a range, and what it is compared with, can be counted in.</summary>
    private static DateTimeOffset? Time(string? text, string field, FieldErrors errors)
    {
        if (string.IsNullOrEmpty(text))
        {
            return null;
        }

        var isTime = DateTimeOffset.TryParse(text, CultureInfo.InvariantCulture, DateTimeStyles.AssumeUniversal | DateTimeStyles.AdjustToUniversal, out var time);
        errors.AddIf(!isTime, field, $"{field} is an RFC 3339 time, like 2026-03-01T12:00:00Z; got '{text}'.");
        var isFar = isTime && time.Year is < 2000 or > 2200;
        errors.AddIf(isFar, field, $"{field} lies between the years 2000 and 2200; got '{text}'.");
        return isTime && !isFar ? time : null;
    }

    private static int? Number(string? text, string field, FieldErrors errors)
    {
        var isNumber = int.TryParse(text, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out var number);
        errors.AddIf(!isNumber && !string.IsNullOrEmpty(text), field, $"{field} is a whole number; got '{text}'.");
        return isNumber ? number : null;
    }

    private static bool Flag(string? text, string field, FieldErrors errors)
    {
        var isFlag = bool.TryParse(text, out var flag);
        errors.AddIf(!isFlag && !string.IsNullOrEmpty(text), field, $"{field} is true or false; got '{text}'.");
        return flag;
    }

    private static T? Word<T>(string? text, string field, FieldErrors errors)
        where T : struct, Enum
    {
        if (!QueryWords.TryParse<T>(text, field, out var value, out var fault))
        {
            errors.Add(field, fault);
        }

        return value;
    }
}
