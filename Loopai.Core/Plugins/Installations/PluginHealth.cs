using Loopai.Core.Data;

namespace Loopai.Core.Plugins.Installations;

/// <summary>What the calls of one version of an installation came to within a minute; portals add their own to it.</summary>
public sealed class PluginHealth : ITenantOwned
{
    public required Guid InstallationId { get; init; }

    public required string Version { get; init; }

    /// <summary>The minute.</summary>
    public required DateTimeOffset StartsAt { get; init; }

    public required Guid OrganizationId { get; init; }

    public long Calls { get; set; }

    /// <summary>Those that came to nothing, whatever the reason.</summary>
    public long Failures { get; set; }

    /// <summary>Those among the failures that took too long.</summary>
    public long TimedOut { get; set; }

    public long LatencyUs { get; set; }

    public long SlowestUs { get; set; }

    /// <summary>Verdicts of a validator that found nothing wrong.</summary>
    public long Passed { get; set; }

    /// <summary>Verdicts of a validator that found something wrong.</summary>
    public long Found { get; set; }

    /// <summary>Executions that went without it because too many waited.</summary>
    public long Dropped { get; set; }
}
