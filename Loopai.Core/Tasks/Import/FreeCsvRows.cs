using System.Globalization;
using System.Runtime.CompilerServices;
using System.Text.Json;
using System.Text.Json.Nodes;
using System.Text.Unicode;
using CsvHelper;

namespace Loopai.Core.Tasks.Import;

/// <summary>
/// A CSV before there is a schema. The header says which columns are outputs: those named output, label or expected, those that begin with
/// "output.", or else the last one. A column whose every cell is a number or a truth value is one; <see cref="CsvColumns"/> reads the same text back by the
/// schemas that come of it.
/// </summary>
internal static class FreeCsvRows
{
    private static readonly string[] OutputNames = ["output", "label", "expected"];
    private static readonly string[] TrainingNames = ["forTraining", "for_training"];

    public static async IAsyncEnumerable<ExampleRow> ReadAsync(Stream body, [EnumeratorCancellation] CancellationToken ct)
    {
        var (header, rows) = await ReadCellsAsync(body, ct);
        if (header.Count < 2)
        {
            throw ExampleErrors.NotCsv("it needs a header with at least one column of the input and one of the output, such as text,label.");
        }

        var outputs = Outputs(header);
        var kinds = Enumerable.Range(0, header.Count).Select(i => KindOf(rows.Where(r => r.Error is null).Select(r => r.Cells[i]))).ToList();
        foreach (var row in rows)
        {
            yield return row.Error is { } error
                ? ExampleRow.Rejected(row.Number, "", error)
                : new ExampleRow(row.Number, DraftOf(header, outputs, kinds, row.Cells), null);
        }
    }

    private static HashSet<int> Outputs(IReadOnlyList<string> header)
    {
        HashSet<int> named =
        [
            .. Enumerable.Range(0, header.Count).Where(i =>
                OutputNames.Contains(header[i], StringComparer.OrdinalIgnoreCase) || header[i].StartsWith("output.", StringComparison.OrdinalIgnoreCase)),
        ];
        return named.Count > 0 ? named : [Enumerable.Range(0, header.Count).Last(i => !IsTraining(header[i]))];
    }

    private static ExampleDraft DraftOf(IReadOnlyList<string> header, HashSet<int> outputs, IReadOnlyList<CellKind> kinds, IReadOnlyList<string> cells)
    {
        JsonNode? input = null;
        JsonNode? output = null;
        bool? forTraining = null;
        for (var i = 0; i < cells.Count; i++)
        {
            if (IsTraining(header[i]))
            {
                forTraining = bool.TryParse(cells[i], out var flag) ? flag : null;
            }
            else if (outputs.Contains(i))
            {
                Put(ref output, header[i], "output", OutputNames.Contains(header[i], StringComparer.OrdinalIgnoreCase), ValueOf(cells[i], kinds[i]));
            }
            else
            {
                Put(ref input, header[i], "input", string.Equals(header[i], "input", StringComparison.OrdinalIgnoreCase), ValueOf(cells[i], kinds[i]));
            }
        }

        return new ExampleDraft(JsonSerializer.SerializeToElement(input), JsonSerializer.SerializeToElement(output), forTraining);
    }

    private static void Put(ref JsonNode? whole, string name, string root, bool isWhole, JsonNode? value)
    {
        if (isWhole)
        {
            whole = value;
            return;
        }

        if (value is null)
        {
            // An empty cell is a member that is not there.
            whole ??= new JsonObject();
            return;
        }

        var path = name.Split('.');
        path = path.Length > 1 && string.Equals(path[0], root, StringComparison.OrdinalIgnoreCase) ? path[1..] : path;
        whole = whole as JsonObject ?? [];
        var place = (JsonObject)whole;
        foreach (var part in path[..^1])
        {
            place[part] = place[part] as JsonObject ?? [];
            place = (JsonObject)place[part]!;
        }

        place[path[^1]] = value;
    }

    private static JsonNode? ValueOf(string cell, CellKind kind) => cell.Length == 0 ? null : kind switch
    {
        CellKind.Truth => JsonValue.Create(bool.Parse(cell)),
        CellKind.Number => JsonNode.Parse(cell),
        CellKind.Text => JsonValue.Create(cell),
    };

    private static CellKind KindOf(IEnumerable<string> cells)
    {
        var filled = cells.Where(c => c.Length > 0).ToList();
        return filled.Count == 0 ? CellKind.Text
            : filled.TrueForAll(c => c is "true" or "false" or "True" or "False") ? CellKind.Truth
            : filled.TrueForAll(IsJsonNumber) ? CellKind.Number
            : CellKind.Text;
    }

    // Only what JSON writes as a number: "007" is a code, not seven.
    private static bool IsJsonNumber(string cell) =>
        (char.IsAsciiDigit(cell[^1]) && double.TryParse(cell, NumberStyles.Float, CultureInfo.InvariantCulture, out var number) && double.IsFinite(number))
        && cell[0] is not '+' and not '.' and not ' '
        && !(cell.TrimStart('-') is ['0', >= '0' and <= '9', ..]) && !cell.Contains("-.", StringComparison.Ordinal) && !cell.Contains(".e", StringComparison.OrdinalIgnoreCase);

    private static bool IsTraining(string name) => TrainingNames.Contains(name, StringComparer.OrdinalIgnoreCase);

    private static async Task<(IReadOnlyList<string> Header, List<CellRow> Rows)> ReadCellsAsync(Stream body, CancellationToken ct)
    {
        CsvMalformedReason? malformed = null;
        await using var csv = CsvReader.Create(
            body,
            new CsvReaderOptions { SkipEmptyLines = true, MaxRecordSize = ExampleReader.MaxRowBytes, IncludeValuesInExceptions = false, OnMalformedRecord = r => malformed = r.Reason },
            leaveOpen: true);
        try
        {
            await csv.ReadHeaderAsync(ct);
            var header = csv.Headers.Select(h => h.Trim()).ToList();
            var rows = new List<CellRow>();
            while (await csv.ReadAsync(ct))
            {
                rows.Add(Read(csv, header.Count, malformed is not null));
                malformed = null;
            }

            return (header, rows);
        }
        catch (CsvFormatException)
        {
            throw ExampleErrors.RowTooLarge((int)csv.RowNumber + 1);
        }
    }

    private static CellRow Read(CsvReader csv, int width, bool isMalformed)
    {
        var number = (int)csv.RowNumber;
        if (isMalformed)
        {
            return new CellRow(number, [], "A quotation mark is out of place. Put the field in quotes, and double the quotes within.");
        }

        if (csv.FieldCount != width)
        {
            return new CellRow(number, [], $"The row has {csv.FieldCount} fields, and the header {width}.");
        }

        var cells = new string[width];
        for (var i = 0; i < width; i++)
        {
            if (!Utf8.IsValid(csv.GetSpan(i)))
            {
                return new CellRow(number, [], $"Field {i + 1} is not UTF-8. Save the file as 'CSV UTF-8'.");
            }

            cells[i] = csv.GetString(i);
        }

        return new CellRow(number, cells, null);
    }

    private enum CellKind
    {
        Text,
        Number,
        Truth,
    }

    private sealed record CellRow(int Number, IReadOnlyList<string> Cells, string? Error);
}
