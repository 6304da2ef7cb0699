using System.Text.Json;
using System.Text.Json.Serialization;
using Loopai.Core.Errors;

namespace Loopai.Core.Analytics.Dashboards;

/// <summary>What stands on a board, as one document.</summary>
/// <param name="Version">Of the document's form.</param>
/// <param name="Panels">In the order in which they stand.</param>
/// <param name="TimeZone">IANA name, by which days are cut; null for the organization's.</param>
public sealed record BoardContent(int Version, IReadOnlyList<BoardPanel> Panels, string? TimeZone = null)
{
    public const int CurrentVersion = 1;
    public const int MostPanels = 24;

    private static readonly JsonSerializerOptions Json = new(JsonSerializerDefaults.Web) { Converters = { new JsonStringEnumConverter(JsonNamingPolicy.CamelCase) } };

    public static BoardContent Of(params IReadOnlyList<BoardPanel> panels) => new(CurrentVersion, panels);

    public static BoardContent Parse(string json) => JsonSerializer.Deserialize<BoardContent>(json, Json) ?? Of();

    public override string ToString() => JsonSerializer.Serialize(this, Json);
}

/// <summary>One panel.</summary>
public sealed record BoardPanel
{
    public const int MaxTitleLength = 100;

    /// <summary>Its name within the board.</summary>
    public required string Id { get; init; }

    public required string Title { get; init; }

    public PanelKind Kind { get; init; } = PanelKind.Line;

    /// <summary>Of <see cref="AnalyticsMetrics"/>; all of one unit for a chart.</summary>
    public required IReadOnlyList<string> Metrics { get; init; }

    /// <summary>By what it is broken down; null for not at all.</summary>
    public string? Dimension { get; init; }

    /// <summary>How many series; the rest is added up as <c>other</c>.</summary>
    public int Top { get; init; } = 5;

    /// <summary>How many of the board's twelve columns it spans.</summary>
    public int Width { get; init; } = 6;

    /// <summary>What this panel leaves out beyond what the whole board does.</summary>
    public IReadOnlyList<AnalyticsFilter> Filters { get; init; } = [];

    /// <summary>What is wrong with it, by field; empty when it can be shown.</summary>
    public IReadOnlyDictionary<string, string[]> Faults()
    {
        var errors = new FieldErrors();
        BoardRules.Check(this, "", errors);
        return errors.ToDictionary();
    }
}

/// <summary>How a panel shows its figures.</summary>
public enum PanelKind
{
    Number,
    Line,
    Bar,
    Table,

    /// <summary>Series against time, darker for more.</summary>
    HeatMap,

    /// <summary>How latencies are spread.</summary>
    Histogram,
}
