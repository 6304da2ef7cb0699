using System.Globalization;
using System.Text;
using Loopai.Core.Access;
using Loopai.Core.Audit;
using Loopai.Portal.Pages.Executions;

namespace Loopai.Portal.Api;

/// <summary>What the log is taken away as.</summary>
public enum AuditFormat
{
    /// <summary>A line an event, in the very text that its hash is over.</summary>
    Jsonl,

    /// <summary>For spreadsheets.</summary>
    Csv,
}

/// <summary>The log as a file, streamed row by row; the API and the page give the same.</summary>
public static class AuditFiles
{
    public const string JsonLines = "application/x-ndjson";
    public const string Csv = "text/csv";

    private const int RowsAFlush = 500;

    public static async Task<IResult> ExportAsync(
        Caller caller, AuditQueries audit, AuditFilter filter, AuditFormat format, string name, DateTimeOffset now, CancellationToken ct)
    {
        await audit.RecordExportAsync(caller, format.ToString().ToLowerInvariant(), filter.Validated(), ct);
        var rows = audit.StreamAsync(caller, filter, 0, int.MaxValue, ct);
        var file = string.Create(CultureInfo.InvariantCulture, $"{name}-{now:yyyyMMdd-HHmm}.{format.ToString().ToLowerInvariant()}");
        return format switch
        {
            AuditFormat.Jsonl => Results.Stream(stream => WriteLinesAsync(stream, rows, ct), JsonLines, file),
            AuditFormat.Csv => Results.Stream(stream => WriteCsvAsync(stream, rows, ct), Csv, file),
        };
    }

    private static async Task WriteLinesAsync(Stream stream, IAsyncEnumerable<AuditRecord> rows, CancellationToken ct)
    {
        await foreach (var row in rows.WithCancellation(ct))
        {
            await stream.WriteAsync(AuditText.OfLine(row), ct);
            await stream.WriteAsync("\n"u8.ToArray(), ct);
        }
    }

    private static async Task WriteCsvAsync(Stream stream, IAsyncEnumerable<AuditRecord> rows, CancellationToken ct)
    {
        await using var writer = new StreamWriter(stream, new UTF8Encoding(encoderShouldEmitUTF8Identifier: false));
        await writer.WriteLineAsync(
            "sequence,at,action,result,reason,actor_kind,actor_id,actor_name,on_behalf_of,address,user_agent,object_kind,object_id,object_name,before,after,details,count,trace_id,id,hash");
        var written = 0;
        await foreach (var row in rows.WithCancellation(ct))
        {
            var e = row.Event;
            await writer.WriteLineAsync(string.Join(
                ',', row.Sequence?.ToString(CultureInfo.InvariantCulture), AuditText.Time(e.At), e.Action, AuditText.Word(e.Result), Cell(e.Reason), e.ActorKind, e.ActorId,
                Cell(e.ActorName), Cell(e.OnBehalfOfName), e.Address, Cell(e.UserAgent), e.ObjectKind, Cell(e.ObjectId), Cell(e.ObjectName), Cell(e.Before), Cell(e.After),
                Cell(e.Details), e.Count.ToString(CultureInfo.InvariantCulture), e.TraceId, e.Id, Convert.ToHexStringLower(row.Hash!)));
            if (++written % RowsAFlush == 0)
            {
                await writer.FlushAsync(ct);
            }
        }
    }

    private static string Cell(string? text) => ExecutionsCsv.Cell(text);
}
