using System.Globalization;

namespace Loopai.Core.Reports.Building;

/// <summary>A stretch of whole days of a zone.</summary>
/// <param name="First">The first day.</param>
/// <param name="Last">The last day.</param>
/// <param name="From">When the first day begins.</param>
/// <param name="To">When the day after the last begins.</param>
public sealed record ReportPeriod(DateOnly First, DateOnly Last, DateTimeOffset From, DateTimeOffset To)
{
    /// <summary>The longest custom period.</summary>
    public const int MaxDays = 366 * 2;

    /// <summary>The period that a definition means, seen from a moment.</summary>
    public static ReportPeriod Of(ReportDefinition definition, DateTimeOffset now, TimeZoneInfo zone)
    {
        var today = DateOnly.FromDateTime(TimeZoneInfo.ConvertTime(now, zone).DateTime);
        var month = new DateOnly(today.Year, today.Month, 1);
        var monday = today.AddDays(-(((int)today.DayOfWeek + 6) % 7));
        var quarter = new DateOnly(today.Year, ((today.Month - 1) / 3 * 3) + 1, 1);
        return definition.Period switch
        {
            PeriodKind.Day => Between(today.AddDays(-1), today.AddDays(-1), zone),
            PeriodKind.Week => Between(monday.AddDays(-7), monday.AddDays(-1), zone),
            PeriodKind.Month => Between(month.AddMonths(-1), month.AddDays(-1), zone),
            PeriodKind.Quarter => Between(quarter.AddMonths(-3), quarter.AddDays(-1), zone),
            PeriodKind.Custom => Between(definition.From ?? today.AddDays(-1), definition.To ?? today.AddDays(-1), zone),
        };
    }

    /// <summary>What the period is held against; null for nothing.</summary>
    public ReportPeriod? Before(ReportDefinition definition, TimeZoneInfo zone) => (definition.CompareWith, definition.Period) switch
    {
        (ComparedWith.Nothing, _) => null,
        (ComparedWith.YearBefore, _) => Between(First.AddYears(-1), Last.AddYears(-1), zone),
        (ComparedWith.PeriodBefore, PeriodKind.Month) => Between(First.AddMonths(-1), First.AddDays(-1), zone),
        (ComparedWith.PeriodBefore, PeriodKind.Quarter) => Between(First.AddMonths(-3), First.AddDays(-1), zone),
        (ComparedWith.PeriodBefore, _) => Between(First.AddDays(First.DayNumber - Last.DayNumber - 1), First.AddDays(-1), zone),
    };

    /// <summary>How people write it: <c>March 2026</c>, <c>2 – 8 March 2026</c>.</summary>
    public string Words(CultureInfo culture) =>
        First == Last ? $"{First.ToString("dddd", culture)}, {First.ToString(culture.DayPattern(), culture)}"
        : First.Day == 1 && Last == First.AddMonths(1).AddDays(-1) ? First.ToString("Y", culture)
        : culture.TwoLetterISOLanguageName == "en" && First.Year == Last.Year ? $"{First.ToString(First.Month == Last.Month ? "%d" : "d MMM", culture)} – {Last.ToString("d MMM yyyy", culture)}"
        : $"{First.ToString(culture.DayPattern(), culture)} – {Last.ToString(culture.DayPattern(), culture)}";

    /// <summary>For names of files: <c>2026-03</c>, <c>2026-03-02_2026-03-08</c>.</summary>
    public string FileWords() =>
        First == Last ? First.ToString("yyyy-MM-dd", CultureInfo.InvariantCulture)
        : First.Day == 1 && Last == First.AddMonths(1).AddDays(-1) ? First.ToString("yyyy-MM", CultureInfo.InvariantCulture)
        : string.Create(CultureInfo.InvariantCulture, $"{First:yyyy-MM-dd}_{Last:yyyy-MM-dd}");

    private static ReportPeriod Between(DateOnly first, DateOnly last, TimeZoneInfo zone) => new(first, last, StartOf(first, zone), StartOf(last.AddDays(1), zone));

    /// <summary>Where the clock skips midnight, the day begins with the first time that it shows; where midnight comes twice, with the first.</summary>
    internal static DateTimeOffset StartOf(DateOnly day, TimeZoneInfo zone)
    {
        var local = day.ToDateTime(TimeOnly.MinValue);
        while (zone.IsInvalidTime(local))
        {
            local = local.AddMinutes(1);
        }

        var offset = zone.IsAmbiguousTime(local) ? zone.GetAmbiguousTimeOffsets(local).Max() : zone.GetUtcOffset(local);
        return new DateTimeOffset(local, offset).ToUniversalTime();
    }
}
