using System.Diagnostics;
using Loopai.Core.Audit;
using Loopai.Core.Errors;
using Microsoft.AspNetCore.Http.Features;

namespace Loopai.Portal.Api;

/// <summary>Runs the requests of a protocol that is not ours, bounds their bodies, and has every failure written as that protocol writes it.</summary>
/// <param name="refusals">Keeps what callers were not allowed to do.</param>
/// <param name="log">Takes the faults that are ours.</param>
/// <param name="maxBodyBytes">The largest body that makes sense in the protocol.</param>
/// <param name="write">Writes a failure.</param>
internal sealed class ProtocolFailures(RefusalLog refusals, ILogger log, long maxBodyBytes, Func<HttpContext, ProtocolFailure, Task> write)
{
    public async Task RunAsync(HttpContext http, RequestDelegate next)
    {
        try
        {
            if (http.Features.Get<IHttpMaxRequestBodySizeFeature>() is { IsReadOnly: false } limit)
            {
                limit.MaxRequestBodySize = maxBodyBytes;
            }

            await next(http);
            if (http.Response.StatusCode >= 400 && http.Response is { HasStarted: false, ContentType: null })
            {
                var detail = Problems.OfStatus(http.Request, http.Response.StatusCode, http.Response.Headers.Allow.ToString()).Detail!;
                await write(http, new ProtocolFailure(http.Response.StatusCode, detail));
            }
        }
        catch (OperationCanceledException) when (http.RequestAborted.IsCancellationRequested)
        {
            // The client hung up; there is nobody to answer.
        }
        catch (Exception e)
        {
            await write(http, Describe(http, e));
        }
    }

    private ProtocolFailure Describe(HttpContext http, Exception e)
    {
        if (e is ForbiddenException refused)
        {
            refusals.Note(refused, http.Features.Get<CallerFeature>()?.Caller);
        }

        if (Problems.Describe(e) is { } problem)
        {
            if (problem.Extensions.TryGetValue("retryAfterSeconds", out var seconds))
            {
                http.Response.Headers.RetryAfter = seconds!.ToString();
            }

            return new ProtocolFailure(problem.Status!.Value, problem.Detail!, e);
        }

        log.LogError(e, "{Method} {Path} failed", http.Request.Method, http.Request.Path);
        return new ProtocolFailure(
            StatusCodes.Status500InternalServerError, $"Something went wrong on our side. Send this trace id to whoever runs this Loopai: {Activity.Current?.TraceId}");
    }
}

/// <param name="Status">The HTTP status.</param>
/// <param name="Detail">What to tell the caller.</param>
/// <param name="Refusal">What Loopai refused the request with; null where no endpoint took it, and for faults of ours.</param>
internal sealed record ProtocolFailure(int Status, string Detail, Exception? Refusal = null);
