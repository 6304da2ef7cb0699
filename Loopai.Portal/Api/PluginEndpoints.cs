using Loopai.Core.Access;
using Loopai.Core.Data;
using Loopai.Core.Errors;
using Loopai.Core.Plugins.Marketplace;
using Loopai.Core.Plugins.Packages;
using Loopai.Core.Plugins.Registry;
using Microsoft.AspNetCore.Http.HttpResults;

namespace Loopai.Portal.Api;

/// <summary>The marketplace: plugins of the organization, and those that others show to all of the installation.</summary>
public static class PluginEndpoints
{
    public static void MapPlugins(this IEndpointRouteBuilder api)
    {
        var plugins = api.MapGroup("/plugins").WithTags("Plugins");
        plugins.MapGet("/", SearchAsync).WithSummary("Search the marketplace; every place in the list is explained");
        plugins.MapGet("/compare", CompareAsync).WithSummary("Two to four plugins side by side, as their newest versions are: keys=a.one,b.two");
        plugins.MapGet("/{key}", GetAsync).WithSummary("Read a plugin with its newest version, or the one asked for");
        plugins.MapGet("/{key}/use", UseAsync).WithSummary("How many organizations had and used each version, by day");
        plugins.MapGet("/{key}/versions/{version}/picture", PictureAsync).WithSummary("A picture of the package: its icon, a screenshot, one of its README")
            .Produces<Stream>(StatusCodes.Status200OK, "image/png", "image/jpeg", "image/webp");
        plugins.MapGet("/{key}/versions/{version}/package", PackageAsync).WithSummary("Download a version's package as it was signed").Produces<Stream>(StatusCodes.Status200OK, "application/zip");
        plugins.MapGet("/{key}/impact", ImpactAsync).WithSummary("Who would notice if the plugin or a version went");
        plugins.MapPut("/{key}/deprecation", DeprecateAsync).WithSummary("Say that the plugin should not be used any more, and what instead");
        plugins.MapDelete("/{key}/deprecation", UndeprecateAsync).WithSummary("Take a deprecation back");
        plugins.MapPut("/{key}/visibility", SetVisibilityAsync).WithSummary("Show the plugin to all of the installation, or to its organization alone");
        plugins.MapPost("/{key}/remove", RemoveAsync).WithSummary("Take the plugin out of the marketplace for good; its name stays taken, and who has it keeps it");
        plugins.MapPost("/{key}/versions/{version}/yank", YankAsync).WithSummary("Let nobody new have a version; who has it keeps it");
        plugins.MapPost("/{key}/versions/{version}/unyank", UnyankAsync).WithSummary("Offer a yanked version again");
    }

    private static async Task<Ok<Page<PluginListItem>>> SearchAsync(
        Caller caller, MarketplaceService marketplace, string? q, string? kind, string? category, string? without, double? minRating, string? publisher, bool? own, string? sort,
        [AsParameters] PageQuery page, CancellationToken ct) =>
        TypedResults.Ok((await marketplace.SearchAsync(
            caller, new PluginFilter(q, KindOf(kind), category, without, minRating, publisher, own ?? false), QueryWords.Parse<PluginSort>(sort, "sort") ?? PluginSort.Relevance, page.ToRequest(), ct))
            .Select(PluginListItem.Of));

    private static async Task<Ok<PluginResponse>> GetAsync(string key, string? version, Caller caller, MarketplaceService marketplace, CancellationToken ct) =>
        TypedResults.Ok(PluginResponse.Of(await marketplace.GetAsync(caller, key, version, ct)));

    private static async Task<Ok<PluginUseList>> UseAsync(string key, int? days, Caller caller, MarketplaceService marketplace, CancellationToken ct) =>
        TypedResults.Ok(new PluginUseList(await marketplace.UseAsync(caller, key, days ?? 90, ct), null));

    private static async Task<FileContentHttpResult> PictureAsync(
        string key, string version, string? path, Caller caller, MarketplaceService marketplace, HttpResponse response, CancellationToken ct)
    {
        var picture = await marketplace.PictureAsync(caller, key, version, path, ct);
        PictureHeaders.Set(response);
        return TypedResults.File(picture.Bytes.ToArray(), picture.ContentType);
    }

    private static async Task<Ok<PluginComparison>> CompareAsync(string? keys, Caller caller, MarketplaceService marketplace, CancellationToken ct) =>
        TypedResults.Ok(new PluginComparison([.. (await marketplace.CompareAsync(caller, keys?.Split(',', StringSplitOptions.TrimEntries) ?? [], ct)).Select(PluginResponse.Of)], null));

    private static async Task<FileContentHttpResult> PackageAsync(string key, string version, Caller caller, MarketplaceService marketplace, HttpResponse response, CancellationToken ct)
    {
        var package = await marketplace.PackageAsync(caller, key, version, ct);
        PackageHeaders.Set(response, package);
        return TypedResults.File(package.Bytes.ToArray(), "application/zip", package.FileName);
    }

    private static async Task<Ok<PluginImpact>> ImpactAsync(string key, string? version, Caller caller, PluginLifecycle lifecycle, CancellationToken ct) =>
        TypedResults.Ok(await lifecycle.ImpactAsync(caller, key, version, ct));

    private static async Task<Ok<PluginResponse>> DeprecateAsync(
        string key, PluginDeprecationRequest body, Caller caller, PluginLifecycle lifecycle, MarketplaceService marketplace, CancellationToken ct)
    {
        await lifecycle.DeprecateAsync(caller, key, body.Message, body.Replacement, ct);
        return await GetAsync(key, null, caller, marketplace, ct);
    }

    private static async Task<NoContent> UndeprecateAsync(string key, Caller caller, PluginLifecycle lifecycle, CancellationToken ct)
    {
        await lifecycle.UndeprecateAsync(caller, key, ct);
        return TypedResults.NoContent();
    }

    private static async Task<Ok<PluginResponse>> SetVisibilityAsync(
        string key, PluginVisibilityRequest body, Caller caller, PluginLifecycle lifecycle, MarketplaceService marketplace, CancellationToken ct)
    {
        await lifecycle.SetVisibilityAsync(
            caller, key, body.IsPublic ?? throw new InvalidException("plugin.invalid", "isPublic", "Say whether all of the installation is to see it: true or false."), ct);
        return await GetAsync(key, null, caller, marketplace, ct);
    }

    private static async Task<NoContent> RemoveAsync(string key, PluginReasonRequest body, Caller caller, PluginLifecycle lifecycle, CancellationToken ct)
    {
        await lifecycle.RemoveAsync(caller, key, body.Reason, ct);
        return TypedResults.NoContent();
    }

    private static async Task<Ok<PluginResponse>> YankAsync(
        string key, string version, PluginReasonRequest body, Caller caller, PluginLifecycle lifecycle, MarketplaceService marketplace, CancellationToken ct)
    {
        await lifecycle.YankAsync(caller, key, version, body.Reason, ct);
        return await GetAsync(key, version, caller, marketplace, ct);
    }

    private static async Task<Ok<PluginResponse>> UnyankAsync(string key, string version, Caller caller, PluginLifecycle lifecycle, MarketplaceService marketplace, CancellationToken ct)
    {
        await lifecycle.UnyankAsync(caller, key, version, ct);
        return await GetAsync(key, version, caller, marketplace, ct);
    }

    private static PluginKind? KindOf(string? word) => QueryWords.Parse<PluginKind>(word?.Replace('-', '_'), "kind");
}

/// <summary>A picture of a stranger's: shown as a picture or not at all, kept for ever because a version never changes.</summary>
internal static class PictureHeaders
{
    public static void Set(HttpResponse response)
    {
        response.Headers.ContentSecurityPolicy = "default-src 'none'; sandbox";
        response.Headers.XContentTypeOptions = "nosniff";
        response.Headers.CacheControl = "private, max-age=31536000, immutable";
    }
}

/// <summary>A stranger's archive: kept, never opened by a browser, and with the hash that its version was published with.</summary>
internal static class PackageHeaders
{
    public static void Set(HttpResponse response, PluginDownload package)
    {
        response.Headers.XContentTypeOptions = "nosniff";
        if (package.Sha256 is { } hash)
        {
            response.Headers["Repr-Digest"] = $"sha-256=:{Convert.ToBase64String(Convert.FromHexString(hash))}:";
        }
    }
}
