using System.Text.Json;
using Loopai.Core.Programs;
using Loopai.Core.Validation;

namespace Loopai.Portal.Pages.Tasks.Versions;

/// <summary>What was measured when a version was made: a synthesis report of a model, or a trial of code.</summary>
public sealed record VersionReport(SynthesisReport? Synthesis, TrialReport? Trial)
{
    private static readonly VersionReport None = new(null, null);

    /// <summary>The measured accuracy with its 95 % interval; null where there is none.</summary>
    public Measured? Accuracy => this switch
    {
        { Synthesis.Classification: { } c } => new Measured(c.Accuracy, c.AccuracyLow, c.AccuracyHigh, Synthesis.HeldOut),
        { Trial: { Examples: > 0 } t } => Of(t),
        _ => null,
    };

    /// <summary>Reads what the version keeps; a report of a shape that is not known is no report, and no failure of the page.</summary>
    public static VersionReport Read(string? json)
    {
        if (string.IsNullOrWhiteSpace(json))
        {
            return None;
        }

        try
        {
            using var document = JsonDocument.Parse(json);
            var kind = document.RootElement.TryGetProperty("kind", out var value) ? value.GetString() : null;
            return kind is "trial"
                ? new VersionReport(null, document.RootElement.Deserialize<TrialReport>(JsonSerializerOptions.Web))
                : new VersionReport(document.RootElement.Deserialize<SynthesisReport>(JsonSerializerOptions.Web), null);
        }
        catch (Exception e) when (e is JsonException or NotSupportedException or InvalidOperationException)
        {
            return None;
        }
    }

    private static Measured Of(TrialReport trial)
    {
        var interval = Wilson.Interval(trial.Right, trial.Examples);
        return new Measured((double)trial.Right / trial.Examples, interval.Low, interval.High, trial.Examples);
    }
}

/// <param name="Value">0..1.</param>
/// <param name="Low">Lower end of the 95 % interval.</param>
/// <param name="High">Upper end.</param>
/// <param name="Count">Examples it was measured on.</param>
public sealed record Measured(double Value, double Low, double High, int Count);
