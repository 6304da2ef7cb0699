using Loopai.Core.Data;

namespace Loopai.Core.Experiments.Events;

/// <summary>Something that a unit did outside of Loopai: a conversion, a purchase, a correction by hand.</summary>
public sealed class ExperimentEvent : ITenantOwned
{
    public const int MaxNameLength = 100;
    public const int MaxEventIdLength = 128;
    public const double LargestValue = 1e12;

    public required Guid OrganizationId { get; init; }

    public required Guid EnvironmentId { get; init; }

    /// <summary>The sender's own id: the same event sent twice counts once.</summary>
    public required string EventId { get; init; }

    public required string Unit { get; init; }

    public required string Name { get; init; }

    public double Value { get; init; } = 1;

    public required DateTimeOffset At { get; init; }

    public required DateTimeOffset ReceivedAt { get; init; }
}
