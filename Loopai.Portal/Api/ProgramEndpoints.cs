using Loopai.Core.Access;
using Loopai.Core.Data;
using Loopai.Core.Programs;
using Loopai.Core.Programs.Generation;
using Microsoft.AspNetCore.Http.HttpResults;

namespace Loopai.Portal.Api;

/// <summary>Versions of a task: written or generated, compared, and put to work.</summary>
public static class ProgramEndpoints
{
    public static void MapPrograms(this IEndpointRouteBuilder api)
    {
        var programs = api.MapGroup("/tasks/{id:guid}/programs").WithTags("Programs").TakesKnownQueryOnly();
        programs.MapPost("/", CreateAsync).WithSummary("Write a version in Python or JavaScript; it is tried on the examples");
        programs.MapGet("/", ListAsync).WithSummary("List versions, newest first");
        programs.MapGet("/{version:int}", GetAsync).WithSummary("Read a version with its source or its model in words");
        programs.MapGet("/{version:int}/download", DownloadAsync).WithSummary("Download a version as a ZIP that runs without Loopai")
            .Produces<Stream>(StatusCodes.Status200OK, "application/zip");
        programs.MapPatch("/{version:int}", UpdateAsync).WithSummary("Change a version's notes; If-Match guards against overwriting");
        programs.MapPost("/{version:int}/activate", ActivateAsync).WithSummary("Let a version answer the task; an older one is the way back");
        programs.MapGet("/compare", CompareAsync).WithSummary("Two versions side by side");
        programs.MapPost("/generate", GenerateAsync).WithSummary("Generate a version from the examples; answers a job to be watched");
        programs.MapGet("/jobs", ListJobsAsync).WithSummary("List generation jobs, newest first");
        programs.MapGet("/jobs/{jobId:guid}", GetJobAsync).WithSummary("How far a generation job has come");
        programs.MapPost("/jobs/{jobId:guid}/cancel", CancelJobAsync).WithSummary("End a generation job that is not over; no version comes of it");
    }

    private static async Task<Created<ProgramResponse>> CreateAsync(
        Guid id, ProgramRequest body, Caller caller, ProgramService programs, HttpResponse response, CancellationToken ct)
    {
        var program = await programs.CreateAsync(caller, id, body.ToCreate(), ct);
        response.Headers.ETag = ETagOf(program);
        return TypedResults.Created($"{ApiPipeline.Prefix}/tasks/{id}/programs/{program.Version}", ProgramResponse.Of(program));
    }

    private static async Task<Ok<Page<ProgramItem>>> ListAsync(
        Guid id, Caller caller, ProgramService programs, [AsParameters] PageQuery page, CancellationToken ct) =>
        TypedResults.Ok((await programs.ListAsync(caller, id, page.ToRequest(), ct)).Select(ProgramItem.Of));

    private static async Task<Ok<ProgramResponse>> GetAsync(
        Guid id, int version, Caller caller, ProgramService programs, HttpResponse response, CancellationToken ct) =>
        Answer(await programs.GetAsync(caller, id, version, ct), response);

    private static async Task<FileContentHttpResult> DownloadAsync(Guid id, int version, Caller caller, ProgramService programs, CancellationToken ct)
    {
        var download = await programs.DownloadAsync(caller, id, version, ct);
        return TypedResults.File(download.Zip, "application/zip", download.FileName);
    }

    private static async Task<Ok<ProgramResponse>> UpdateAsync(
        Guid id, int version, ProgramNotesRequest body, Caller caller, ProgramService programs, HttpRequest request, HttpResponse response, CancellationToken ct) =>
        Answer(await programs.UpdateNotesAsync(caller, id, version, body.Notes, IfMatch(request), ct), response);

    private static async Task<Ok<ProgramResponse>> ActivateAsync(
        Guid id, int version, ActivateRequest? body, Caller caller, ProgramService programs, HttpResponse response, CancellationToken ct) =>
        Answer(await programs.ActivateAsync(caller, id, version, body?.Force ?? false, ct), response);

    private static async Task<Ok<ComparisonResponse>> CompareAsync(Guid id, int left, int right, Caller caller, ProgramService programs, CancellationToken ct)
    {
        var comparison = await programs.CompareAsync(caller, id, left, right, ct);
        return TypedResults.Ok(new ComparisonResponse(ComparisonSide.Of(comparison.Left), ComparisonSide.Of(comparison.Right)));
    }

    private static async Task<Accepted<GenerationSnapshot>> GenerateAsync(
        Guid id, GenerateRequest? body, Caller caller, GenerationService generation, CancellationToken ct)
    {
        var job = await generation.StartAsync(caller, id, body?.Strategy, body?.Activate ?? false, ct);
        return TypedResults.Accepted($"{ApiPipeline.Prefix}/tasks/{id}/programs/jobs/{job.Id}", job);
    }

    private static async Task<Ok<Page<GenerationSnapshot>>> ListJobsAsync(
        Guid id, Caller caller, GenerationService generation, [AsParameters] PageQuery page, CancellationToken ct) =>
        TypedResults.Ok(await generation.ListAsync(caller, id, page.ToRequest(), ct));

    private static async Task<Ok<GenerationSnapshot>> GetJobAsync(Guid id, Guid jobId, Caller caller, GenerationService generation, CancellationToken ct) =>
        TypedResults.Ok(await generation.GetAsync(caller, id, jobId, ct));

    private static async Task<Ok<GenerationSnapshot>> CancelJobAsync(Guid id, Guid jobId, Caller caller, GenerationService generation, CancellationToken ct) =>
        TypedResults.Ok(await generation.CancelAsync(caller, id, jobId, ct));

    private static Ok<ProgramResponse> Answer(ProgramVersion program, HttpResponse response)
    {
        response.Headers.ETag = ETagOf(program);
        return TypedResults.Ok(ProgramResponse.Of(program));
    }

    private static string ETagOf(ProgramVersion program) => $"\"{ProgramService.TagOf(program.Notes)}\"";

    private static string? IfMatch(HttpRequest request) => request.Headers.IfMatch.ToString() is var tag and not ("" or "*") ? tag.Trim().Trim('"') : null;
}
