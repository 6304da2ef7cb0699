using Loopai.Core.Data;

namespace Loopai.Core.Plugins.Installations;

/// <summary>What a validator said of an execution. It is no measure of accuracy: that compares with expected outputs.</summary>
public sealed class PluginVerdict : ITenantOwned, ITaskOwned, IHistory
{
    public const int MaxReasonLength = 500;

    public required Guid Id { get; init; }

    public required Guid OrganizationId { get; init; }

    public required Guid EnvironmentId { get; init; }

    public required Guid TaskId { get; init; }

    public required Guid ExecutionId { get; init; }

    public required Guid InstallationId { get; init; }

    /// <summary>The plugin's key, which outlasts its installation.</summary>
    public required string Key { get; init; }

    /// <summary>The plugin's version.</summary>
    public required string Version { get; init; }

    public required VerdictKind Verdict { get; init; }

    /// <summary>The plugin's reason, or what went wrong with it.</summary>
    public string? Reason { get; init; }

    /// <summary>0..1, where the plugin gives one.</summary>
    public double? Score { get; init; }

    public required double LatencyMs { get; init; }

    public required DateTimeOffset At { get; init; }
}

/// <summary>A validator's answer.</summary>
public enum VerdictKind
{
    Pass,
    Fail,
    Unknown,

    /// <summary>It gave none: it failed, took too long, or answered something else.</summary>
    Error,
}
