using System.Globalization;

namespace Loopai.Portal.Components.Inputs;

/// <summary>A stretch of time as the URL holds it: a length that ends now ("14d"), or two moments ("2026-11-01T00:00Z..2026-11-08T00:00Z").</summary>
public sealed record TimeRange(string Text, string Label, TimeSpan? Length, DateTimeOffset? From, DateTimeOffset? To)
{
    public static readonly IReadOnlyList<TimeRange> Presets =
    [
        Last("1h", "Last hour", TimeSpan.FromHours(1)),
        Last("24h", "Last 24 hours", TimeSpan.FromDays(1)),
        Last("7d", "Last 7 days", TimeSpan.FromDays(7)),
        Last("14d", "Last 14 days", TimeSpan.FromDays(14)),
        Last("30d", "Last 30 days", TimeSpan.FromDays(30)),
        Last("90d", "Last 90 days", TimeSpan.FromDays(90)),
    ];

    /// <summary>Reads what the URL says; what cannot be read is the fallback, so an old link still opens.</summary>
    public static TimeRange Parse(string? text, string fallback = "24h") => Read(text) ?? Presets.Single(known => known.Text == fallback);

    /// <summary>Whether a range can be read off the text.</summary>
    public static bool IsReadable(string text) => Read(text) is not null;

    /// <summary>By whole minutes; the last one belongs to it, so that a stretch which ends now holds what happened this minute.</summary>
    public static TimeRange Between(DateTimeOffset from, DateTimeOffset to)
    {
        to = to.AddTicks((TimeSpan.TicksPerMinute - (to.Ticks % TimeSpan.TicksPerMinute)) % TimeSpan.TicksPerMinute);
        var text = string.Create(CultureInfo.InvariantCulture, $"{from.UtcDateTime:yyyy-MM-ddTHH:mm}Z..{to.UtcDateTime:yyyy-MM-ddTHH:mm}Z");
        var label = string.Create(CultureInfo.InvariantCulture, $"{from:d MMM HH:mm} – {to:d MMM HH:mm}");
        return new TimeRange(text, label, null, from, to);
    }

    public (DateTimeOffset From, DateTimeOffset To) At(DateTimeOffset now) => Length is { } length ? (now - length, now) : (From!.Value, To!.Value);

    private static TimeRange? Read(string? text)
    {
        if (Presets.FirstOrDefault(preset => preset.Text == text) is { } preset)
        {
            return preset;
        }

        var ends = text?.Split("..", 2) ?? [];
        return ends is [var first, var last] && Moment(first) is { } from && Moment(last) is { } to && from < to ? Between(from, to) : null;
    }

    private static TimeRange Last(string text, string label, TimeSpan length) => new(text, label, length, null, null);

    private static DateTimeOffset? Moment(string text) =>
        DateTimeOffset.TryParse(text, CultureInfo.InvariantCulture, DateTimeStyles.AssumeUniversal, out var moment) ? moment : null;
}
