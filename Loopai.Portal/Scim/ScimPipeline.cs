using Loopai.Core.Audit;
using Loopai.Core.Identity.Scim;
using Loopai.Portal.Api;

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
        var failures = new ProtocolFailures(app.Services.GetRequiredService<RefusalLog>(), log, MaxBodyBytes, WriteAsync);
        app.UseWhen(http => http.Request.Path.StartsWithSegments(Root), scim =>
        {
            scim.Use(next => http => failures.RunAsync(http, next));
            scim.Use(next => http => AuthenticateAsync(http, next, tokens));
        });
    }

    private static Task WriteAsync(HttpContext http, ProtocolFailure failure) =>
        ScimAnswer.WriteErrorAsync(http, failure.Status, failure.Refusal is { } refusal ? ScimAnswer.TypeOf(refusal) : null, failure.Detail);

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
                http, StatusCodes.Status401Unauthorized, null, "Send a provisioning token of your organization: 'Authorization: Bearer scim_…'. Make one in Loopai under Provisioning.");
            return;
        }

        http.Features.Set(new CallerFeature(caller));
        await next(http);
    }
}
