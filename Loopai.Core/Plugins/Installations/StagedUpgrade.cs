using System.Globalization;
using Loopai.Core.Access;
using Loopai.Core.Audit;
using Loopai.Core.Data;
using Loopai.Core.Webhooks;

namespace Loopai.Core.Plugins.Installations;

/// <summary>What calls of one version came to since a newer one is tried.</summary>
public sealed record VersionCalls(long Calls, long Failures, long LatencyUs)
{
    public double FailureRate => Calls == 0 ? 0 : (double)Failures / Calls;

    public double LatencyMs => Calls == 0 ? 0 : LatencyUs / 1000.0 / Calls;
}

/// <summary>What becomes of a version that is tried.</summary>
public enum StagedStep
{
    Wait,

    /// <summary>It takes over all calls.</summary>
    Promote,

    RollBack,
}

/// <summary>Judges a version that takes a share of the calls by the one that has the rest.</summary>
public static class StagedUpgrade
{
    /// <summary>Calls after which failures and latency say something.</summary>
    public const int CallsToJudge = 20;

    /// <summary>Calls after which it has proved itself.</summary>
    public const int CallsToTrust = 100;

    /// <summary>Calls after which so many failures need no further proof; a version that fails at once is left alone in between, and would take minutes to come to more.</summary>
    private const int CallsToGiveUp = 5;

    private const double MostlyFails = 0.8, MostlyWorks = 0.5;

    /// <summary>How much more may fail, as a share of all calls.</summary>
    private const double MoreFailures = 0.05;

    /// <summary>How much longer it may take, and what does not count whatever the factor.</summary>
    private const double Slower = 2, SlowerMs = 20;

    /// <summary>Pure: what was seen in, the next step out, with its reason.</summary>
    public static (StagedStep Step, string? Reason) Judge(VersionCalls old, VersionCalls tried)
    {
        if (tried.Calls >= CallsToGiveUp && tried.FailureRate >= MostlyFails && old.FailureRate <= MostlyWorks)
        {
            return (StagedStep.RollBack, string.Create(CultureInfo.InvariantCulture, $"{tried.Failures} of its first {tried.Calls} calls failed, and {old.FailureRate:P0} of the version before."));
        }

        if (tried.Calls < CallsToJudge)
        {
            return (StagedStep.Wait, null);
        }

        if (tried.FailureRate > old.FailureRate + MoreFailures)
        {
            return (StagedStep.RollBack, string.Create(CultureInfo.InvariantCulture, $"{tried.FailureRate:P0} of its {tried.Calls} calls failed, and {old.FailureRate:P0} of the version before."));
        }

        if (old.Calls > 0 && tried.LatencyMs > (Slower * old.LatencyMs) + SlowerMs)
        {
            return (StagedStep.RollBack, string.Create(CultureInfo.InvariantCulture, $"Its calls took {tried.LatencyMs:0} ms, and those of the version before {old.LatencyMs:0} ms."));
        }

        return tried.Calls >= CallsToTrust ? (StagedStep.Promote, null) : (StagedStep.Wait, null);
    }

    /// <summary>The tried version gets no more calls.</summary>
    internal static void TakeBack(this LoopaiDbContext db, PluginInstallation installation, Caller caller, string reason)
    {
        var version = installation.StagedVersion;
        Clear(installation);
        installation.LastError = reason.Length > PluginInstallation.MaxReasonLength ? reason[..PluginInstallation.MaxReasonLength] : reason;
        db.Record(caller, "plugin.rolled_back", PluginInstallationService.Kind, installation.Id, AuditResult.Success, reason, new { installation.Key, version, kept = installation.Version });
        db.Publish(
            installation.OrganizationId, WebhookTypes.PluginRolledBack,
            new { installationId = installation.Id, plugin = installation.Key, version, kept = installation.Version, reason });
    }

    /// <summary>The tried version takes over all calls.</summary>
    internal static void Promote(this LoopaiDbContext db, PluginInstallation installation, Caller caller)
    {
        var before = installation.Version;
        (installation.VersionId, installation.Version, installation.Lock) = (installation.StagedVersionId!.Value, installation.StagedVersion!, installation.StagedLock);
        Clear(installation);
        db.Record(caller, "plugin.upgraded", PluginInstallationService.Kind, installation.Id, new { installation.Key, before = new { version = before }, after = new { installation.Version } });
        db.Publish(
            installation.OrganizationId, WebhookTypes.PluginUpgraded,
            new { installationId = installation.Id, plugin = installation.Key, installation.Version, before });
    }

    private static void Clear(PluginInstallation installation) =>
        (installation.StagedVersionId, installation.StagedVersion, installation.StagedLock, installation.StagedShare, installation.StagedAt) = (null, null, [], 0, null);
}
