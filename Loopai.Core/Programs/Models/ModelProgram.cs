using System.Text.Json;
using Loopai.Core.Programs.Models;

namespace Loopai.Core.Programs;

/// <summary>A learned program, ready to run in process. Safe to use from many threads; nothing is allocated per execution.</summary>
public sealed class ModelProgram
{
    [ThreadStatic]
    private static ScoreBuffer? _buffer;

    private readonly ModelParts _parts;
    private readonly int _artifactBytes;

    private ModelProgram(ModelParts parts, int artifactBytes)
    {
        _parts = parts;
        _artifactBytes = artifactBytes;
    }

    /// <summary>Reads an artifact that <see cref="Synthesizer"/> made.</summary>
    /// <exception cref="ModelFormatException">The bytes are not an artifact, or are damaged; the message says what is wrong.</exception>
    public static ModelProgram Load(ReadOnlyMemory<byte> artifact) => new(ModelLoader.Load(artifact), artifact.Length);

    /// <summary>Answers an input. Fields that are missing or of another type count as missing; what was never seen is ignored.</summary>
    public ModelAnswer Execute(JsonElement input)
    {
        var buffer = _buffer ??= new ScoreBuffer();

        // Left empty while it is in use: if something throws half-way, the next execution starts with a clean one.
        _buffer = null;
        var answer = Execute(input, buffer);
        _buffer = buffer;
        return answer;
    }

    /// <summary>What the program is made of, for people.</summary>
    public ModelDescription Describe() => ModelDescription.Of(_parts, _artifactBytes);

    internal int RuleCount => _parts.Rules.Length;

    /// <summary>The index of the answer instead of its bytes, for measuring.</summary>
    internal (int Class, double Confidence) Choose(JsonElement input)
    {
        var (output, confidence) = Execute(input);

        // Outputs are the same memory every time, so equality is identity.
        return (_parts.Outputs.Index().First(known => known.Item.Equals(output)).Index, confidence);
    }

    /// <summary>The number a regression answers, for measuring.</summary>
    internal double Predict(JsonElement input)
    {
        using var answer = JsonDocument.Parse(Execute(input).Output);
        var number = _parts.Number?.Property is { } property ? answer.RootElement.GetProperty(property) : answer.RootElement;
        return number.GetDouble();
    }

    private ModelAnswer Execute(JsonElement input, ScoreBuffer buffer)
    {
        var parts = _parts;
        buffer.Fit(parts);
        var sums = buffer.Sums.AsSpan(0, parts.Linear?.Outputs ?? 0);
        var seen = buffer.Seen.AsSpan(0, parts.RuleFeatures);
        sums.Clear();
        seen.Clear();
        var sink = new ScoreSink(parts, buffer, sums, seen);
        FeatureReader.Read(parts.Plan, input, buffer.Read, ref sink);

        foreach (var rule in parts.Rules)
        {
            if (rule.Holds(seen, buffer.Read))
            {
                return new ModelAnswer(parts.Outputs[rule.Class], rule.Confidence);
            }
        }

        if (parts.Linear is null)
        {
            return new ModelAnswer(parts.Outputs[parts.Fallback!.Class], parts.Fallback.Confidence);
        }

        parts.Linear.Finish(sums);
        if (parts.Number is not null)
        {
            return NumberAnswer.Of(parts.Number, sums[0], sums[1]);
        }

        var (chosen, confidence) = parts.Linear.Choose(sums);
        return new ModelAnswer(parts.Outputs[chosen], confidence);
    }
}
