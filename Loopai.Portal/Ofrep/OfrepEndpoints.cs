using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using Loopai.Core.Access;
using Loopai.Core.Flags;
using Loopai.Portal.Api;

namespace Loopai.Portal.Ofrep;

/// <summary>The OpenFeature Remote Evaluation Protocol 0.3: flags for every OpenFeature SDK.</summary>
public static class OfrepEndpoints
{
    public static void MapOfrep(this WebApplication app)
    {
        var ofrep = app.MapGroup(OfrepPipeline.Prefix).ExcludeFromDescription();
        ofrep.MapPost("/evaluate/flags/{key}", EvaluateAsync);
        ofrep.MapPost("/evaluate/flags", EvaluateAllAsync);
        ofrep.MapGet("/events", OfrepStream.HandleAsync);
        ofrep.Map("/{**path}", (HttpContext http) => Nothing(http));
    }

    private static async Task EvaluateAsync(HttpContext http, string key, FlagCatalog catalog, TimeProvider time, CancellationToken ct)
    {
        var caller = CallerOf(http);
        caller.Demand(Permissions.FlagsRead);
        var request = await OfrepContext.ReadAsync(http.Request, ct);
        if (request.ErrorCode is { } code)
        {
            await OfrepAnswer.WriteFailureAsync(http, StatusCodes.Status400BadRequest, key, code, request.ErrorDetails!);
            return;
        }

        var flags = await catalog.OfAsync(caller);
        if (!flags.Flags.TryGetValue(key, out var flag))
        {
            await OfrepAnswer.WriteFailureAsync(http, StatusCodes.Status404NotFound, key, "FLAG_NOT_FOUND", $"There is no flag '{key}' in this organization.");
            return;
        }

        var answer = flag.Evaluate(request.Context, time.GetUtcNow());
        http.Response.StatusCode = answer.Variation is null ? StatusCodes.Status400BadRequest : StatusCodes.Status200OK;
        await OfrepAnswer.WriteAsync(http, OfrepAnswer.Bytes(json => OfrepAnswer.Flag(json, answer)));
    }

    private static async Task EvaluateAllAsync(
        HttpContext http, string? flagConfigEtag, FlagCatalog catalog, FlagStreamTokens tokens, TimeProvider time, CancellationToken ct)
    {
        var caller = CallerOf(http);
        caller.Demand(Permissions.FlagsRead);
        var request = await OfrepContext.ReadAsync(http.Request, ct);
        if (request.ErrorCode is { } code)
        {
            await OfrepAnswer.WriteFailureAsync(http, StatusCodes.Status400BadRequest, null, code, request.ErrorDetails!);
            return;
        }

        var now = time.GetUtcNow();
        var flags = await catalog.OfAsync(caller);
        if (flagConfigEtag is { Length: > 0 } && flagConfigEtag != flags.TagAt(now))
        {
            // Whoever was told of a change by another instance must not be answered from what this one has not yet forgotten.
            flags = await catalog.NewerAsync(caller, ct);
        }

        var etag = ETagOf(flags.TagAt(now), request.Context, FlagStreamTokens.EpochAt(now));
        http.Response.Headers.ETag = etag;
        http.Response.Headers.CacheControl = "no-cache";
        if (http.Request.Headers.IfNoneMatch.ToString().Split(',').Any(tag => tag.Trim() is var one && (one == etag || one == "W/" + etag || one == "*")))
        {
            http.Response.StatusCode = StatusCodes.Status304NotModified;
            return;
        }

        var stream = OfrepStream.AddressFor(tokens.Create(caller, flags.TagAt(now)));
        await OfrepAnswer.WriteAsync(http, OfrepAnswer.Bytes(json => WriteAll(json, flags, request.Context, now, stream)));
    }

    private static void WriteAll(Utf8JsonWriter json, FlagSet flags, JsonElement context, DateTimeOffset now, string stream)
    {
        json.WriteStartObject();
        json.WriteStartArray("flags"u8);
        foreach (var flag in flags.InOrder)
        {
            OfrepAnswer.Flag(json, flag.Evaluate(context, now));
        }

        json.WriteEndArray();
        json.WriteStartObject("metadata"u8);
        json.WriteString("version"u8, flags.TagAt(now));
        json.WriteEndObject();
        json.WriteStartArray("eventStreams"u8);
        json.WriteStartObject();
        json.WriteString("type"u8, "sse"u8);
        json.WriteStartObject("endpoint"u8);
        json.WriteString("requestUri"u8, stream);
        json.WriteEndObject();
        json.WriteNumber("inactivityDelaySec"u8, 120);
        json.WriteEndObject();
        json.WriteEndArray();
        json.WriteEndObject();
    }

    /// <summary>The answer depends on the flags and on the context, and the address of its event stream on the hour.</summary>
    private static string ETagOf(string flags, JsonElement context, long epoch)
    {
        var hash = SHA256.HashData(Encoding.UTF8.GetBytes($"{flags}|{epoch}|{context.GetRawText()}"));
        return $"\"{Convert.ToHexStringLower(hash.AsSpan(0, 16))}\"";
    }

    private static Task Nothing(HttpContext http)
    {
        http.Response.StatusCode = StatusCodes.Status404NotFound;
        return Task.CompletedTask;
    }

    private static Caller CallerOf(HttpContext http) => http.Features.Get<CallerFeature>()!.Caller;
}
