using Loopai.Core.ApiKeys;
using Loopai.Core.ApiKeys.Tokens;
using Loopai.Core.Audit;
using Loopai.Portal.Api;

namespace Loopai.Portal.Ofrep;

/// <summary>What every OFREP request passes through: any web page may ask, a key becomes a caller, and failures become OFREP's errors.</summary>
public static class OfrepPipeline
{
    public const string Root = "/ofrep";
    public const string Prefix = "/ofrep/v1";

    /// <summary>A context is a handful of attributes.</summary>
    public const int MaxBodyBytes = 256 * 1024;

    /// <summary>Must stand before routing runs endpoints: a request without a key is answered before its body is read.</summary>
    public static void UseOfrep(this WebApplication app)
    {
        var log = app.Services.GetRequiredService<ILoggerFactory>().CreateLogger("Loopai.Ofrep");
        var keys = app.Services.GetRequiredService<ApiKeyAuthenticator>();
        var tokens = app.Services.GetRequiredService<TokenAuthenticator>();
        var failures = new ProtocolFailures(app.Services.GetRequiredService<RefusalLog>(), log, MaxBodyBytes, WriteAsync);
        app.UseWhen(http => http.Request.Path.StartsWithSegments(Root), ofrep =>
        {
            ofrep.Use(next => http => failures.RunAsync(http, next));
            ofrep.Use(next => http => AllowAsync(http, next));
            ofrep.Use(next => http => AuthenticateAsync(http, next, keys, tokens));
        });
    }

    private static Task WriteAsync(HttpContext http, ProtocolFailure failure) =>
        OfrepAnswer.WriteFailureAsync(http, failure.Status, null, failure is { Refusal: not null, Status: < 500 } ? "GENERAL" : null, failure.Detail);

    /// <summary>
    /// Providers run in web pages of any origin. That is safe to allow: a browser adds nothing of its own to such a request, and without a key it gets nowhere.
    /// </summary>
    private static Task AllowAsync(HttpContext http, RequestDelegate next)
    {
        var headers = http.Response.Headers;
        headers.AccessControlAllowOrigin = "*";
        headers.AccessControlExposeHeaders = "ETag, Retry-After";
        if (!HttpMethods.IsOptions(http.Request.Method))
        {
            return next(http);
        }

        headers.AccessControlAllowMethods = "GET, POST";
        headers.AccessControlAllowHeaders = "Authorization, X-API-Key, Content-Type, If-None-Match";
        headers.AccessControlMaxAge = "3600";
        http.Response.StatusCode = StatusCodes.Status204NoContent;
        return Task.CompletedTask;
    }

    private static async Task AuthenticateAsync(HttpContext http, RequestDelegate next, ApiKeyAuthenticator keys, TokenAuthenticator tokens)
    {
        // Clients send no header to an event stream: its address carries a token instead.
        if (http.Request.Path.StartsWithSegments(OfrepStream.Path))
        {
            await next(http);
            return;
        }

        if (await ApiPipeline.CallerOfAsync(http, ApiPipeline.KeyOf(http.Request), keys, tokens) is not { } caller)
        {
            http.Response.Headers.WWWAuthenticate = "Bearer realm=\"loopai\"";
            await OfrepAnswer.WriteFailureAsync(
                http, StatusCodes.Status401Unauthorized, null, "GENERAL", "Send an API key of the environment whose flags you want: 'Authorization: Bearer lpk_…' or 'X-API-Key: lpk_…'.");
            return;
        }

        http.Features.Set(new CallerFeature(caller));
        await next(http);
    }
}
