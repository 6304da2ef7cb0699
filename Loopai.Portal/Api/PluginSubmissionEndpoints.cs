using Loopai.Core.Access;
using Loopai.Core.Data;
using Loopai.Core.Plugins.Packages;
using Loopai.Core.Plugins.Packages.Signing;
using Loopai.Core.Plugins.Publishing;
using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.AspNetCore.Mvc;

namespace Loopai.Portal.Api;

/// <summary>Publishing plugins: packages on their way to the marketplace, and the keys that they are signed with.</summary>
public static class PluginSubmissionEndpoints
{
    /// <summary>A form brings its boundaries and fields along.</summary>
    private const int MaxBody = PackageLimits.MaxPackageBytes + (64 * 1024);

    public static void MapPluginSubmissions(this IEndpointRouteBuilder api)
    {
        var submissions = api.MapGroup("/plugin-submissions").WithTags("Plugin submissions");
        submissions.MapPost("/", SubmitAsync).WithMetadata(new RequestSizeLimitAttribute(MaxBody)).Accepts<Stream>("application/zip", "multipart/form-data")
            .WithSummary("Submit a plugin's package: the ZIP archive as the body, or as the file 'package' of a form");
        submissions.MapGet("/", ListAsync).WithSummary("List submissions, newest first");
        submissions.MapGet("/{id:guid}", GetAsync).WithSummary("Read a submission with its steps and what was found");
        submissions.MapPost("/{id:guid}/rerun", RerunAsync).WithSummary("Do again what failed, and what comes after it");
        submissions.MapPost("/{id:guid}/appeal", AppealAsync).WithSummary("Ask a person to look at what the scan found");
        submissions.MapPost("/{id:guid}/decide", DecideAsync).WithSummary("Answer a review or an appeal");
        submissions.MapPost("/{id:guid}/withdraw", WithdrawAsync).WithSummary("Withdraw a submission; its package is not kept");
        submissions.MapGet("/policy", GetPolicyAsync).WithSummary("When a person looks at a version before it is published");
        submissions.MapPut("/policy", SetPolicyAsync).WithSummary("Set when a person looks at a version before it is published");
        api.MapGet("/plugin-template", GetTemplate).WithTags("Plugin submissions").WithSummary("The package that authors begin with, in python, which is usual, or javascript, under a publisher's name")
            .Produces<Stream>(StatusCodes.Status200OK, "application/zip");
        api.MapGet("/plugin-keys", ListKeysAsync).WithTags("Plugin submissions").WithSummary("The public keys that packages are signed with, newest first");
    }

    private static async Task<Created<SubmissionResponse>> SubmitAsync(
        Caller caller, SubmissionService submissions, HttpRequest request, bool? isPublic, string? repository, string? commit, string? workflow, string? runUrl, CancellationToken ct)
    {
        var made = await submissions.SubmitAsync(
            caller,
            new SubmissionRequest(
                await ReadAsync(request, ct), isPublic ?? false, SubmissionSource.Api,
                repository is null && commit is null && workflow is null && runUrl is null ? null : new PackageProvenance(repository, commit, workflow, runUrl)),
            ct);
        return TypedResults.Created($"{ApiPipeline.Prefix}/plugin-submissions/{made.Submission.Id}", SubmissionResponse.Of(made));
    }

    private static async Task<Ok<Page<SubmissionListItem>>> ListAsync(Caller caller, SubmissionService submissions, string? state, [AsParameters] PageQuery page, CancellationToken ct) =>
        TypedResults.Ok((await submissions.ListAsync(caller, QueryWords.Parse<SubmissionState>(state, "state"), page.ToRequest(), ct)).Select(SubmissionListItem.Of));

    private static async Task<Ok<SubmissionResponse>> GetAsync(Guid id, Caller caller, SubmissionService submissions, CancellationToken ct) =>
        TypedResults.Ok(SubmissionResponse.Of(await submissions.GetAsync(caller, id, ct)));

    private static async Task<Ok<SubmissionResponse>> RerunAsync(Guid id, Caller caller, SubmissionDecisions decisions, CancellationToken ct) =>
        TypedResults.Ok(SubmissionResponse.Of(await decisions.RerunAsync(caller, id, ct)));

    private static async Task<Ok<SubmissionResponse>> AppealAsync(Guid id, SubmissionAppeal body, Caller caller, SubmissionDecisions decisions, CancellationToken ct) =>
        TypedResults.Ok(SubmissionResponse.Of(await decisions.AppealAsync(caller, id, body.Text, ct)));

    private static async Task<Ok<SubmissionResponse>> DecideAsync(Guid id, SubmissionDecision body, Caller caller, SubmissionDecisions decisions, CancellationToken ct) =>
        TypedResults.Ok(SubmissionResponse.Of(await decisions.DecideAsync(caller, id, body.IsApproved, body.Text, ct)));

    private static async Task<Ok<SubmissionResponse>> WithdrawAsync(Guid id, Caller caller, SubmissionDecisions decisions, CancellationToken ct) =>
        TypedResults.Ok(SubmissionResponse.Of(await decisions.WithdrawAsync(caller, id, ct)));

    private static async Task<Ok<ReviewPolicyResponse>> GetPolicyAsync(Caller caller, SubmissionDecisions decisions, CancellationToken ct) =>
        TypedResults.Ok(new ReviewPolicyResponse(await decisions.GetPolicyAsync(caller, ct)));

    private static async Task<Ok<ReviewPolicyResponse>> SetPolicyAsync(ReviewPolicyResponse body, Caller caller, SubmissionDecisions decisions, CancellationToken ct) =>
        TypedResults.Ok(new ReviewPolicyResponse(await decisions.SetPolicyAsync(caller, body.Rule, ct)));

    private static FileContentHttpResult GetTemplate(string? language, string? publisher, Caller caller)
    {
        var template = PluginTemplate.Of(caller, language ?? "python", publisher);
        return TypedResults.File(template.Bytes.ToArray(), "application/zip", template.FileName);
    }

    private static async Task<Ok<PluginKeyList>> ListKeysAsync(Caller caller, PluginSigner signer, CancellationToken ct)
    {
        caller.Demand(Permissions.PluginsRead);
        return TypedResults.Ok(new PluginKeyList([.. (await signer.KeysAsync(ct)).Select(PluginKeyResponse.Of)], null));
    }

    /// <summary>Reads one byte more than a package may have, so that the service can tell that it is too large.</summary>
    private static async Task<byte[]> ReadAsync(HttpRequest request, CancellationToken ct)
    {
        if (!request.HasFormContentType)
        {
            return await ReadAsync(request.Body, ct);
        }

        if ((await request.ReadFormAsync(ct)).Files.GetFile("package") is not { } file)
        {
            return [];
        }

        await using var stream = file.OpenReadStream();
        return await ReadAsync(stream, ct);
    }

    private static async Task<byte[]> ReadAsync(Stream stream, CancellationToken ct)
    {
        using var read = new MemoryStream();
        var chunk = new byte[64 * 1024];
        while (read.Length <= PackageLimits.MaxPackageBytes && await stream.ReadAsync(chunk, ct) is > 0 and var count)
        {
            read.Write(chunk, 0, count);
        }

        return read.ToArray();
    }
}
