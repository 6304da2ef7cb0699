using System.Diagnostics;
using Loopai.Core.Audit;
using Loopai.Core.Errors;
using Loopai.Core.Identity.Scim;
using Loopai.Portal.Api;
using Microsoft.AspNetCore.Http.Features;

namespace Loopai.Portal.Scim;

/// <summary>What every request of a directory passes through: a token becomes a caller, and failures become SCIM's errors.</summary>
public static class ScimPipeline
{
    public const string Root = "/scim";
    public const string Prefix = "/scim/v2";

    /// <summary>A group of some 10,000 members, and no more.</summary>
    public const int MaxBodyBytes = 1 << 20;

    /// <summary>Must stand before routing runs endpoints: a request without a token is answered before its body is read.</summary>
    public static void UseScim(this WebApplication app)
    {
        var log = app.Services.GetRequiredService<ILoggerFactory>().CreateLogger("Loopai.Scim");
        var tokens = app.Services.GetRequiredService<ScimTokenService>();
        var refusals = app.Services.GetRequiredService<RefusalLog>();
        app.UseWhen(http => http.Request.Path.StartsWithSegments(Root), scim =>
        {
            scim.Use(next => http => CatchAsync(http, next, refusals, log));
            scim.Use(next => http => AuthenticateAsync(http, next, tokens));
        });
    }

    private static async Task CatchAsync(HttpContext http, RequestDelegate next, RefusalLog refusals, ILogger log)
    {
        try
        {
            if (http.Features.Get<IHttpMaxRequestBodySizeFeature>() is { IsReadOnly: false } limit)
            {
                limit.MaxRequestBodySize = MaxBodyBytes;
            }

            await next(http);
            if (http.Response.StatusCode >= 400 && http.Response is { HasStarted: false, ContentType: null })
            {
                await ScimAnswer.WriteErrorAsync(http, http.Response.StatusCode, null, Problems.OfStatus(http.Request, http.Response.StatusCode, http.Response.Headers.Allow.ToString()).Detail!);
            }
        }
        catch (OperationCanceledException) when (http.RequestAborted.IsCancellationRequested)
        {
            // The directory hung up; there is nobody to answer.
        }
        catch (Exception e)
        {
            if (e is ForbiddenException refused)
            {
                refusals.Note(refused, http.Features.Get<CallerFeature>()?.Caller);
            }

            if (Problems.Describe(e) is { } problem)
            {
                await ScimAnswer.WriteErrorAsync(http, problem.Status!.Value, ScimAnswer.TypeOf(e), problem.Detail!);
                return;
            }

            log.LogError(e, "{Method} {Path} failed", http.Request.Method, http.Request.Path);
            await ScimAnswer.WriteErrorAsync(
                http, StatusCodes.Status500InternalServerError, null, $"Something went wrong on our side. Send this trace id to whoever runs this Loopai: {Activity.Current?.TraceId}");
        }
    }

    private static async Task AuthenticateAsync(HttpContext http, RequestDelegate next, ScimTokenService tokens)
    {
        const string bearer = "Bearer ";
        var authorization = http.Request.Headers.Authorization.ToString();
        var caller = authorization.StartsWith(bearer, StringComparison.OrdinalIgnoreCase)
            ? await tokens.AuthenticateAsync(authorization[bearer.Length..].Trim(), ApiPipeline.OriginOf(http), http.RequestAborted)
            : null;
        if (caller is null)
        {
            http.Response.Headers.WWWAuthenticate = "Bearer realm=\"loopai-scim\"";
            await ScimAnswer.WriteErrorAsync(
                http, StatusCodes.Status401Unauthorized, null, "Send a provisioning token of your organization: 'Authorization: Bearer scim_…'. Make one in Loopai under Sign-on.");
            return;
        }

        http.Features.Set(new CallerFeature(caller));
        await next(http);
    }
}
