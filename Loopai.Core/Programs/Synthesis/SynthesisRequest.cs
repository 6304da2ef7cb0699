using System.Text.Json;

namespace Loopai.Core.Programs;

/// <summary>How a program is learned.</summary>
public enum SynthesisStrategy
{
    /// <summary>Whichever does best in cross-validation; of equals, the simplest.</summary>
    Auto,

    /// <summary>A decision list that reads as sentences.</summary>
    Rule,

    /// <summary>A linear model over words, letter sequences, categories and numbers.</summary>
    Ml,

    /// <summary>Rules that are almost always right first, the linear model for the rest.</summary>
    Hybrid,
}

/// <param name="Input">An input of the task.</param>
/// <param name="Output">The right answer to it.</param>
public sealed record LabelledExample(JsonElement Input, JsonElement Output);

/// <summary>What to learn from. The same request gives the same artifact, byte for byte.</summary>
public sealed record SynthesisRequest
{
    public required IReadOnlyList<LabelledExample> Examples { get; init; }

    public required JsonElement InputSchema { get; init; }

    public required JsonElement OutputSchema { get; init; }

    public SynthesisStrategy Strategy { get; init; } = SynthesisStrategy.Auto;

    public int Seed { get; init; } = 17;

    /// <summary>The share that is kept from learning and used to measure.</summary>
    public double HoldOutShare { get; init; } = 0.2;
}

/// <param name="Stage">What is being done, in words.</param>
/// <param name="Fraction">How much of the whole is done, 0..1.</param>
public sealed record SynthesisProgress(string Stage, double Fraction);

/// <param name="Strategy">rule, ml, hybrid or baseline.</param>
/// <param name="Artifact">The program, as UTF-8 JSON.</param>
/// <param name="Report">How good it is, and how that is known.</param>
public sealed record SynthesisResult(string Strategy, byte[] Artifact, SynthesisReport Report);
