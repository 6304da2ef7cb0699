using System.Text;
using System.Text.Json;
using Loopai.Core.Errors;
using Loopai.Core.Schemas;
using Loopai.Core.Tasks.Import;

namespace Loopai.Core.Tasks;

/// <summary>Examples of a task that does not exist yet: read without schemas, so that schemas can be proposed from them.</summary>
/// <param name="Format">How they are written.</param>
/// <param name="Rows">Every row that was read, the faulty ones with their reason.</param>
/// <param name="Fault">Why the reading ended before its time; null when everything was read.</param>
public sealed record ExampleDrafts(ExampleFormat Format, IReadOnlyList<ExampleRow> Rows, string? Fault)
{
    private static readonly JsonSerializerOptions Indented = new()
    {
        WriteIndented = true,
        Encoder = System.Text.Encodings.Web.JavaScriptEncoder.UnsafeRelaxedJsonEscaping,
    };

    public IEnumerable<ExampleDraft> Good => Rows.Where(r => r.Draft is not null).Select(r => r.Draft!);

    public IEnumerable<RowError> Errors => Rows.Where(r => r.Error is not null).Select(r => r.Error!);

    /// <summary>A schema that every input fits.</summary>
    public string InferInputSchema() => Infer(d => d.Input);

    /// <summary>A schema that every output fits.</summary>
    public string InferOutputSchema() => Infer(d => d.Output);

    /// <summary>Reads as far as the text can be read; a text that breaks off keeps what came before.</summary>
    public static async Task<ExampleDrafts> ReadAsync(string text, CancellationToken ct)
    {
        var format = FormatOf(text);
        using var body = new MemoryStream(Encoding.UTF8.GetBytes(text));
        var rows = new List<ExampleRow>();
        try
        {
            var read = format switch
            {
                ExampleFormat.Json => JsonArrayRows.ReadAsync(body, ct),
                ExampleFormat.JsonLines => JsonLineRows.ReadAsync(body, ct),
                ExampleFormat.Csv => FreeCsvRows.ReadAsync(body, ct),
            };
            await foreach (var row in read.WithCancellation(ct))
            {
                rows.Add(row.Draft is { } draft && FaultOf(draft) is var (pointer, message) ? ExampleRow.Rejected(row.Row, pointer, message) : row);
            }
        }
        catch (InvalidException e)
        {
            return new ExampleDrafts(format, rows, e.Message);
        }

        return new ExampleDrafts(format, rows, null);
    }

    /// <summary>An array begins with a bracket, JSON Lines with a brace; everything else is CSV.</summary>
    public static ExampleFormat FormatOf(string text) => text.AsSpan().TrimStart().TrimStart('\uFEFF') switch
    {
        ['[', ..] => ExampleFormat.Json,
        ['{', ..] => ExampleFormat.JsonLines,
        _ => ExampleFormat.Csv,
    };

    private string Infer(Func<ExampleDraft, JsonElement> part) => SchemaInference.FromExamples(Good.Select(part)).ToJsonString(Indented);

    private static (string Pointer, string Message)? FaultOf(ExampleDraft draft) =>
        StorableJson.FaultOf(draft.Input, "/input") ?? StorableJson.FaultOf(draft.Output, "/output");
}
