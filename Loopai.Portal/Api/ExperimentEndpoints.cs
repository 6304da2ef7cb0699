using Loopai.Core.Access;
using Loopai.Core.Data;
using Loopai.Core.Experiments;
using Loopai.Core.Experiments.Analysis;
using Loopai.Core.Experiments.Lifecycle;
using Loopai.Core.Experiments.Live;
using Loopai.Portal.Pages.Experiments.Results;
using Microsoft.AspNetCore.Http.HttpResults;

namespace Loopai.Portal.Api;

/// <summary>Experiments: controlled comparisons of versions on live traffic.</summary>
public static class ExperimentEndpoints
{
    public static void MapExperiments(this IEndpointRouteBuilder api)
    {
        var experiments = api.MapGroup("/experiments").WithTags("Experiments");
        experiments.MapPost("/", CreateAsync).WithSummary("Plan an experiment; what is left out is filled in");
        experiments.MapGet("/", ListAsync).WithSummary("List the environment's experiments, newest first");
        experiments.MapGet("/{id:guid}", GetAsync).WithSummary("Read an experiment");
        experiments.MapPatch("/{id:guid}", UpdateAsync).WithSummary("Change what is given; once it runs, only what moves no unit between variants");
        experiments.MapPost("/{id:guid}/clone", CloneAsync).WithSummary("Make a draft like this one, with a seed of its own");
        experiments.MapGet("/{id:guid}/history", HistoryAsync).WithSummary("Read who did what to it and why, and what that did to the traffic");
        experiments.MapGet("/{id:guid}/warnings", WarningsAsync).WithSummary("Read what somebody should know before it starts: overlaps, missing traffic");
        experiments.MapGet("/{id:guid}/results", ResultsAsync).WithSummary("Read the last result: what may be decided and why, and every metric; as CSV with Accept: text/csv")
            .Produces<ResultResponse>();
        experiments.MapGet("/{id:guid}/assignment", AssignmentAsync).WithSummary("Say which variant a unit gets, and why");
        MapLifecycle(experiments);
    }

    private static void MapLifecycle(RouteGroupBuilder experiments)
    {
        experiments.MapPost("/{id:guid}/schedule", ScheduleAsync).WithSummary("Let it start by itself");
        experiments.MapPost("/{id:guid}/unschedule", (Guid id, ReasonRequest? body, Caller caller, ExperimentLifecycle life, HttpResponse response, CancellationToken ct) =>
            AnswerAsync(life.UnscheduleAsync(caller, id, body?.Reason, ct), response)).WithSummary("Take its schedule back");
        experiments.MapPost("/{id:guid}/start", (Guid id, StartRequest? body, Caller caller, ExperimentLifecycle life, HttpResponse response, CancellationToken ct) =>
            AnswerAsync(life.StartAsync(caller, id, body?.Reason, body?.StartedAt, ct), response)).WithSummary("Freeze the plan and let units in");
        experiments.MapPost("/{id:guid}/pause", (Guid id, ReasonRequest? body, Caller caller, ExperimentLifecycle life, HttpResponse response, CancellationToken ct) =>
            AnswerAsync(life.PauseAsync(caller, id, body?.Reason, ct), response)).WithSummary("Give all its units the control, and count nothing");
        experiments.MapPost("/{id:guid}/resume", (Guid id, ReasonRequest? body, Caller caller, ExperimentLifecycle life, HttpResponse response, CancellationToken ct) =>
            AnswerAsync(life.ResumeAsync(caller, id, body?.Reason, ct), response)).WithSummary("Go on: every unit gets the variant that it had");
        experiments.MapPost("/{id:guid}/stop", (Guid id, ReasonRequest? body, Caller caller, ExperimentLifecycle life, HttpResponse response, CancellationToken ct) =>
            AnswerAsync(life.StopAsync(caller, id, body?.Reason, ct), response)).WithSummary("End it without a decision");
        experiments.MapPost("/{id:guid}/archive", (Guid id, ReasonRequest? body, Caller caller, ExperimentLifecycle life, HttpResponse response, CancellationToken ct) =>
            AnswerAsync(life.ArchiveAsync(caller, id, body?.Reason, ct), response)).WithSummary("Put it away");
        experiments.MapPost("/{id:guid}/decide", (Guid id, DecisionRequest body, Caller caller, DecisionService decisions, HttpResponse response, CancellationToken ct) =>
            AnswerAsync(decisions.DecideAsync(caller, id, body, ct), response)).WithSummary("Say what comes of it; it ends with that");
        experiments.MapPost("/{id:guid}/undo", (Guid id, ReasonRequest? body, Caller caller, DecisionService decisions, HttpResponse response, CancellationToken ct) =>
            AnswerAsync(decisions.UndoAsync(caller, id, body?.Reason, ct), response)).WithSummary("Take the decision back, with the version that it activated");
        experiments.MapPost("/{id:guid}/request-approval", (Guid id, ReasonRequest? body, Caller caller, ApprovalService approvals, HttpResponse response, CancellationToken ct) =>
            AnswerAsync(approvals.RequestAsync(caller, id, body?.Reason, ct), response)).WithSummary("Ask somebody else to approve the plan as it stands");
        experiments.MapPost("/{id:guid}/approve", (Guid id, ReasonRequest? body, Caller caller, ApprovalService approvals, HttpResponse response, CancellationToken ct) =>
            AnswerAsync(approvals.ApproveAsync(caller, id, body?.Reason, ct), response)).WithSummary("Approve the plan as it stands");
    }

    private static async Task<Created<ExperimentResponse>> CreateAsync(
        ExperimentDraft body, Caller caller, ExperimentService experiments, HttpResponse response, CancellationToken ct)
    {
        var experiment = await experiments.CreateAsync(caller, body, ct);
        response.Headers.ETag = Revisions.ETag(experiment.Revision);
        return TypedResults.Created($"{ApiPipeline.Prefix}/experiments/{experiment.Id}", ExperimentResponse.Of(experiment));
    }

    private static async Task<Ok<Page<ExperimentResponse>>> ListAsync(
        Caller caller, ExperimentService experiments, [AsParameters] PageQuery page, Guid? taskId, string? status, string? search, bool? archived, CancellationToken ct)
    {
        var filter = new ExperimentFilter(taskId, QueryWords.Parse<ExperimentStatus>(status, "status"), search, archived ?? false);
        return TypedResults.Ok((await experiments.ListAsync(caller, filter, page.ToRequest(), ct)).Select(ExperimentResponse.Of));
    }

    private static Task<Ok<ExperimentResponse>> GetAsync(Guid id, Caller caller, ExperimentService experiments, HttpResponse response, CancellationToken ct) =>
        AnswerAsync(experiments.GetAsync(caller, id, ct), response);

    private static Task<Ok<ExperimentResponse>> UpdateAsync(
        Guid id, ExperimentDraft body, Caller caller, ExperimentService experiments, HttpRequest request, HttpResponse response, CancellationToken ct) =>
        AnswerAsync(experiments.UpdateAsync(caller, id, body, Revisions.IfMatch(request), ct), response);

    private static async Task<Created<ExperimentResponse>> CloneAsync(
        Guid id, CloneRequest? body, Caller caller, ExperimentService experiments, HttpResponse response, CancellationToken ct)
    {
        var experiment = await experiments.CloneAsync(caller, id, body?.Name, ct);
        response.Headers.ETag = Revisions.ETag(experiment.Revision);
        return TypedResults.Created($"{ApiPipeline.Prefix}/experiments/{experiment.Id}", ExperimentResponse.Of(experiment));
    }

    private static async Task<Ok<Page<ExperimentChangeResponse>>> HistoryAsync(
        Guid id, Caller caller, ExperimentService experiments, [AsParameters] PageQuery page, CancellationToken ct) =>
        TypedResults.Ok((await experiments.HistoryAsync(caller, id, page.ToRequest(), ct)).Select(ExperimentChangeResponse.Of));

    private static async Task<Ok<WarningList>> WarningsAsync(Guid id, Caller caller, ExperimentReview review, CancellationToken ct) =>
        TypedResults.Ok(new WarningList(await review.ReviewAsync(caller, id, ct)));

    private static async Task<IResult> ResultsAsync(Guid id, Caller caller, ExperimentService experiments, SnapshotService snapshots, HttpRequest request, CancellationToken ct)
    {
        var experiment = await experiments.GetAsync(caller, id, ct);
        var snapshot = experiment.StartedAt is null ? null : await snapshots.LatestAsync(caller, id, ct);
        return request.Headers.Accept.ToString().Contains("text/csv", StringComparison.OrdinalIgnoreCase)
            ? TypedResults.Text(ExperimentCsv.Write(experiment, snapshot is null ? null : ResultReader.Of(experiment, snapshot)), "text/csv")
            : TypedResults.Ok(new ResultResponse(experiment.Status, experiment.PlanHash, snapshot));
    }

    private static async Task<Ok<AssignmentAnswer>> AssignmentAsync(
        Guid id, Caller caller, AssignmentService assignments, string? unit, string? attributes, CancellationToken ct) =>
        TypedResults.Ok(await assignments.ExplainAsync(caller, id, unit, attributes, ct));

    private static Task<Ok<ExperimentResponse>> ScheduleAsync(
        Guid id, ScheduleRequest body, Caller caller, ExperimentLifecycle life, HttpResponse response, CancellationToken ct) =>
        AnswerAsync(life.ScheduleAsync(caller, id, body.StartsAt ?? default, body.EndsAt, ct), response);

    private static async Task<Ok<ExperimentResponse>> AnswerAsync(Task<Experiment> verb, HttpResponse response)
    {
        var experiment = await verb;
        response.Headers.ETag = Revisions.ETag(experiment.Revision);
        return TypedResults.Ok(ExperimentResponse.Of(experiment));
    }
}
