using System.Runtime.CompilerServices;
using System.Text.Unicode;
using CsvHelper;

namespace Loopai.Core.Tasks.Import;

/// <summary>A header of field names, then a row an example. Commas, semicolons, tabs and bars separate.</summary>
internal static class CsvRows
{
    public static async IAsyncEnumerable<ExampleRow> ReadAsync(Stream body, ExampleSchemas schemas, [EnumeratorCancellation] CancellationToken ct)
    {
        CsvMalformedReason? malformed = null;
        await using var csv = CsvReader.Create(
            body,
            new CsvReaderOptions
            {
                SkipEmptyLines = true,
                MaxRecordSize = ExampleReader.MaxRowBytes,
                IncludeValuesInExceptions = false,
                OnMalformedRecord = record => malformed = record.Reason,
            },
            leaveOpen: true);

        await MoveAsync(csv, async () => await csv.ReadHeaderAsync(ct));
        if (csv.Headers.Count == 0)
        {
            throw ExampleErrors.NotCsv("it is empty.");
        }

        var columns = CsvColumns.Of(csv.Headers, schemas);
        while (true)
        {
            malformed = null;
            var more = false;
            await MoveAsync(csv, async () => more = await csv.ReadAsync(ct));
            if (!more)
            {
                yield break;
            }

            yield return Read(csv, malformed, columns);
        }
    }

    private static ExampleRow Read(CsvReader csv, CsvMalformedReason? malformed, CsvColumns columns)
    {
        var row = (int)csv.RowNumber;
        if (malformed is { } reason)
        {
            return ExampleRow.Rejected(row, "", reason == CsvMalformedReason.UnterminatedQuote
                ? "A quotation mark opens a field and is never closed."
                : "A quotation mark stands inside a field. Put the field in quotes, and double the quotes within.");
        }

        var cells = new string[csv.FieldCount];
        for (var i = 0; i < cells.Length; i++)
        {
            // Reading a string would put replacement characters where the bytes are no text, and nobody would see it.
            if (!Utf8.IsValid(csv.GetSpan(i)))
            {
                return ExampleRow.Rejected(row, "", $"Field {i + 1} is not UTF-8. Save the file as 'CSV UTF-8'.");
            }

            cells[i] = csv.GetString(i);
        }

        return columns.Read(row, cells);
    }

    private static async Task MoveAsync(CsvReader csv, Func<Task> move)
    {
        try
        {
            await move();
        }
        catch (CsvFormatException)
        {
            throw ExampleErrors.RowTooLarge((int)csv.RowNumber + 1);
        }
    }
}
