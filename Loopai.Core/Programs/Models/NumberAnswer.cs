using System.Text.Encodings.Web;
using System.Text.Json;

namespace Loopai.Core.Programs.Models;

/// <summary>Turns a regression's two scores, the value and the error to expect, into an answer.</summary>
internal static class NumberAnswer
{
    private const double LeastConfidence = 0.01;
    private const double MostConfidence = 0.99;

    public static ModelAnswer Of(NumberPart part, double value, double expectedError)
    {
        using var buffer = new MemoryStream(32);
        using (var json = new Utf8JsonWriter(buffer, new JsonWriterOptions { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping }))
        {
            if (part.Property is not null)
            {
                json.WriteStartObject();
                json.WritePropertyName(part.Property);
            }

            json.WriteNumberValue(Round(part, value));
            if (part.Property is not null)
            {
                json.WriteEndObject();
            }
        }

        return new ModelAnswer(buffer.ToArray(), Confidence(part, expectedError));
    }

    /// <summary>Rounds by the same three operations as the Python program: the two libraries' own roundings differ.</summary>
    public static double Round(NumberPart part, double value)
    {
        var unit = Math.Pow(10, part.Decimals);
        return Math.Floor((Math.Clamp(value, part.Minimum, part.Maximum) * unit) + 0.5) / unit;
    }

    /// <summary>1 when no error is expected, 0 when the answer is no better than a guess.</summary>
    public static double Confidence(NumberPart part, double expectedError) =>
        Math.Clamp(1 - (expectedError / part.TypicalError), LeastConfidence, MostConfidence);
}
