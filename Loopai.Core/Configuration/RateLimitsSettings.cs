using System.ComponentModel.DataAnnotations;

namespace Loopai.Core.Configuration;

/// <summary>Limits of how often.</summary>
public sealed class RateLimitsSettings
{
    /// <summary>Executions an API key may ask for in a minute; 0 means no limit.</summary>
    [Range(0, int.MaxValue)]
    public int ExecutionsPerMinute { get; init; }
}
