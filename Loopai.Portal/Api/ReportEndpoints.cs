using Loopai.Core.Access;
using Loopai.Core.Data;
using Loopai.Core.Reports;
using Microsoft.AspNetCore.Http.HttpResults;

namespace Loopai.Portal.Api;

/// <summary>Reports: what stands in them, and what they look like.</summary>
public static class ReportEndpoints
{
    public static void MapReports(this IEndpointRouteBuilder api)
    {
        var reports = api.MapGroup("/reports").WithTags("Reports");
        reports.MapGet("/", ListAsync).WithSummary("List the reports of the key's environment, by name");
        reports.MapPost("/", CreateAsync).WithSummary("Make a report, from a definition or from a template");
        reports.MapGet("/templates", Templates).WithSummary("Reports to begin with");
        reports.MapPost("/preview", PreviewAsync).WithSummary("What a definition looks like now, as figures");
        reports.MapGet("/{id:guid}", GetAsync).WithSummary("Read a report with what stands in it");
        reports.MapPatch("/{id:guid}", UpdateAsync).WithSummary("Change a report; the definition as it was stays readable as a version");
        reports.MapDelete("/{id:guid}", DeleteAsync).WithSummary("Put a report away, and end its schedules");
        reports.MapPost("/{id:guid}/duplicate", DuplicateAsync).WithSummary("Make the same report once more, for oneself");
        reports.MapGet("/{id:guid}/versions", VersionsAsync).WithSummary("List the versions of a report, newest first");
        reports.MapGet("/{id:guid}/versions/{version:int}", GetVersionAsync).WithSummary("Read a report as it was");
    }

    private static async Task<Ok<Page<ReportEntryResponse>>> ListAsync(Caller caller, ReportService reports, string? search, [AsParameters] PageQuery page, CancellationToken ct) =>
        TypedResults.Ok((await reports.ListAsync(caller, search, page.ToRequest(), ct)).Select(ReportEntryResponse.Of));

    private static async Task<Created<ReportResponse>> CreateAsync(ReportRequest body, Caller caller, ReportService reports, CancellationToken ct)
    {
        var made = await reports.CreateAsync(caller, body.ToDraft(), ct);
        return TypedResults.Created($"{ApiPipeline.Prefix}/reports/{made.Report.Id}", ReportResponse.Of(made));
    }

    private static Ok<ReportTemplateList> Templates(Caller caller)
    {
        caller.Demand(Permissions.ReportsRead);
        return TypedResults.Ok(new ReportTemplateList(ReportTemplates.All, null));
    }

    private static async Task<Ok<ReportPreviewResponse>> PreviewAsync(ReportRequest body, Caller caller, ReportService reports, CancellationToken ct) =>
        TypedResults.Ok(ReportPreviewResponse.Of(await reports.PreviewAsync(caller, body.ToDraft(), ct)));

    private static async Task<Ok<ReportResponse>> GetAsync(Guid id, Caller caller, HttpContext http, ReportService reports, CancellationToken ct) =>
        Answer(http, await reports.GetAsync(caller, id, null, ct));

    private static async Task<Ok<ReportResponse>> UpdateAsync(Guid id, ReportRequest body, Caller caller, HttpContext http, ReportService reports, CancellationToken ct) =>
        Answer(http, await reports.UpdateAsync(caller, id, body.ToDraft(), Revisions.IfMatch(http.Request), ct));

    private static async Task<NoContent> DeleteAsync(Guid id, Caller caller, ReportService reports, CancellationToken ct)
    {
        await reports.DeleteAsync(caller, id, ct);
        return TypedResults.NoContent();
    }

    private static async Task<Created<ReportResponse>> DuplicateAsync(Guid id, DuplicateRequest? body, Caller caller, ReportService reports, CancellationToken ct)
    {
        var made = await reports.DuplicateAsync(caller, id, body?.Name, ct);
        return TypedResults.Created($"{ApiPipeline.Prefix}/reports/{made.Report.Id}", ReportResponse.Of(made));
    }

    private static async Task<Ok<ReportVersionList>> VersionsAsync(Guid id, Caller caller, ReportService reports, CancellationToken ct) =>
        TypedResults.Ok(new ReportVersionList([.. (await reports.VersionsAsync(caller, id, ct)).Select(v => new ReportVersionResponse(v.Version, v.CreatedBy, v.CreatedAt))], null));

    private static async Task<Ok<ReportResponse>> GetVersionAsync(Guid id, int version, Caller caller, ReportService reports, CancellationToken ct) =>
        TypedResults.Ok(ReportResponse.Of(await reports.GetAsync(caller, id, version, ct)) with { Version = version });

    private static Ok<ReportResponse> Answer(HttpContext http, ReportDetail report)
    {
        http.Response.Headers.ETag = Revisions.ETag(report.Report.Version);
        return TypedResults.Ok(ReportResponse.Of(report));
    }
}
