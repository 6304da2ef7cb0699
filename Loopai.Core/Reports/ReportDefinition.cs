using System.Text.Json;
using System.Text.Json.Serialization;

namespace Loopai.Core.Reports;

/// <summary>What stands in a report: over which time, how it is written, and its sections in order.</summary>
public sealed record ReportDefinition
{
    public PeriodKind Period { get; init; } = PeriodKind.Month;

    /// <summary>The first day of a custom period.</summary>
    public DateOnly? From { get; init; }

    /// <summary>The last day of a custom period.</summary>
    public DateOnly? To { get; init; }

    public ComparedWith CompareWith { get; init; } = ComparedWith.PeriodBefore;

    /// <summary>IANA name, by which days are cut; null for the organization's.</summary>
    public string? TimeZone { get; init; }

    /// <summary>How numbers and dates are written: <c>en</c>, <c>de</c>, <c>fr</c>, ...</summary>
    public string Language { get; init; } = "en";

    public PaperSize Paper { get; init; } = PaperSize.A4;

    /// <summary>Whether the organization's picture stands on it.</summary>
    public bool ShowLogo { get; init; } = true;

    /// <summary>Only these tasks; empty for all.</summary>
    public IReadOnlyList<Guid> Tasks { get; init; } = [];

    public IReadOnlyList<ReportSection> Sections { get; init; } = [];

    /// <summary>The same without nulls, which JSON may bring where a list or a text belongs.</summary>
    public ReportDefinition Cleaned() => this with
    {
        Language = Language ?? "en",
        Tasks = Tasks ?? [],
        Sections = [.. (Sections ?? []).Select(s => (s ?? new ReportSection()) with { Title = s?.Title ?? "", Metrics = [.. (s?.Metrics ?? []).Where(m => m is not null)] })],
    };
}

/// <summary>A section as it is asked for. Which of its settings count depends on its kind.</summary>
public sealed record ReportSection
{
    public SectionKind Kind { get; init; }

    /// <summary>Its heading; empty for the kind's own.</summary>
    public string Title { get; init; } = "";

    /// <summary>Headline, series and table: which figures. A series has one.</summary>
    public IReadOnlyList<string> Metrics { get; init; } = [];

    /// <summary>Series and table: what they are broken down by; null for a series in one line.</summary>
    public string? Dimension { get; init; }

    /// <summary>Series and table: how many stand apart, the greatest first; the rest is one.</summary>
    public int Top { get; init; } = 10;

    /// <summary>Audit extract: which actions, such as <c>grant.*</c>; null for all.</summary>
    public string? Action { get; init; }

    /// <summary>Text: Markdown.</summary>
    public string? Text { get; init; }
}

/// <summary>What a section shows.</summary>
public enum SectionKind
{
    /// <summary>Figures with their change.</summary>
    Headline,

    /// <summary>Figures over time.</summary>
    Series,

    /// <summary>Figures by task, version or key.</summary>
    Table,

    /// <summary>How right the versions in service are, against what their tasks want.</summary>
    Quality,

    /// <summary>What experiments found.</summary>
    Experiments,

    /// <summary>Events of the audit log.</summary>
    Audit,

    /// <summary>Who may do what, and since when nobody was seen.</summary>
    Access,

    /// <summary>Words of one's own.</summary>
    Text,

    /// <summary>What it cost, and what the same would have cost as calls to language models.</summary>
    Costs,

    /// <summary>How far budgets are used.</summary>
    Budgets,
}

/// <summary>Over which time a report looks, seen from its due moment.</summary>
public enum PeriodKind
{
    /// <summary>The last full day.</summary>
    Day,

    /// <summary>The last full week, from Monday on.</summary>
    Week,

    /// <summary>The last full month.</summary>
    Month,

    /// <summary>The last full quarter.</summary>
    Quarter,

    /// <summary>From one day to another.</summary>
    Custom,
}

/// <summary>What the figures of a period are held against.</summary>
public enum ComparedWith
{
    Nothing,

    /// <summary>The day, week, month or quarter before; of a custom period, as many days before it.</summary>
    PeriodBefore,

    YearBefore,
}

public enum PaperSize
{
    A4,
    Letter,
}

/// <summary>How definitions, recipients and formats are kept as text.</summary>
public static class ReportJson
{
    private static readonly JsonSerializerOptions Options = new(JsonSerializerDefaults.Web)
    {
        DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull, Converters = { new JsonStringEnumConverter(JsonNamingPolicy.SnakeCaseLower) },
    };

    public static string Write<T>(T value) => JsonSerializer.Serialize(value, Options);

    public static T Read<T>(string text) => JsonSerializer.Deserialize<T>(text, Options)!;
}
