using System.Text.Json;

namespace Loopai.Core.Tasks;

/// <summary>One labelled example as a caller sends it.</summary>
public sealed record ExampleInput
{
    public JsonElement? Input { get; init; }

    public JsonElement? Output { get; init; }

    /// <summary>Whether programs may learn from it; true where nothing is said.</summary>
    public bool? ForTraining { get; init; }
}
