using System.Diagnostics;
using System.Globalization;
using Loopai.Bench.Reports;
using Loopai.Core.Reports;
using Loopai.Core.Reports.Building;
using Loopai.Infrastructure.Spreadsheets;

// What a workbook takes by its number of rows, each of a moment, two texts, a count, a share and an amount. The rows are made as they are read, so that what is measured is the writer.
CultureInfo.CurrentCulture = CultureInfo.InvariantCulture;
Console.WriteLine($"{"rows",12}{"seconds",10}{"rows/s",12}{"file MB",10}{"heap at most MB",18}{"allocated a row",17}");
foreach (var rows in new[] { 1_000, 100_000, 1_000_000 })
{
    GC.Collect();
    var (before, least) = (GC.GetTotalAllocatedBytes(precise: true), GC.GetTotalMemory(forceFullCollection: true));
    var made = new Made(rows);
    var watch = Stopwatch.StartNew();
    var file = await new XlsxReportWriter().WriteAsync(Document(made), CancellationToken.None);
    watch.Stop();
    var allocated = GC.GetTotalAllocatedBytes(precise: true) - before;
    Console.WriteLine(
        $"{rows,12:N0}{watch.Elapsed.TotalSeconds,10:0.0}{rows / watch.Elapsed.TotalSeconds,12:N0}{file.Content.Length / 1e6,10:0.0}{(made.Most - least) / 1e6,18:0.0}{allocated / rows,17:N0}");
}

static ReportDocument Document(Made rows) => new()
{
    Title = "All of it", Description = "", Organization = "Acme", Environment = "production", Period = ReportPeriod.Of(new ReportDefinition(), DateTimeOffset.UtcNow, TimeZoneInfo.Utc), Before = null,
    Zone = TimeZoneInfo.Utc, Culture = CultureInfo.InvariantCulture, Currency = "USD", Paper = PaperSize.A4, MadeAt = DateTimeOffset.UtcNow,
    Sections =
    [
        new SectionContent(
            "Executions", SectionKind.Table,
            [new TableBlock([new("At", ValueKind.Time), new("Task"), new("Key"), new("Executions", ValueKind.Number), new("Accuracy", ValueKind.Share), new("Cost", ValueKind.Money)], rows)]),
    ],
};
