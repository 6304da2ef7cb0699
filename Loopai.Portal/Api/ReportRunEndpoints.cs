using Loopai.Core.Access;
using Loopai.Core.Data;
using Loopai.Core.Reports;
using Loopai.Core.Reports.Delivery;
using Loopai.Core.Reports.Running;
using Loopai.Core.Reports.Scheduling;
using Microsoft.AspNetCore.Http.HttpResults;

namespace Loopai.Portal.Api;

/// <summary>Reports being made: by whom, how far, and what came of it.</summary>
public static class ReportRunEndpoints
{
    public static void MapReportRuns(this IEndpointRouteBuilder api)
    {
        var reports = api.MapGroup("/reports").WithTags("Report runs");
        reports.MapPost("/{id:guid}/runs", StartAsync).WithSummary("Make a report now, and send it to whom is named");
        reports.MapGet("/{id:guid}/runs", ListOfReportAsync).WithSummary("List the runs of a report, newest first");
        reports.MapGet("/runs", ListAsync).WithSummary("List the runs of all reports, newest first");
        reports.MapGet("/runs/{runId:guid}", GetAsync).WithSummary("Read a run with its log, its files and its mails");
        reports.MapPost("/runs/{runId:guid}/cancel", CancelAsync).WithSummary("End a run that is not over");
        reports.MapPost("/runs/{runId:guid}/retry", RetryAsync).WithSummary("Try again what failed for good");
        reports.MapGet("/runs/{runId:guid}/files/{fileId:guid}", FileAsync).WithSummary("Fetch a file of a run")
            .Produces<Stream>(StatusCodes.Status200OK, "application/pdf", "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet", "text/csv", "application/zip");
        reports.MapPost("/runs/{runId:guid}/deliveries/{deliveryId:guid}/send", SendAgainAsync).WithSummary("Send a mail again that failed, or of which nobody knows whether it was sent");
    }

    private static async Task<Created<RunResponse>> StartAsync(Guid id, RunStartRequest body, Caller caller, RunService runs, CancellationToken ct)
    {
        var run = await runs.StartAsync(caller, id, new RunRequest(body.Formats, body.Recipients), ct);
        return TypedResults.Created($"{ApiPipeline.Prefix}/reports/runs/{run.Id}", RunResponse.Of(run));
    }

    private static async Task<Ok<Page<RunResponse>>> ListOfReportAsync(Guid id, Caller caller, RunService runs, string? status, [AsParameters] PageQuery page, CancellationToken ct) =>
        TypedResults.Ok((await runs.ListAsync(caller, id, QueryWords.Parse<RunStatus>(status, "status"), page.ToRequest(), ct)).Select(RunResponse.Of));

    private static async Task<Ok<Page<RunResponse>>> ListAsync(Caller caller, RunService runs, string? status, [AsParameters] PageQuery page, CancellationToken ct) =>
        TypedResults.Ok((await runs.ListAsync(caller, null, QueryWords.Parse<RunStatus>(status, "status"), page.ToRequest(), ct)).Select(RunResponse.Of));

    private static async Task<Ok<RunDetailResponse>> GetAsync(Guid runId, Caller caller, RunService runs, CancellationToken ct) =>
        TypedResults.Ok(RunDetailResponse.Of(await runs.GetAsync(caller, runId, ct)));

    private static async Task<Ok<RunResponse>> CancelAsync(Guid runId, Caller caller, RunService runs, CancellationToken ct) =>
        TypedResults.Ok(RunResponse.Of(await runs.CancelAsync(caller, runId, ct)));

    private static async Task<Ok<RunResponse>> RetryAsync(Guid runId, Caller caller, RunService runs, CancellationToken ct) =>
        TypedResults.Ok(RunResponse.Of(await runs.RetryAsync(caller, runId, ct)));

    private static async Task<FileContentHttpResult> FileAsync(Guid runId, Guid fileId, Caller caller, RunService runs, CancellationToken ct)
    {
        var file = await runs.FileAsync(caller, runId, fileId, ct);
        return TypedResults.File(file.Content, file.ContentType, file.Name);
    }

    private static async Task<Ok<DeliveryResponse>> SendAgainAsync(Guid runId, Guid deliveryId, Caller caller, RunService runs, CancellationToken ct) =>
        TypedResults.Ok(DeliveryResponse.Of(await runs.SendAgainAsync(caller, runId, deliveryId, ct)));
}

/// <summary>How a report is made.</summary>
public sealed record RunStartRequest
{
    /// <summary><c>pdf</c>, <c>xlsx</c>, <c>csv</c>.</summary>
    public IReadOnlyList<ReportFormat>? Formats { get; init; }

    /// <summary>To whom it goes besides; the caller needs <c>reports:send</c>.</summary>
    public ReportRecipients? Recipients { get; init; }
}

/// <summary>A run as the API shows it.</summary>
public sealed record RunResponse(
    Guid Id, Guid ReportId, int Version, Guid? ScheduleId, DateTimeOffset DueAt, RunStatus Status, string Stage, double Progress, IReadOnlyList<ReportFormat> Formats,
    string RequestedBy, int Attempts, DateTimeOffset? NextAttemptAt, string? Error, DateTimeOffset CreatedAt, DateTimeOffset? StartedAt, DateTimeOffset? FinishedAt)
{
    public static RunResponse Of(ReportRun r) => new(
        r.Id, r.ReportId, r.Version, r.ScheduleId, r.DueAt, r.Status, r.Stage, r.Progress, ReportFormats.Read(r.Formats), r.RequestedBy, r.Attempts,
        r.Status == RunStatus.Waiting ? r.NextAttemptAt : null, r.Error, r.CreatedAt, r.StartedAt, r.FinishedAt);
}

/// <param name="Run">The run.</param>
/// <param name="Log">What happened, line by line.</param>
/// <param name="Files">Those that were made for callers with the same permissions.</param>
/// <param name="Deliveries">Its mails.</param>
public sealed record RunDetailResponse(RunResponse Run, IReadOnlyList<string> Log, IReadOnlyList<RunFile> Files, IReadOnlyList<DeliveryResponse> Deliveries)
{
    public static RunDetailResponse Of(RunDetail d) => new(
        RunResponse.Of(d.Run), d.Run.Log.Split('\n', StringSplitOptions.RemoveEmptyEntries), d.Files, [.. d.Deliveries.Select(DeliveryResponse.Of)]);
}

/// <summary>A mail of a run.</summary>
public sealed record DeliveryResponse(
    Guid Id, string Address, string Name, DeliveryStatus Status, int Attempts, DateTimeOffset? NextAttemptAt, DateTimeOffset? SentAt, string? Error)
{
    public static DeliveryResponse Of(ReportDelivery d) => new(
        d.Id, d.Address, d.Name, d.Status, d.Attempts, d.Status == DeliveryStatus.Waiting ? d.NextAttemptAt : null, d.SentAt, d.Error);
}
