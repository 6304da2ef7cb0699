using System.Text;
using System.Text.Json;
using Loopai.Core.Flags;
using Microsoft.AspNetCore.Http.Features;

namespace Loopai.Portal.Ofrep;

/// <summary>Tells clients when they have to ask again, as server-sent events. What changed is not told: it depends on the context.</summary>
public static class OfrepStream
{
    public const string Path = OfrepPipeline.Prefix + "/events";

    /// <summary>More listeners than this on one instance are somebody's mistake, and each holds a connection; a fifth of them may be one organization's.</summary>
    private static readonly ListenerPlaces Places = new(10_000, 2_000);

    private static readonly TimeSpan Heartbeat = TimeSpan.FromSeconds(15);

    public static string AddressFor(string token) => $"{Path}?token={Uri.EscapeDataString(token)}";

    public static async Task HandleAsync(
        HttpContext http, string? token, FlagCatalog catalog, FlagStreamTokens tokens, TimeProvider time, IHostApplicationLifetime lifetime)
    {
        if (tokens.Read(token) is not { } listening)
        {
            await OfrepAnswer.WriteFailureAsync(
                http, StatusCodes.Status401Unauthorized, null, "GENERAL", "The address of this event stream is no longer valid. Evaluate all flags again for a new one.");
            return;
        }

        if (!Places.TryEnter(listening.Listener.OrganizationId))
        {
            await OfrepAnswer.WriteFailureAsync(http, StatusCodes.Status503ServiceUnavailable, null, null, "Too many clients listen here. Poll instead.");
            return;
        }

        using var end = CancellationTokenSource.CreateLinkedTokenSource(http.RequestAborted, lifetime.ApplicationStopping);
        try
        {
            Open(http);
            await TellAsync(http, listening, http.Request.Headers["Last-Event-ID"].ToString() is { Length: > 0 } last ? last : listening.Tag, catalog, time, end.Token);
        }
        catch (OperationCanceledException) when (end.IsCancellationRequested)
        {
            // The client hung up, or the portal stops.
        }
        finally
        {
            Places.Leave(listening.Listener.OrganizationId);
        }
    }

    private static void Open(HttpContext http)
    {
        http.Features.Get<IHttpResponseBodyFeature>()?.DisableBuffering();
        http.Response.ContentType = "text/event-stream";
        http.Response.Headers.CacheControl = "no-store";
        http.Response.Headers["X-Accel-Buffering"] = "no";
    }

    private static async Task TellAsync(HttpContext http, FlagStreamToken listening, string known, FlagCatalog catalog, TimeProvider time, CancellationToken ct)
    {
        using var news = catalog.Listen(listening.Listener.OrganizationId);
        await WriteAsync(http, "retry: 5000\n\n", ct);
        while (true)
        {
            var now = time.GetUtcNow();
            var flags = await catalog.OfAsync(listening.Listener);
            var tag = flags.TagAt(now);
            var isOver = now >= listening.Until;
            if (tag != known || isOver)
            {
                var data = JsonSerializer.Serialize(new { type = "refetchEvaluation", etag = tag, lastModified = flags.LastModified.ToUnixTimeSeconds() });
                await WriteAsync(http, $"id: {tag}\nevent: message\ndata: {data}\n\n", ct);
                known = tag;
            }

            if (isOver)
            {
                return;
            }

            if (!await news.WaitAsync(NextLook(flags, now, listening.Until), ct))
            {
                await WriteAsync(http, ": still here\n\n", ct);
            }
        }
    }

    /// <summary>At the next heartbeat, or when a schedule begins or ends, or the stream does, whichever comes first.</summary>
    private static TimeSpan NextLook(FlagSet flags, DateTimeOffset now, DateTimeOffset until)
    {
        var next = now + Heartbeat;
        next = flags.NextBoundaryAfter(now) is { } boundary && boundary < next ? boundary : next;
        next = until < next ? until : next;
        return next - now + TimeSpan.FromMilliseconds(1);
    }

    private static async Task WriteAsync(HttpContext http, string text, CancellationToken ct)
    {
        await http.Response.BodyWriter.WriteAsync(Encoding.UTF8.GetBytes(text), ct);
        await http.Response.BodyWriter.FlushAsync(ct);
    }
}
