using System.Text.Json;
using Loopai.Core.Plugins.Packages;
using Loopai.Core.Plugins.Resolving;

namespace Loopai.Core.Plugins.Installations;

/// <summary>What to install.</summary>
public sealed record InstallPlugin
{
    /// <summary>The plugin's key.</summary>
    public string? Key { get; init; }

    /// <summary>The versions to follow; left out, those compatible with the newest one. One version pins it.</summary>
    public string? Range { get; init; }

    /// <summary>Its configuration, secrets among it.</summary>
    public JsonElement? Configuration { get; init; }

    /// <summary>The version whose plan was read. Where another one would come by now, nothing is installed; left out, whichever the range gives.</summary>
    public string? Version { get; init; }

    /// <summary>That what it may do is agreed to.</summary>
    public bool? AcceptCapabilities { get; init; }
}

/// <summary>What to change; what is left out stays.</summary>
public sealed record ChangeInstallation
{
    public string? Range { get; init; }

    /// <summary>The whole configuration; a secret given as <c>•••</c> stays what it was.</summary>
    public JsonElement? Configuration { get; init; }

    public bool? IsEnabled { get; init; }
}

/// <summary>How to upgrade.</summary>
public sealed record UpgradeInstallation
{
    /// <summary>The versions to follow from now on; left out, the range stays.</summary>
    public string? Range { get; init; }

    /// <summary>0..1: the share of calls that go to the new version until it has proved itself; 1 for all at once.</summary>
    public double? Share { get; init; }

    /// <summary>The version whose plan was read. Where another one would come by now, nothing is upgraded; left out, whichever the range gives.</summary>
    public string? Version { get; init; }

    public bool? AcceptCapabilities { get; init; }
}

/// <summary>An installation with what stands behind it.</summary>
/// <param name="Installation">The installation.</param>
/// <param name="Manifest">What its version says about itself; null where that cannot be read any more.</param>
/// <param name="Tasks">The tasks it is attached to.</param>
/// <param name="Newest">The newest version that its range allows and that it does not have; null for none.</param>
/// <param name="Health">The last day by the hour, the oldest first, with gaps.</param>
/// <param name="YankReason">Why its version was yanked; null where it was not.</param>
/// <param name="Deprecation">Why the plugin should not be used any more; null where nobody says so.</param>
/// <param name="Replacement">The key of what to use instead.</param>
public sealed record InstallationItem(
    PluginInstallation Installation, PluginManifest? Manifest, int Tasks, string? Newest, IReadOnlyList<HealthHour> Health, string? YankReason, string? Deprecation, string? Replacement)
{
    public long Calls => Health.Sum(h => h.Calls);

    public long Failures => Health.Sum(h => h.Failures);

    /// <summary>Executions that went without it, because too many waited or it was left alone.</summary>
    public long Dropped => Health.Sum(h => h.Dropped);

    /// <summary>The last day as one value an hour, hours without calls among them.</summary>
    public IReadOnlyList<double> CallsByHour(DateTimeOffset now)
    {
        var last = now.ToUnixTimeSeconds() / 3600;
        var calls = Health.ToDictionary(h => h.StartsAt.ToUnixTimeSeconds() / 3600, h => (double)h.Calls);
        return [.. Enumerable.Range(0, 24).Select(i => calls.GetValueOrDefault(last - 23 + i))];
    }

    /// <summary>The mean time of a call; null without any.</summary>
    public double? LatencyMs => Calls == 0 ? null : Health.Sum(h => h.LatencyUs) / 1000.0 / Calls;
}

/// <summary>An hour of calls.</summary>
public sealed record HealthHour(DateTimeOffset StartsAt, long Calls, long Failures, long LatencyUs, long Passed, long Found, long Dropped);

/// <summary>What an installation or an upgrade would change.</summary>
/// <param name="Key">The plugin.</param>
/// <param name="Range">The range that would be followed.</param>
/// <param name="Version">The version it would have.</param>
/// <param name="Manifest">What that says about itself.</param>
/// <param name="Plan">What changes of all plugins.</param>
/// <param name="Conflicts">Why it cannot be, in words; empty where it can.</param>
public sealed record InstallationPlan(string Key, string Range, string? Version, PluginManifest? Manifest, UpgradePlan? Plan, IReadOnlyList<string> Conflicts);
