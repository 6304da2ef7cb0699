using System.Globalization;
using System.Text;
using Loopai.Core.Access;
using Loopai.Core.Errors;
using Loopai.Core.Usage;
using Loopai.Portal.Pages.Executions;
using Loopai.Portal.Shell;

namespace Loopai.Portal.Api;

/// <summary>Usage as a file; the API and the page give the same.</summary>
public static class UsageCsv
{
    private const string Csv = "text/csv";

    /// <summary>The page's download: signed in by the cookie, so that the browser can fetch it as a file.</summary>
    public static void MapUsageCsv(this WebApplication app) => app.MapGet("/o/{org}/usage.csv", HandleAsync).RequireAuthorization().ExcludeFromDescription();

    public static bool IsWanted(HttpRequest request, string? format) =>
        format is null ? request.Headers.Accept.ToString().Contains(Csv, StringComparison.OrdinalIgnoreCase) : string.Equals(format, "csv", StringComparison.OrdinalIgnoreCase);

    public static IResult File(UsageReport report)
    {
        var text = new StringBuilder("day,key_id,key,task_id,task,executions,errors,execution_ms\r\n");
        foreach (var row in report.Items)
        {
            text.Append(CultureInfo.InvariantCulture, $"{row.Day:yyyy-MM-dd},{row.KeyId},{ExecutionsCsv.Cell(row.Key)},{row.TaskId},{ExecutionsCsv.Cell(row.Task)},")
                .Append(CultureInfo.InvariantCulture, $"{row.Executions},{row.Errors},{row.ExecutionMs:0.###}\r\n");
        }

        return Results.File(Encoding.UTF8.GetBytes(text.ToString()), Csv, string.Create(CultureInfo.InvariantCulture, $"usage-{report.From:yyyyMMdd}-{report.To:yyyyMMdd}.csv"));
    }

    private static async Task<IResult> HandleAsync(
        string org, HttpContext http, OrganizationEntry entry, UsageService usage, string? from, string? to, CancellationToken ct)
    {
        if (await entry.CallerAsync(http, org, null, ct) is not { } caller || !caller.May(Permissions.UsageRead))
        {
            return Results.NotFound();
        }

        try
        {
            var errors = new FieldErrors();
            var filter = new UsageFilter(Read(from, "from", errors), Read(to, "to", errors));
            errors.ThrowIfAny("usage.invalid", "The usage cannot be asked for like this.");
            return File(await usage.GetAsync(caller, filter, ct));
        }
        catch (InvalidException e)
        {
            return Results.Text(string.Join(' ', e.Errors.Values.SelectMany(messages => messages)), statusCode: StatusCodes.Status400BadRequest);
        }
    }

    private static DateOnly? Read(string? text, string field, FieldErrors errors)
    {
        if (string.IsNullOrEmpty(text))
        {
            return null;
        }

        errors.AddIf(!DateOnly.TryParseExact(text, "yyyy-MM-dd", CultureInfo.InvariantCulture, DateTimeStyles.None, out var day), field, $"{field} is a day, such as 2026-03-01.");
        return day;
    }
}
