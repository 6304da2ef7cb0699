using System.Globalization;

namespace Loopai.Core.Reports.Building;

/// <summary>A report with its figures, as one caller may see them; what every format is written from.</summary>
public sealed record ReportDocument
{
    public required string Title { get; init; }

    public required string Description { get; init; }

    public required string Organization { get; init; }

    public required string Environment { get; init; }

    public required ReportPeriod Period { get; init; }

    /// <summary>What figures are held against; null for nothing.</summary>
    public required ReportPeriod? Before { get; init; }

    public required TimeZoneInfo Zone { get; init; }

    public required CultureInfo Culture { get; init; }

    /// <summary>ISO 4217, of all money in it.</summary>
    public required string Currency { get; init; }

    public required PaperSize Paper { get; init; }

    public required DateTimeOffset MadeAt { get; init; }

    public ReportLogo? Logo { get; init; }

    public required IReadOnlyList<SectionContent> Sections { get; init; }
}

/// <param name="ContentType">Of a picture.</param>
/// <param name="Data">The picture.</param>
public sealed record ReportLogo(string ContentType, byte[] Data);

/// <summary>A section with its figures.</summary>
/// <param name="Title">Its heading.</param>
/// <param name="Kind">What it was made of.</param>
/// <param name="Blocks">What stands in it, in order.</param>
/// <param name="Note">What has to be said of it: that there was nothing, or that it could not be shown.</param>
public sealed record SectionContent(string Title, SectionKind Kind, IReadOnlyList<ReportBlock> Blocks, string? Note = null);

/// <summary>A part of a section that every format knows how to show.</summary>
public abstract record ReportBlock;

/// <summary>Figures side by side.</summary>
public sealed record FiguresBlock(IReadOnlyList<ReportFigure> Figures) : ReportBlock;

/// <param name="Label">What it is.</param>
/// <param name="Value">Null where nothing is known.</param>
/// <param name="Kind">How it is written.</param>
/// <param name="Before">What it was in the period before.</param>
/// <param name="MoreIsBetter">Null where neither is.</param>
public sealed record ReportFigure(string Label, double? Value, ValueKind Kind, double? Before = null, bool? MoreIsBetter = null)
{
    /// <summary>Against the period before: relative, but in points for shares. Null where there is nothing to compare.</summary>
    public double? Change => (Value, Before) switch
    {
        ({ } now, { } before) when Kind == ValueKind.Share => now - before,
        ({ } now, { } before) when before != 0 => (now - before) / Math.Abs(before),
        _ => null,
    };
}

/// <summary>Values over time.</summary>
/// <param name="Label">What it shows, in words.</param>
/// <param name="Kind">How values are written.</param>
/// <param name="Starts">When each bucket begins.</param>
/// <param name="Lines">A value a bucket; null for a gap.</param>
/// <param name="IsStacked">Whether the values add up, and so are drawn as bars on top of each other.</param>
public sealed record ChartBlock(string Label, ValueKind Kind, IReadOnlyList<DateTimeOffset> Starts, IReadOnlyList<ChartLine> Lines, bool IsStacked) : ReportBlock
{
    /// <summary>Whether buckets are shorter than a day, so that they are told apart by their time.</summary>
    public bool IsWithinADay => Starts.Count > 1 && Starts[1] - Starts[0] < TimeSpan.FromHours(12);
}

public sealed record ChartLine(string Name, IReadOnlyList<double?> Values);

/// <summary>Rows under a heading. A cell is a text, a number (double, long or decimal), a moment, a day, or nothing.</summary>
public sealed record TableBlock(IReadOnlyList<ReportColumn> Columns, IReadOnlyList<IReadOnlyList<object?>> Rows) : ReportBlock;

/// <param name="Title">Its heading.</param>
/// <param name="Kind">How its cells are written.</param>
/// <param name="IsMinor">Whether it is left out where there is no room for all.</param>
public sealed record ReportColumn(string Title, ValueKind Kind = ValueKind.Text, bool IsMinor = false);

/// <summary>HTML that was made from Markdown, in which nothing but text remains.</summary>
public sealed record TextBlock(string Html, string Markdown) : ReportBlock;

/// <summary>How a value is written.</summary>
public enum ValueKind
{
    Text,
    Number,

    /// <summary>0..1, written in percent.</summary>
    Share,

    Milliseconds,

    /// <summary>In the document's currency.</summary>
    Money,

    /// <summary>A moment, in the document's zone.</summary>
    Time,
    Day,
}
