using System.Text.Json.Serialization;
using Loopai.Core.Validation;

namespace Loopai.Core.Tasks;

/// <summary>What a task is to be, as a caller asks for it. A field that is null was not given.</summary>
public sealed record TaskSpecification
{
    public string? Name { get; init; }

    public string? Description { get; init; }

    /// <summary>JSON Schema 2020-12 as text.</summary>
    public string? InputSchema { get; init; }

    /// <summary>JSON Schema 2020-12 as text.</summary>
    public string? OutputSchema { get; init; }

    /// <summary>0..1.</summary>
    public double? AccuracyTarget { get; init; }

    /// <summary>Milliseconds.</summary>
    public double? LatencyTargetMs { get; init; }

    public SamplingPolicy? Sampling { get; init; }

    /// <summary>The team that owns it. Not part of what makes two specifications the same task.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public Guid? TeamId { get; init; }

    /// <summary>All of its tags; an empty list takes them away. Not part of what makes two specifications the same task.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public TaskTags? Tags { get; init; }

    /// <summary>Takes a task's accuracy target away; null alone means that nothing was said about it.</summary>
    [JsonIgnore]
    public bool WithoutAccuracyTarget { get; init; }

    /// <summary>Takes a task's latency target away.</summary>
    [JsonIgnore]
    public bool WithoutLatencyTarget { get; init; }

    /// <summary>Takes a task from its team.</summary>
    [JsonIgnore]
    public bool WithoutTeam { get; init; }
}
