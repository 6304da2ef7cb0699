using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.Json.Serialization;

namespace Loopai.Core.Programs.Models;

/// <summary>The artifact as it stands in JSON. The big arrays are base64 of little-endian integers.</summary>
internal sealed record ModelArtifact
{
    public const string CurrentFormat = "loopai-model/1";

    /// <summary>As the input's numbers are compared with what was learned, what is written must read back the same.</summary>
    public static readonly JsonSerializerOptions Json = new(JsonSerializerDefaults.Web)
    {
        DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull,
        Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping,
        NumberHandling = JsonNumberHandling.Strict,
        RespectRequiredConstructorParameters = true,
        AllowDuplicateProperties = false,
        MaxDepth = 64,
    };

    public required string Format { get; init; }

    /// <summary>rule, ml, hybrid or baseline.</summary>
    public required string Strategy { get; init; }

    /// <summary>For who opens the file.</summary>
    public required string Description { get; init; }

    /// <summary>The answers, one a class; empty for a regression.</summary>
    public required IReadOnlyList<JsonElement> Classes { get; init; }

    /// <summary>Of a regression: how the score becomes the answer.</summary>
    public NumberPart? Number { get; init; }

    public required int TextLimit { get; init; }

    public required IReadOnlyList<FieldPart> Fields { get; init; }

    public required IReadOnlyList<BlockPart> Blocks { get; init; }

    /// <summary>How many of the features, from the first on, rules ask for.</summary>
    public required int RuleFeatures { get; init; }

    /// <summary>32-bit keys of the features.</summary>
    public required string Keys { get; init; }

    public required IReadOnlyList<RulePart> Rules { get; init; }

    /// <summary>What answers when no rule holds and there is no model.</summary>
    public FallbackPart? Fallback { get; init; }

    public LinearPart? Linear { get; init; }

    public required IReadOnlyList<ClassExplanation> Explanation { get; init; }
}

internal sealed record FieldPart(IReadOnlyList<string> Path, string Kind, double Center, double Spread, double[] Edges);

internal sealed record BlockPart(string Name, IReadOnlyList<int> Fields, int Shortest, int Longest);

internal sealed record RulePart(IReadOnlyList<ConditionPart> When, int Class, double Confidence, int Support);

internal sealed record ConditionPart(string Test, int Field, int Place, double Limit, string Words);

internal sealed record FallbackPart(int Class, double Confidence);

/// <param name="Idf">Unsigned 16-bit integers, one a feature.</param>
/// <param name="Weights">Signed 16-bit integers, feature by output.</param>
/// <param name="Scales">Per output, the worth of one unit of weight.</param>
/// <param name="Bias">Per output.</param>
/// <param name="Slope">Calibration.</param>
internal sealed record LinearPart(string Idf, string Weights, double[] Scales, double[] Bias, double Slope);

/// <param name="Minimum">Answers are not below this.</param>
/// <param name="Maximum">Answers are not above this.</param>
/// <param name="Decimals">Digits after the point.</param>
/// <param name="TypicalError">What a guess without looking at the input is off by, on average.</param>
/// <param name="Property">The property of the output object that holds the number; null when the output is the number.</param>
internal sealed record NumberPart(double Minimum, double Maximum, int Decimals, double TypicalError, string? Property = null);

/// <param name="Class">The answer, as JSON.</param>
/// <param name="Features">What speaks for it most, strongest first.</param>
public sealed record ClassExplanation(JsonElement Class, IReadOnlyList<FeatureExplanation> Features);

/// <param name="Name">The feature in words.</param>
/// <param name="Weight">How strongly it speaks for the class.</param>
public sealed record FeatureExplanation(string Name, double Weight);

/// <summary>The bytes given as an artifact are not one, or are damaged.</summary>
public sealed class ModelFormatException : Exception
{
    public ModelFormatException(string message)
        : base(message)
    {
    }

    public ModelFormatException(string message, Exception inner)
        : base(message, inner)
    {
    }
}
