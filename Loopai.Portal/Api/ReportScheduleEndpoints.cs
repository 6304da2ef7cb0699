using Loopai.Core.Access;
using Loopai.Core.Reports;
using Loopai.Core.Reports.Running;
using Loopai.Core.Reports.Scheduling;
using Microsoft.AspNetCore.Http.HttpResults;

namespace Loopai.Portal.Api;

/// <summary>When reports are made by themselves, and to whom they go.</summary>
public static class ReportScheduleEndpoints
{
    private const int NextShown = 5;

    public static void MapReportSchedules(this IEndpointRouteBuilder api)
    {
        var reports = api.MapGroup("/reports").WithTags("Report schedules");
        reports.MapGet("/{id:guid}/schedules", ListAsync).WithSummary("List the schedules of a report");
        reports.MapPost("/{id:guid}/schedules", CreateAsync).WithSummary("Make a report again and again, and send it; the key's owner stands behind what it shows");
        reports.MapPatch("/{id:guid}/schedules/{scheduleId:guid}", UpdateAsync).WithSummary("Change a schedule, and stand behind it from now on");
        reports.MapDelete("/{id:guid}/schedules/{scheduleId:guid}", DeleteAsync).WithSummary("End a schedule");
        reports.MapPost("/{id:guid}/schedules/{scheduleId:guid}/pause", PauseAsync).WithSummary("Keep a schedule from running");
        reports.MapPost("/{id:guid}/schedules/{scheduleId:guid}/resume", ResumeAsync).WithSummary("Let a schedule run again, from now on");
        reports.MapPost("/schedules/next", Next).WithSummary("When a cron text would run next, on the clock of a zone");
    }

    private static async Task<Ok<ScheduleList>> ListAsync(Guid id, Caller caller, ScheduleService schedules, CancellationToken ct) =>
        TypedResults.Ok(new ScheduleList([.. (await schedules.ListAsync(caller, id, ct)).Select(ScheduleResponse.Of)], null));

    private static async Task<Created<ScheduleResponse>> CreateAsync(Guid id, ReportScheduleRequest body, Caller caller, ScheduleService schedules, CancellationToken ct) =>
        TypedResults.Created($"{ApiPipeline.Prefix}/reports/{id}/schedules", ScheduleResponse.Of(await schedules.CreateAsync(caller, id, body.ToDraft(), ct)));

    private static async Task<Ok<ScheduleResponse>> UpdateAsync(Guid id, Guid scheduleId, ReportScheduleRequest body, Caller caller, ScheduleService schedules, CancellationToken ct) =>
        TypedResults.Ok(ScheduleResponse.Of(await schedules.UpdateAsync(caller, id, scheduleId, body.ToDraft(), ct)));

    private static async Task<NoContent> DeleteAsync(Guid id, Guid scheduleId, Caller caller, ScheduleService schedules, CancellationToken ct)
    {
        await schedules.DeleteAsync(caller, id, scheduleId, ct);
        return TypedResults.NoContent();
    }

    private static async Task<Ok<ScheduleResponse>> PauseAsync(Guid id, Guid scheduleId, Caller caller, ScheduleService schedules, CancellationToken ct) =>
        TypedResults.Ok(ScheduleResponse.Of(await schedules.PauseAsync(caller, id, scheduleId, paused: true, ct)));

    private static async Task<Ok<ScheduleResponse>> ResumeAsync(Guid id, Guid scheduleId, Caller caller, ScheduleService schedules, CancellationToken ct) =>
        TypedResults.Ok(ScheduleResponse.Of(await schedules.PauseAsync(caller, id, scheduleId, paused: false, ct)));

    private static Ok<NextTimes> Next(NextTimesRequest body, Caller caller, ScheduleService schedules) =>
        TypedResults.Ok(new NextTimes(schedules.Preview(caller, body.Cron, body.TimeZone, NextShown)));
}

/// <summary>What is asked of a schedule; what is left out stays.</summary>
public sealed record ReportScheduleRequest
{
    /// <summary>Minute, hour, day of the month, month, day of the week.</summary>
    public string? Cron { get; init; }

    /// <summary>IANA name; the organization's where none is given.</summary>
    public string? TimeZone { get; init; }

    public IReadOnlyList<ReportFormat>? Formats { get; init; }

    public ReportRecipients? Recipients { get; init; }

    /// <summary>What becomes of times that were missed: <c>latest</c>, <c>all</c> or <c>skip</c>.</summary>
    public CatchUp? CatchUp { get; init; }

    public bool? IsPaused { get; init; }

    public ScheduleDraft ToDraft() => new(Cron, TimeZone, Formats, Recipients, CatchUp, IsPaused);
}

/// <summary>A schedule as the API shows it.</summary>
public sealed record ScheduleResponse(
    Guid Id, Guid ReportId, string Cron, string TimeZone, IReadOnlyList<ReportFormat> Formats, ReportRecipients Recipients, CatchUp CatchUp, bool IsPaused,
    DateTimeOffset? NextDueAt, string CreatedBy, DateTimeOffset CreatedAt)
{
    public static ScheduleResponse Of(ReportSchedule s) => new(
        s.Id, s.ReportId, s.Cron, s.TimeZone, ReportFormats.Read(s.Formats), ReportJson.Read<ReportRecipients>(s.Recipients), s.CatchUp, s.IsPaused, s.NextDueAt, s.CreatedBy, s.CreatedAt);
}

/// <summary>All schedules of a report; there are few, so they come in one window.</summary>
public sealed record ScheduleList(IReadOnlyList<ScheduleResponse> Items, string? NextCursor);

/// <summary>Which times are wanted.</summary>
public sealed record NextTimesRequest
{
    /// <summary>Minute, hour, day of the month, month, day of the week.</summary>
    public string? Cron { get; init; }

    /// <summary>IANA name; UTC where none is given.</summary>
    public string? TimeZone { get; init; }
}

public sealed record NextTimes(IReadOnlyList<DateTimeOffset> Items);
