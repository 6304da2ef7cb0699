using Loopai.Core.Errors;
using Loopai.Core.Executions;

namespace Loopai.Core.Analytics;

/// <summary>How far back an overview looks from now.</summary>
/// <param name="Text">What URLs say.</param>
/// <param name="Length">How long it is.</param>
/// <param name="Shift">How far back lies what it is compared with: whole weeks for a day, so that a Monday is compared with a Monday.</param>
/// <param name="Bucket">How wide a bar of the chart is.</param>
/// <param name="Level">The roll-ups that are read.</param>
public sealed record OverviewRange(string Text, TimeSpan Length, TimeSpan Shift, TimeSpan Bucket, RollupLevel Level)
{
    public static readonly IReadOnlyList<OverviewRange> All =
    [
        new("24h", TimeSpan.FromDays(1), TimeSpan.FromDays(7), TimeSpan.FromMinutes(15), RollupLevel.Minute),
        new("7d", TimeSpan.FromDays(7), TimeSpan.FromDays(7), TimeSpan.FromHours(1), RollupLevel.Hour),
        new("14d", TimeSpan.FromDays(14), TimeSpan.FromDays(14), TimeSpan.FromHours(3), RollupLevel.Hour),
        new("30d", TimeSpan.FromDays(30), TimeSpan.FromDays(30), TimeSpan.FromHours(6), RollupLevel.Hour),
    ];

    public static OverviewRange Default { get; } = All[2];

    /// <summary>The range of that name; the default where none is named.</summary>
    /// <exception cref="InvalidException">There is no such range.</exception>
    public static OverviewRange Parse(string? text) => string.IsNullOrEmpty(text)
        ? Default
        : All.FirstOrDefault(range => range.Text == text)
            ?? throw new InvalidException("overview.range", "range", $"range is one of {string.Join(", ", All.Select(range => range.Text))}; got '{text}'.");

    /// <summary>Where the range begins: buckets start at whole multiples of their width, and the last one is still filling.</summary>
    public DateTimeOffset StartsAt(DateTimeOffset now)
    {
        var ticks = (now - Length).UtcTicks;
        return new DateTimeOffset(ticks - (ticks % Bucket.Ticks) + Bucket.Ticks, TimeSpan.Zero);
    }

    /// <summary>What the range is compared with: whole hours, since minutes are not kept for so long.</summary>
    public (DateTimeOffset From, DateTimeOffset To) Before(DateTimeOffset now) =>
        (RollupLevel.Hour.StartOf(StartsAt(now) - Shift), RollupLevel.Hour.StartOf(now - Shift));
}
