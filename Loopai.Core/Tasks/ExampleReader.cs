using System.Text.Json;
using Loopai.Core.Tasks.Import;

namespace Loopai.Core.Tasks;

/// <summary>
/// Reads examples from an upload as it arrives, and checks each against the task: well-formed, storable, and within both schemas. Never holds
/// more than one row and one buffer.
/// </summary>
public static class ExampleReader
{
    /// <summary>The largest row, in bytes of JSON or characters of a CSV field.</summary>
    public const int MaxRowBytes = 1024 * 1024;

    /// <summary>The rows in the order of the upload. A row that cannot be taken carries the reason; the others go on.</summary>
    /// <exception cref="Errors.InvalidException">The upload as a whole cannot be read: broken JSON, a CSV header that fits no field.</exception>
    public static IAsyncEnumerable<ExampleRow> ReadAsync(Stream body, ExampleFormat format, ExampleSchemas schemas, CancellationToken ct)
    {
        var rows = format switch
        {
            ExampleFormat.Json => JsonArrayRows.ReadAsync(body, ct),
            ExampleFormat.JsonLines => JsonLineRows.ReadAsync(body, ct),
            ExampleFormat.Csv => CsvRows.ReadAsync(body, schemas, ct),
            _ => throw new ArgumentOutOfRangeException(nameof(format)),
        };
        return rows.Select(row => Check(row, schemas));
    }

    /// <summary>One example that came by itself, checked like a row.</summary>
    public static ExampleRow Check(JsonElement input, JsonElement output, bool? forTraining, ExampleSchemas schemas) =>
        Check(new ExampleRow(1, new ExampleDraft(input, output, forTraining), null), schemas);

    private static ExampleRow Check(ExampleRow row, ExampleSchemas schemas)
    {
        if (row.Draft is not { } draft)
        {
            return row;
        }

        var fault = StorableJson.FaultOf(draft.Input, "/input") ?? StorableJson.FaultOf(draft.Output, "/output")
            ?? schemas.FaultOfInput(draft.Input) ?? schemas.FaultOfOutput(draft.Output);
        return fault is var (pointer, message) ? ExampleRow.Rejected(row.Row, pointer, message) : row;
    }
}

/// <summary>How examples are written in an upload.</summary>
public enum ExampleFormat
{
    /// <summary>An array of <c>{input, output, forTraining?}</c>.</summary>
    Json,

    /// <summary>One such object a line.</summary>
    JsonLines,

    /// <summary>A header of field names, and a row an example.</summary>
    Csv,
}

/// <summary>A row of an upload: an example, or why it is none.</summary>
/// <param name="Row">1 for the first example; in JSON Lines, the line.</param>
/// <param name="Draft">The example.</param>
/// <param name="Error">Why the row was rejected.</param>
public sealed record ExampleRow(int Row, ExampleDraft? Draft, RowError? Error)
{
    public static ExampleRow Rejected(int row, string pointer, string message) => new(row, null, new RowError(row, pointer, message));
}

/// <param name="Input">What comes in.</param>
/// <param name="Output">What is right for it.</param>
/// <param name="ForTraining">Whether programs may learn from it; null where the upload does not say: as it was, or true.</param>
public sealed record ExampleDraft(JsonElement Input, JsonElement Output, bool? ForTraining = null);

/// <param name="Row">1 for the first example; in JSON Lines, the line.</param>
/// <param name="Pointer">JSON Pointer into the row: <c>/input/text</c>; empty for the whole.</param>
/// <param name="Message">What is wrong with it.</param>
public sealed record RowError(int Row, string Pointer, string Message);
