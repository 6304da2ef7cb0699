using System.Globalization;
using Loopai.Core.Analytics;
using Loopai.Core.Costs;
using Loopai.Core.Data;
using Loopai.Core.Errors;
using Loopai.Core.Reports.Building;
using Microsoft.EntityFrameworkCore;

namespace Loopai.Core.Reports;

/// <summary>What a report may look like. Every fault is told at once.</summary>
internal static class ReportRules
{
    public const int MaxSections = 30;
    public const int MaxMetrics = 12;
    public const int MaxTextLength = 20_000;

    public static void CheckName(FieldErrors errors, string? name, string? description) => errors
        .AddIf(string.IsNullOrWhiteSpace(name) || name.Trim().Length > Report.MaxNameLength, "name", $"Give the report a name of at most {Report.MaxNameLength} characters.")
        .AddIf(description?.Length > 1000, "description", "A description has at most 1000 characters.");

    public static void Check(FieldErrors errors, ReportDefinition definition)
    {
        errors
            .AddIf(definition.TimeZone is { } zone && !TimeZoneInfo.TryFindSystemTimeZoneById(zone, out _), "timeZone", "Give an IANA name such as Europe/Berlin, or leave it out for the organization's.")
            .AddIf(!IsLanguage(definition.Language), "language", "Give a language such as en, de or fr-CH; numbers and dates are written in it.")
            .AddIf(definition.Sections.Count == 0, "sections", "A report needs a section.")
            .AddIf(definition.Sections.Count > MaxSections, "sections", $"A report has at most {MaxSections} sections.");
        CheckPeriod(errors, definition);
        foreach (var (index, section) in definition.Sections.Index())
        {
            Check(errors, $"sections[{index.ToString(CultureInfo.InvariantCulture)}]", section);
        }
    }

    public static async Task CheckTasksAsync(FieldErrors errors, LoopaiDbContext db, ReportDefinition definition, CancellationToken ct)
    {
        var known = definition.Tasks.Count == 0 ? 0 : await db.Tasks.CountAsync(t => definition.Tasks.Contains(t.Id), ct);
        errors.AddIf(known < definition.Tasks.Distinct().Count(), "tasks", "One of these tasks does not exist.");
    }

    private static void CheckPeriod(FieldErrors errors, ReportDefinition definition)
    {
        if (definition.Period != PeriodKind.Custom)
        {
            errors.AddIf(definition.From is not null || definition.To is not null, "period", "Only a custom period has a first and a last day.");
            return;
        }

        errors.AddIf(definition.From is null, "from", "A custom period needs its first day.").AddIf(definition.To is null, "to", "A custom period needs its last day.");
        if (definition is { From: { } from, To: { } to })
        {
            errors.AddIf(to < from, "to", "The last day lies before the first.")
                .AddIf(to.DayNumber - from.DayNumber >= ReportPeriod.MaxDays, "to", $"A period has at most {ReportPeriod.MaxDays} days.")
                .AddIf(
                    to.DayNumber - from.DayNumber >= CostService.MaxDays && definition.Sections.Any(s => s.Kind == SectionKind.Costs), "to",
                    $"What a period cost is added up over {CostService.MaxDays} days at most: shorten it, or leave the section of costs out.");
        }
    }

    private static void Check(FieldErrors errors, string field, ReportSection section)
    {
        CheckFigures(errors, field, section);
        errors.AddIf(section.Title.Length > 200, $"{field}.title", "A heading has at most 200 characters.")
            .AddIf(section.Top is < 1 or > 100, $"{field}.top", "From 1 to 100 stand apart.")
            .AddIf(section.Action?.Length > 100, $"{field}.action", "An action is a name such as task.created, or the beginning of one with a star: task.*")
            .AddIf(section.Kind == SectionKind.Text && string.IsNullOrWhiteSpace(section.Text), $"{field}.text", "Write what is to stand there.")
            .AddIf(section.Text?.Length > MaxTextLength, $"{field}.text", $"A text has at most {MaxTextLength} characters.");
    }

    private static void CheckFigures(FieldErrors errors, string field, ReportSection section)
    {
        if (section.Kind is not (SectionKind.Headline or SectionKind.Series or SectionKind.Table))
        {
            return;
        }

        var most = section.Kind == SectionKind.Series ? 1 : MaxMetrics;
        errors.AddIf(section.Metrics.Count == 0 || section.Metrics.Count > most, $"{field}.metrics", most == 1 ? "Choose one figure." : $"Choose from 1 to {most} figures.")
            .AddIf(section.Metrics.Any(m => AnalyticsMetrics.Find(m) is null), $"{field}.metrics", $"Figures are {string.Join(", ", AnalyticsMetrics.All.Select(m => m.Name))}.")
            .AddIf(section.Dimension is { } dimension && !AnalyticsDimensions.All.Contains(dimension), $"{field}.dimension", $"A dimension is one of {string.Join(", ", AnalyticsDimensions.All)}.");
    }

    private static bool IsLanguage(string language)
    {
        try
        {
            return language.Length is > 1 and < 12 && CultureInfo.GetCultureInfo(language, predefinedOnly: true).Name.Length > 0;
        }
        catch (CultureNotFoundException)
        {
            return false;
        }
    }
}
