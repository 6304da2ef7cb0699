using Loopai.Core.Access;
using Loopai.Core.Data;
using Loopai.Core.Plugins.Marketplace;
using Microsoft.AspNetCore.Http.HttpResults;

namespace Loopai.Portal.Api;

/// <summary>What organizations that ran a plugin say of it. Which ones is never told.</summary>
public static class PluginReviewEndpoints
{
    public static void MapPluginReviews(this IEndpointRouteBuilder api)
    {
        var reviews = api.MapGroup("/plugins/{key}/reviews").WithTags("Plugins");
        reviews.MapGet("/", ListAsync).WithSummary("What organizations that ran a plugin say of it, newest first");
        reviews.MapGet("/own", StandingAsync).WithSummary("What your organization said of a plugin, and whether it may");
        reviews.MapPut("/own", PutAsync).WithSummary("Rate a plugin that your organization ran, or change what it said");
        reviews.MapDelete("/own", DeleteAsync).WithSummary("Take your organization's review back");
        reviews.MapPut("/{id:guid}/reply", ReplyAsync).WithSummary("Answer a review of your plugin; an empty text takes the answer back");
        reviews.MapPost("/{id:guid}/report", ReportAsync).WithSummary("Report a review as abuse; reported by three organizations it is hidden");
    }

    private static async Task<Ok<Page<PluginReviewResponse>>> ListAsync(string key, Caller caller, PluginReviews reviews, [AsParameters] PageQuery page, CancellationToken ct) =>
        TypedResults.Ok((await reviews.ListAsync(caller, key, page.ToRequest(), ct)).Select(PluginReviewResponse.Of));

    private static async Task<Ok<PluginReviewStandingResponse>> StandingAsync(string key, Caller caller, PluginReviews reviews, CancellationToken ct) =>
        TypedResults.Ok(PluginReviewStandingResponse.Of(await reviews.StandingAsync(caller, key, ct)));

    private static async Task<Ok<PluginReviewResponse>> PutAsync(string key, PluginReviewRequest body, Caller caller, PluginReviews reviews, CancellationToken ct) =>
        TypedResults.Ok(PluginReviewResponse.Of(await reviews.PutAsync(caller, key, body.Stars, body.Text, ct)));

    private static async Task<NoContent> DeleteAsync(string key, Caller caller, PluginReviews reviews, CancellationToken ct)
    {
        await reviews.DeleteAsync(caller, key, ct);
        return TypedResults.NoContent();
    }

    private static async Task<NoContent> ReplyAsync(string key, Guid id, PluginReviewReplyRequest body, Caller caller, PluginReviews reviews, CancellationToken ct)
    {
        await reviews.ReplyAsync(caller, key, id, body.Text, ct);
        return TypedResults.NoContent();
    }

    private static async Task<NoContent> ReportAsync(string key, Guid id, PluginReviewReportRequest body, Caller caller, PluginReviews reviews, CancellationToken ct)
    {
        await reviews.ReportAsync(caller, key, id, body.Reason, ct);
        return TypedResults.NoContent();
    }
}
