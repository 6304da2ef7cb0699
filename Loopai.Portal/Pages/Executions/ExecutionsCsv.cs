using System.Globalization;
using System.Security.Claims;
using System.Text;
using Loopai.Core.Access;
using Loopai.Core.Data;
using Loopai.Core.Executions;
using Loopai.Core.Tasks;
using Loopai.Portal.Api;
using Loopai.Portal.Shell;

namespace Loopai.Portal.Pages.Executions;

/// <summary>The executions that a page shows, as a file: the same address with <c>.csv</c>, streamed row by row.</summary>
public static class ExecutionsCsv
{
    /// <summary>More is a job for the API.</summary>
    public const int MaxRows = 100_000;

    private const int RowsAFlush = 500;

    public static void MapExecutionsCsv(this WebApplication app) =>
        app.MapGet("/o/{org}/executions.csv", HandleAsync).RequireAuthorization().ExcludeFromDescription();

    private static async Task<IResult> HandleAsync(
        string org, HttpContext http, OrganizationEntry entry, ExecutionQueries executions, TaskDirectory directory, TimeProvider clock, CancellationToken ct)
    {
        var caller = await entry.CallerAsync(http, org, http.Request.Query["env"], ct);
        if (caller is null || !caller.MaySomewhere(Permissions.ExecutionsRead) || !caller.MaySomewhere(Permissions.TasksRead))
        {
            return Results.NotFound();
        }

        var now = clock.GetUtcNow();
        var names = (await directory.ListAsync(caller, ct)).ToDictionary(task => task.Id, task => task.Name);
        var rows = executions.StreamAsync(caller, ExecutionsQuery.Parse(http.Request.QueryString.Value ?? "").ToFilter(now), MaxRows, ct);
        var file = string.Create(CultureInfo.InvariantCulture, $"executions-{org}-{now:yyyyMMdd-HHmm}.csv");
        return Results.Stream(stream => WriteAsync(stream, rows, names, ct), "text/csv; charset=utf-8", file);
    }

    private static async Task WriteAsync(Stream stream, IAsyncEnumerable<Execution> rows, Dictionary<Guid, string> names, CancellationToken ct)
    {
        await using var writer = new StreamWriter(stream, new UTF8Encoding(encoderShouldEmitUTF8Identifier: false));
        await writer.WriteLineAsync("id,executed_at,task,version,status,input,output,error,confidence,latency_ms,unit,sampled_by,source,trace_id");
        var written = 0;
        await foreach (var e in rows.WithCancellation(ct))
        {
            await writer.WriteLineAsync(string.Join(
                ',', e.Id, e.ExecutedAt.UtcDateTime.ToString("O", CultureInfo.InvariantCulture), Cell(names.GetValueOrDefault(e.TaskId, e.TaskId.ToString())),
                Number(e.Version), QueryWords.Of(e.Status), Cell(e.Input), Cell(e.Output), Cell(e.Error), Number(e.Confidence), Number(e.LatencyUs / 1000.0),
                Cell(e.Unit), e.SampledBy, QueryWords.Of(e.Source), e.TraceId));
            if (++written % RowsAFlush == 0)
            {
                await writer.FlushAsync(ct);
            }
        }
    }

    private static string Number(double? value) => value?.ToString(CultureInfo.InvariantCulture) ?? "";

    /// <inheritdoc cref="CsvText.Cell"/>
    internal static string Cell(string? text) => CsvText.Cell(text);
}
