using Loopai.Core.Data;

namespace Loopai.Core.Plugins.Installations;

/// <summary>That a plugin works for a task.</summary>
public sealed class PluginAttachment : ITenantOwned, ITaskOwned
{
    public required Guid Id { get; init; }

    public required Guid OrganizationId { get; init; }

    public required Guid InstallationId { get; init; }

    public required Guid TaskId { get; init; }

    /// <summary>Only executions of this environment; null for all.</summary>
    public Guid? EnvironmentId { get; set; }

    /// <summary>Validators are asked in this order.</summary>
    public required int Position { get; set; }

    public PluginScope Scope { get; set; } = PluginScope.Sampled;

    /// <summary>Whether the validators behind it are spared an execution that it finds wrong.</summary>
    public bool StopsAtFailure { get; set; } = true;

    public bool IsEnabled { get; set; } = true;

    public required DateTimeOffset CreatedAt { get; init; }
}

/// <summary>Which executions a validator sees.</summary>
public enum PluginScope
{
    /// <summary>Those that the task's sampling chose.</summary>
    Sampled,

    All,
}
