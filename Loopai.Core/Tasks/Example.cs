using Loopai.Core.Data;

namespace Loopai.Core.Tasks;

/// <summary>An input with the output that is right for it. Programs learn from examples, and executions are checked against them.</summary>
public sealed class Example : ITenantOwned, ITaskOwned
{
    public required Guid Id { get; init; }

    public required Guid OrganizationId { get; init; }

    public required Guid TaskId { get; init; }

    /// <summary>JSON.</summary>
    public required string Input { get; init; }

    /// <summary>JSON.</summary>
    public required string Output { get; set; }

    /// <summary>SHA-256 of the canonical input; one example an input.</summary>
    public required byte[] InputHash { get; init; }

    /// <summary>Where it came from: <c>upload</c>, <c>review</c>, <c>portal</c>.</summary>
    public required string Source { get; set; }

    /// <summary>Whether programs may learn from it. Labels that only check answers are held apart.</summary>
    public bool ForTraining { get; set; } = true;

    public required DateTimeOffset CreatedAt { get; init; }
}
