using Loopai.Core.Access;
using Loopai.Core.Data;
using Loopai.Core.Plugins.Installations;
using Microsoft.AspNetCore.Http.HttpResults;

namespace Loopai.Portal.Api;

/// <summary>Plugins that are installed: configuring and upgrading them, the tasks they work for, and what they say.</summary>
public static class PluginInstallationEndpoints
{
    public static void MapPluginInstallations(this IEndpointRouteBuilder api)
    {
        var plugins = api.MapGroup("/plugin-installations").WithTags("Plugins");
        plugins.MapGet("/", ListAsync).WithSummary("List installed plugins, with how they are doing");
        plugins.MapPost("/", InstallAsync).WithSummary("Install a plugin, with what it needs");
        plugins.MapPost("/plan", PlanAsync).WithSummary("What installing a plugin would bring, and what it would be allowed");
        plugins.MapGet("/verdicts", ListVerdictsAsync).WithSummary("What validators said of executions, newest first");
        plugins.MapGet("/attachments", ListAttachmentsAsync).WithSummary("Plugins that work for tasks; a task's in their order");
        plugins.MapPost("/attachments", AttachAsync).WithSummary("Let a plugin work for a task");
        plugins.MapPost("/attachments/order", OrderAsync).WithSummary("Put a task's plugins into another order");
        plugins.MapPatch("/attachments/{id:guid}", UpdateAttachmentAsync).WithSummary("Change how a plugin works for a task");
        plugins.MapDelete("/attachments/{id:guid}", DetachAsync).WithSummary("Let a plugin work for a task no more");
        plugins.MapGet("/{id:guid}", GetAsync).WithSummary("Read an installed plugin");
        plugins.MapPatch("/{id:guid}", UpdateAsync).WithSummary("Configure a plugin, pin it, or switch it on or off; If-Match guards against overwriting");
        plugins.MapDelete("/{id:guid}", UninstallAsync).WithSummary("Uninstall a plugin that nothing uses");
        plugins.MapGet("/{id:guid}/upgrade", PlanUpgradeAsync).WithSummary("What an upgrade would change, and what would be allowed more");
        plugins.MapPost("/{id:guid}/upgrade", UpgradeAsync).WithSummary("Upgrade a plugin, by a share of its calls first");
        plugins.MapPost("/{id:guid}/promote", PromoteAsync).WithSummary("Let the version that is tried take over all calls");
        plugins.MapPost("/{id:guid}/roll-back", RollBackAsync).WithSummary("Take back the version that is tried");
        plugins.MapPost("/{id:guid}/release", ReleaseAsync).WithSummary("Take a plugin out of quarantine");
    }

    private static async Task<Ok<PluginInstallationList>> ListAsync(Caller caller, InstalledPlugins installed, CancellationToken ct) =>
        TypedResults.Ok(new PluginInstallationList([.. (await installed.ListAsync(caller, ct)).Select(PluginInstallationResponse.Of)], null));

    private static async Task<Created<PluginInstallationResponse>> InstallAsync(
        InstallPlugin body, Caller caller, PluginInstallationService plugins, InstalledPlugins installed, HttpResponse response, CancellationToken ct)
    {
        var made = await plugins.InstallAsync(caller, body, ct);
        response.Headers.ETag = Revisions.ETag(made.Revision);
        return TypedResults.Created($"{ApiPipeline.Prefix}/plugin-installations/{made.Id}", PluginInstallationResponse.Of(await installed.OfAsync(caller, made, ct)));
    }

    private static async Task<Ok<PluginPlanResponse>> PlanAsync(PluginPlanRequest body, Caller caller, PluginInstallationService plugins, CancellationToken ct) =>
        TypedResults.Ok(PluginPlanResponse.Of(await plugins.PlanAsync(caller, body.Key, body.Range, ct)));

    private static async Task<Ok<Page<PluginVerdictResponse>>> ListVerdictsAsync(
        Caller caller, InstalledPlugins installed, Guid? installationId, Guid? taskId, Guid? executionId, string? verdict, [AsParameters] PageQuery page, CancellationToken ct) =>
        TypedResults.Ok((await installed.ListVerdictsAsync(
            caller, new VerdictFilter(installationId, taskId, executionId, QueryWords.Parse<VerdictKind>(verdict, "verdict")), page.ToRequest(), ct)).Select(PluginVerdictResponse.Of));

    private static async Task<Ok<PluginAttachmentList>> ListAttachmentsAsync(Guid? taskId, Caller caller, PluginAttachmentService attachments, CancellationToken ct) =>
        List(taskId is { } task ? await attachments.ListAsync(caller, task, ct) : await attachments.ListAsync(caller, ct));

    private static async Task<Created<PluginAttachmentResponse>> AttachAsync(AttachPlugin body, Caller caller, PluginAttachmentService attachments, CancellationToken ct)
    {
        var made = await attachments.AttachAsync(caller, body, ct);
        return TypedResults.Created($"{ApiPipeline.Prefix}/plugin-installations/attachments?taskId={made.Attachment.TaskId}", PluginAttachmentResponse.Of(made));
    }

    private static async Task<Ok<PluginAttachmentList>> OrderAsync(PluginOrderRequest body, Caller caller, PluginAttachmentService attachments, CancellationToken ct) =>
        List(await attachments.OrderAsync(caller, body.TaskId ?? Guid.Empty, body.Order, ct));

    private static async Task<Ok<PluginAttachmentResponse>> UpdateAttachmentAsync(Guid id, AttachPlugin body, Caller caller, PluginAttachmentService attachments, CancellationToken ct) =>
        TypedResults.Ok(PluginAttachmentResponse.Of(await attachments.UpdateAsync(caller, id, body, ct)));

    private static async Task<NoContent> DetachAsync(Guid id, Caller caller, PluginAttachmentService attachments, CancellationToken ct)
    {
        await attachments.DetachAsync(caller, id, ct);
        return TypedResults.NoContent();
    }

    private static async Task<Ok<PluginInstallationResponse>> GetAsync(Guid id, Caller caller, InstalledPlugins installed, HttpResponse response, CancellationToken ct) =>
        Answer(await installed.GetAsync(caller, id, ct), response);

    private static async Task<Ok<PluginInstallationResponse>> UpdateAsync(
        Guid id, ChangeInstallation body, Caller caller, PluginInstallationService plugins, InstalledPlugins installed, HttpRequest request, HttpResponse response, CancellationToken ct) =>
        Answer(await installed.OfAsync(caller, await plugins.UpdateAsync(caller, id, body, Revisions.IfMatch(request), ct), ct), response);

    private static async Task<NoContent> UninstallAsync(Guid id, Caller caller, PluginInstallationService plugins, CancellationToken ct)
    {
        await plugins.UninstallAsync(caller, id, ct);
        return TypedResults.NoContent();
    }

    private static async Task<Ok<PluginPlanResponse>> PlanUpgradeAsync(Guid id, Caller caller, PluginUpgradeService upgrades, string? range, CancellationToken ct) =>
        TypedResults.Ok(PluginPlanResponse.Of(await upgrades.PlanAsync(caller, id, range, ct)));

    private static async Task<Ok<PluginInstallationResponse>> UpgradeAsync(
        Guid id, UpgradeInstallation body, Caller caller, PluginUpgradeService upgrades, InstalledPlugins installed, HttpRequest request, HttpResponse response, CancellationToken ct) =>
        Answer(await installed.OfAsync(caller, await upgrades.UpgradeAsync(caller, id, body, Revisions.IfMatch(request), ct), ct), response);

    private static async Task<Ok<PluginInstallationResponse>> PromoteAsync(
        Guid id, Caller caller, PluginUpgradeService upgrades, InstalledPlugins installed, HttpResponse response, CancellationToken ct) =>
        Answer(await installed.OfAsync(caller, await upgrades.PromoteAsync(caller, id, ct), ct), response);

    private static async Task<Ok<PluginInstallationResponse>> RollBackAsync(
        Guid id, Caller caller, PluginUpgradeService upgrades, InstalledPlugins installed, HttpResponse response, CancellationToken ct) =>
        Answer(await installed.OfAsync(caller, await upgrades.RollBackAsync(caller, id, ct), ct), response);

    private static async Task<Ok<PluginInstallationResponse>> ReleaseAsync(
        Guid id, Caller caller, PluginInstallationService plugins, InstalledPlugins installed, HttpResponse response, CancellationToken ct) =>
        Answer(await installed.OfAsync(caller, await plugins.ReleaseAsync(caller, id, ct), ct), response);

    private static Ok<PluginAttachmentList> List(IReadOnlyList<AttachedPlugin> attached) => TypedResults.Ok(new PluginAttachmentList([.. attached.Select(PluginAttachmentResponse.Of)], null));

    private static Ok<PluginInstallationResponse> Answer(InstallationItem item, HttpResponse response)
    {
        response.Headers.ETag = Revisions.ETag(item.Installation.Revision);
        return TypedResults.Ok(PluginInstallationResponse.Of(item));
    }
}
