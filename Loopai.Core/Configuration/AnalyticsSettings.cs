using System.ComponentModel.DataAnnotations;

namespace Loopai.Core.Configuration;

/// <summary>How long figures are kept in which grain. Days are kept for ever.</summary>
public sealed class AnalyticsSettings
{
    /// <summary>After how many hours figures by the minute are deleted.</summary>
    [Range(2, 24 * 366)]
    public int MinuteRetentionHours { get; init; } = 48;

    /// <summary>After how many days figures by the hour are deleted.</summary>
    [Range(8, 36_500)]
    public int HourRetentionDays { get; init; } = 90;
}
