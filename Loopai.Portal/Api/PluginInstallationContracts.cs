using System.Text.Json;
using Loopai.Core.Plugins.Installations;
using Loopai.Core.Plugins.Packages;

namespace Loopai.Portal.Api;

/// <summary>An installed plugin as the API shows it; secrets of its configuration stand as <c>•••</c>.</summary>
public sealed record PluginInstallationResponse(
    Guid Id, string Key, string DisplayName, string Kind, string Range, string Version, string? Newest, IReadOnlyList<PluginDependencyResponse> Dependencies, JsonElement Configuration,
    bool IsEnabled, PluginState State, string? QuarantineReason, DateTimeOffset? QuarantinedAt, string? LastError, DateTimeOffset? LastErrorAt, string? StagedVersion, double StagedShare,
    int Tasks, long Calls, long Failures, double? LatencyMs, IReadOnlyList<PluginHealthResponse> Health, int Revision, string InstalledBy, DateTimeOffset InstalledAt, string? YankReason,
    string? Deprecation, string? Replacement)
{
    public static PluginInstallationResponse Of(InstallationItem item)
    {
        var i = item.Installation;
        return new(
            i.Id, i.Key, i.DisplayName, i.Kind.Name(), i.Range, i.Version, item.Newest, [.. i.Lock.Select(d => new PluginDependencyResponse(d.Key, d.Version))],
            JsonSerializer.SerializeToElement(InstalledPlugins.ConfigurationOf(i)), i.IsEnabled, i.State, i.QuarantineReason, i.QuarantinedAt, i.LastError, i.LastErrorAt, i.StagedVersion, i.StagedShare,
            item.Tasks, item.Calls, item.Failures, item.LatencyMs,
            [.. item.Health.Select(h => new PluginHealthResponse(h.StartsAt, h.Calls, h.Failures, h.Calls == 0 ? null : h.LatencyUs / 1000.0 / h.Calls, h.Passed, h.Found, h.Dropped))],
            i.Revision, i.InstalledBy, i.InstalledAt, item.YankReason, item.Deprecation, item.Replacement);
    }
}

/// <summary>A dependency at the version that is used.</summary>
public sealed record PluginDependencyResponse(string Key, string Version);

/// <summary>An hour of calls.</summary>
/// <param name="StartsAt">The hour.</param>
/// <param name="Calls">Calls.</param>
/// <param name="Failures">Calls that came to nothing.</param>
/// <param name="LatencyMs">The mean time of a call.</param>
/// <param name="Passed">Verdicts that found nothing wrong.</param>
/// <param name="Found">Verdicts that found something wrong.</param>
/// <param name="Dropped">Executions that went without it.</param>
public sealed record PluginHealthResponse(DateTimeOffset StartsAt, long Calls, long Failures, double? LatencyMs, long Passed, long Found, long Dropped);

/// <summary>All installed plugins; there are few, so they come in one window.</summary>
public sealed record PluginInstallationList(IReadOnlyList<PluginInstallationResponse> Items, string? NextCursor);

/// <summary>What to ask a plan for.</summary>
public sealed record PluginPlanRequest
{
    public string? Key { get; init; }

    public string? Range { get; init; }
}

/// <summary>What an installation or an upgrade would change.</summary>
/// <param name="Key">The plugin.</param>
/// <param name="Range">The versions that would be followed.</param>
/// <param name="Version">The version it would have; null where it cannot be.</param>
/// <param name="Added">Plugins that come in.</param>
/// <param name="Moved">Plugins that get another version.</param>
/// <param name="Capabilities">What somebody has to agree to, in words.</param>
/// <param name="Conflicts">Why it cannot be, in words.</param>
public sealed record PluginPlanResponse(
    string Key, string Range, string? Version, IReadOnlyList<PluginDependencyResponse> Added, IReadOnlyList<PluginMoveResponse> Moved, IReadOnlyList<string> Capabilities, IReadOnlyList<string> Conflicts)
{
    public static PluginPlanResponse Of(InstallationPlan plan) => new(
        plan.Key, plan.Range, plan.Version, [.. (plan.Plan?.Added ?? []).Select(p => new PluginDependencyResponse(p.Key, p.Version.ToNormalizedString()))],
        [.. (plan.Plan?.Moved ?? []).Select(m => new PluginMoveResponse(m.Key, m.From.ToNormalizedString(), m.To.ToNormalizedString(), m.MayBreak))],
        [.. (plan.Plan?.Capabilities ?? []).SelectMany(c => c.Widened.Select(w => $"{c.Key} {w}"))], plan.Conflicts);
}

/// <summary>A plugin that gets another version.</summary>
public sealed record PluginMoveResponse(string Key, string From, string To, bool MayBreak);

/// <summary>A plugin that works for a task.</summary>
public sealed record PluginAttachmentResponse(
    Guid Id, Guid InstallationId, string Key, string DisplayName, string Kind, Guid TaskId, string Task, string? Environment, int Position, PluginScope Scope, bool StopsAtFailure, bool IsEnabled,
    PluginState State)
{
    public static PluginAttachmentResponse Of(AttachedPlugin a) => new(
        a.Attachment.Id, a.Installation.Id, a.Installation.Key, a.Installation.DisplayName, a.Installation.Kind.Name(), a.Attachment.TaskId, a.Task, a.Environment, a.Attachment.Position,
        a.Attachment.Scope, a.Attachment.StopsAtFailure, a.Attachment.IsEnabled, a.Installation.State);
}

/// <summary>A task's plugins in their order.</summary>
public sealed record PluginAttachmentList(IReadOnlyList<PluginAttachmentResponse> Items, string? NextCursor);

/// <summary>The order of a task's plugins.</summary>
public sealed record PluginOrderRequest
{
    public Guid? TaskId { get; init; }

    /// <summary>The ids of attachments, the first one first.</summary>
    public IReadOnlyList<Guid>? Order { get; init; }
}

/// <summary>What a validator said of an execution.</summary>
public sealed record PluginVerdictResponse(
    Guid Id, Guid ExecutionId, Guid TaskId, Guid InstallationId, string Key, string Version, VerdictKind Verdict, string? Reason, double? Score, double LatencyMs, DateTimeOffset At)
{
    public static PluginVerdictResponse Of(PluginVerdict v) => new(v.Id, v.ExecutionId, v.TaskId, v.InstallationId, v.Key, v.Version, v.Verdict, v.Reason, v.Score, v.LatencyMs, v.At);
}
