using Loopai.Core.Access;
using Loopai.Core.Jobs;
using Microsoft.AspNetCore.Http.HttpResults;

namespace Loopai.Portal.Api;

/// <summary>What runs by itself.</summary>
public static class JobEndpoints
{
    public static void MapJobs(this IEndpointRouteBuilder api) =>
        api.MapGet("/jobs", GetAsync).WithTags("Jobs").WithSummary("What runs by itself: now, next, and what came of the last");

    private static async Task<Ok<JobBoard>> GetAsync(Caller caller, JobService jobs, CancellationToken ct) => TypedResults.Ok(await jobs.GetAsync(caller, ct));
}
