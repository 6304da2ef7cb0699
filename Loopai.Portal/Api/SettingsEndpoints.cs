using Loopai.Core.Access;
using Loopai.Core.Organizations;
using Microsoft.AspNetCore.Http.HttpResults;

namespace Loopai.Portal.Api;

/// <summary>The settings of the organization, its logo and its environments.</summary>
public static class SettingsEndpoints
{
    public static void MapSettings(this IEndpointRouteBuilder api)
    {
        var settings = api.MapGroup("/settings").WithTags("Organization");
        settings.MapGet("/", GetAsync).WithSummary("Read the settings");
        settings.MapPatch("/", UpdateAsync).WithSummary("Change what is given; If-Match guards against overwriting");
        settings.MapGet("/logo", GetLogoAsync).WithSummary("Download the logo").Produces<Stream>(StatusCodes.Status200OK, "image/png", "image/jpeg");
        settings.MapPut("/logo", SetLogoAsync).WithSummary("Set the logo: a PNG or JPEG of at most 256 KB").Accepts<Stream>("image/png", "image/jpeg");
        settings.MapDelete("/logo", RemoveLogoAsync).WithSummary("Remove the logo");

        var environments = api.MapGroup("/environments").WithTags("Organization");
        environments.MapGet("/", ListEnvironmentsAsync).WithSummary("List the environments; keys and executions belong to one");
        environments.MapPost("/", CreateEnvironmentAsync).WithSummary("Make an environment");
        environments.MapPut("/order", ReorderAsync).WithSummary("Put the environments in order");
        environments.MapPatch("/{id:guid}", RenameEnvironmentAsync).WithSummary("Rename an environment");
        environments.MapDelete("/{id:guid}", DeleteEnvironmentAsync).WithSummary("Delete an environment in which nothing happened");
    }

    private static async Task<Ok<SettingsResponse>> GetAsync(Caller caller, SettingsService settings, HttpResponse response, CancellationToken ct) =>
        Answer(await settings.GetAsync(caller, ct), response);

    private static async Task<Ok<SettingsResponse>> UpdateAsync(
        SettingsRequest body, Caller caller, SettingsService settings, HttpRequest request, HttpResponse response, CancellationToken ct) =>
        Answer(await settings.UpdateAsync(caller, body.ToSettings(), Revisions.IfMatch(request), ct), response);

    private static async Task<FileContentHttpResult> GetLogoAsync(Caller caller, SettingsService settings, CancellationToken ct)
    {
        var logo = await settings.GetLogoAsync(caller, ct);
        return TypedResults.File(logo.Data, logo.ContentType);
    }

    private static async Task<Ok<LogoResponse>> SetLogoAsync(HttpRequest request, Caller caller, SettingsService settings, CancellationToken ct)
    {
        var logo = await settings.SetLogoAsync(caller, await ReadAsync(request, ct), ct);
        return TypedResults.Ok(new LogoResponse(logo.ContentType, logo.Data.Length, logo.UpdatedAt));
    }

    private static async Task<NoContent> RemoveLogoAsync(Caller caller, SettingsService settings, CancellationToken ct)
    {
        await settings.RemoveLogoAsync(caller, ct);
        return TypedResults.NoContent();
    }

    private static async Task<Ok<EnvironmentList>> ListEnvironmentsAsync(Caller caller, EnvironmentService environments, CancellationToken ct) =>
        TypedResults.Ok(EnvironmentList.Of(await environments.ListAsync(caller, ct)));

    private static async Task<Created<EnvironmentResponse>> CreateEnvironmentAsync(EnvironmentRequest body, Caller caller, EnvironmentService environments, CancellationToken ct)
    {
        var created = await environments.CreateAsync(caller, body.Key, body.Name, ct);
        return TypedResults.Created($"{ApiPipeline.Prefix}/environments/{created.Id}", EnvironmentResponse.Of(created));
    }

    private static async Task<Ok<EnvironmentList>> ReorderAsync(EnvironmentOrderRequest body, Caller caller, EnvironmentService environments, CancellationToken ct) =>
        TypedResults.Ok(EnvironmentList.Of(await environments.ReorderAsync(caller, body.Ids ?? [], ct)));

    private static async Task<Ok<EnvironmentResponse>> RenameEnvironmentAsync(
        Guid id, EnvironmentNameRequest body, Caller caller, EnvironmentService environments, CancellationToken ct) =>
        TypedResults.Ok(EnvironmentResponse.Of(await environments.RenameAsync(caller, id, body.Name, ct)));

    private static async Task<NoContent> DeleteEnvironmentAsync(Guid id, Caller caller, EnvironmentService environments, CancellationToken ct)
    {
        await environments.DeleteAsync(caller, id, ct);
        return TypedResults.NoContent();
    }

    private static Ok<SettingsResponse> Answer(Organization organization, HttpResponse response)
    {
        response.Headers.ETag = Revisions.ETag(organization.Revision);
        return TypedResults.Ok(SettingsResponse.Of(organization));
    }

    /// <summary>Reads one byte more than a logo may have, so that the service can tell that it is too large.</summary>
    private static async Task<byte[]> ReadAsync(HttpRequest request, CancellationToken ct)
    {
        var buffer = new byte[SettingsService.MaxLogoBytes + 1];
        var length = await request.Body.ReadAtLeastAsync(buffer, buffer.Length, throwOnEndOfStream: false, ct);
        return buffer[..length];
    }
}
