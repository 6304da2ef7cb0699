using Loopai.Core.Access;
using Loopai.Core.ApiKeys;
using Loopai.Core.ApiKeys.Tokens;
using Loopai.Core.Audit;
using Loopai.Core.Errors;
using Loopai.Core.Usage;

namespace Loopai.Portal.Api;

/// <summary>What every API request passes through: failures become problems, and a key becomes a caller.</summary>
public static class ApiPipeline
{
    /// <summary>Everything below answers as an API does, also what no endpoint answers.</summary>
    public const string Root = "/api";

    public const string Prefix = "/api/v1";

    /// <summary>All of it, outermost first.</summary>
    public static Func<RequestDelegate, RequestDelegate> Create(IServiceProvider services)
    {
        var log = services.GetRequiredService<ILoggerFactory>().CreateLogger("Loopai.Api");
        var keys = services.GetRequiredService<ApiKeyAuthenticator>();
        var tokens = services.GetRequiredService<TokenAuthenticator>();
        var quotas = services.GetRequiredService<QuotaGate>();
        var refusals = services.GetRequiredService<RefusalLog>();
        var idempotency = services.GetRequiredService<IdempotencyPipeline>();
        return endpoint =>
        {
            RequestDelegate once = http => idempotency.InvokeAsync(http, endpoint);
            RequestDelegate limited = http => TellLimitsAsync(http, once, quotas);
            RequestDelegate readable = http =>
            {
                QueryValues.Check(http);
                return limited(http);
            };
            RequestDelegate authenticated = http => AuthenticateAsync(http, readable, keys, tokens);
            return http => CatchAsync(http, authenticated, refusals, log);
        };
    }

    /// <summary>
    /// The endpoint runs as soon as routing has found it, within this pipeline but past everything that pages need. What customers' traffic hits
    /// spends a third of its time there otherwise.
    /// </summary>
    public static TBuilder RunAtOnce<TBuilder>(this TBuilder endpoint, IServiceProvider services)
        where TBuilder : IEndpointConventionBuilder
    {
        var around = Create(services);
        endpoint.Add(builder => builder.RequestDelegate = around(builder.RequestDelegate!));
        endpoint.ShortCircuit();
        return endpoint;
    }

    /// <summary>Turns failures under the API's paths into problem details, the framework's own among them.</summary>
    public static async Task CatchAsync(HttpContext http, RequestDelegate next, RefusalLog refusals, ILogger log)
    {
        try
        {
            if (http.Request.QueryString.Value is { Length: > 0 } query && query.Contains("%00", StringComparison.Ordinal))
            {
                throw new InvalidException("request.nul", "query", "The query holds the character U+0000, which nothing here can hold. Remove it.");
            }

            await next(http);
            await ExplainStatusAsync(http);
        }
        catch (OperationCanceledException) when (http.RequestAborted.IsCancellationRequested)
        {
            // The caller hung up; there is nobody to answer.
            http.Response.StatusCode = http.Response.HasStarted ? http.Response.StatusCode : StatusCodes.Status499ClientClosedRequest;
        }
        catch (Exception e)
        {
            if (e is ForbiddenException refused)
            {
                refusals.Note(refused, http.Features.Get<CallerFeature>()?.Caller);
            }

            var problem = Problems.Describe(e);
            if (problem is null)
            {
                log.LogError(e, "{Method} {Path} failed", http.Request.Method, http.Request.Path);
                problem = Problems.Of(
                    StatusCodes.Status500InternalServerError, "Internal error", "internal",
                    "Something went wrong on our side. Send the trace id to whoever runs this Loopai.");
            }

            await Problems.WriteAsync(http, problem);
        }
    }

    /// <summary>Finds the caller of a request by its key, or by a token of one; answers 401 where there is none.</summary>
    public static async Task AuthenticateAsync(HttpContext http, RequestDelegate next, ApiKeyAuthenticator keys, TokenAuthenticator tokens)
    {
        var key = KeyOf(http.Request);
        if (await CallerOfAsync(http, key, keys, tokens) is not { } caller)
        {
            http.Response.Headers.WWWAuthenticate = "Bearer realm=\"loopai\"";
            await Problems.WriteAsync(http, Problems.Of(
                StatusCodes.Status401Unauthorized, "Unauthorized", key is null ? "key.missing" : "key.invalid",
                key is null
                    ? "Send an API key: 'Authorization: Bearer lpk_…' or 'X-API-Key: lpk_…'."
                    : "This API key is unknown, expired or revoked. Make a new one under API keys in the portal."));
            return;
        }

        http.Features.Set(new CallerFeature(caller));
        await next(http);
    }

    /// <summary>Whose key or token the text is; null where it is nobody's.</summary>
    public static async ValueTask<Caller?> CallerOfAsync(HttpContext http, string? key, ApiKeyAuthenticator keys, TokenAuthenticator tokens) =>
        key is null ? null
        : TokenAuthenticator.LooksLikeOne(key) ? await tokens.AuthenticateAsync(key, OriginOf(http), http.RequestAborted)
        : await keys.AuthenticateAsync(key, OriginOf(http), http.RequestAborted);

    /// <summary>Who is under a quota is told in every answer how far it is used.</summary>
    private static Task TellLimitsAsync(HttpContext http, RequestDelegate next, QuotaGate quotas)
    {
        var caller = http.Features.Get<CallerFeature>()!.Caller;
        var limited = quotas.MayLimitAsync(caller, http.RequestAborted);
        return limited is { IsCompletedSuccessfully: true, Result: false } ? next(http) : TellLimitsAsync(http, next, quotas, caller, limited);
    }

    private static async Task TellLimitsAsync(HttpContext http, RequestDelegate next, QuotaGate quotas, Caller caller, ValueTask<bool> limited)
    {
        if (await limited)
        {
            http.Response.OnStarting(() =>
            {
                if (quotas.LimitsOf(caller) is { Count: > 0 } limits)
                {
                    http.Response.Headers["RateLimit-Policy"] = string.Join(", ", limits.Select(limit => limit.Policy));
                    http.Response.Headers["RateLimit"] = string.Join(", ", limits.Select(limit => limit.State));
                }

                return Task.CompletedTask;
            });
        }

        await next(http);
    }

    /// <summary>Routing answers 404, 405 and 415 with a bare status; here it gets its words.</summary>
    private static Task ExplainStatusAsync(HttpContext http)
    {
        var response = http.Response;
        if (response.StatusCode < 400 || response.HasStarted || response.ContentType is not null)
        {
            return Task.CompletedTask;
        }

        return Problems.WriteAsync(http, Problems.OfStatus(http.Request, response.StatusCode, response.Headers.Allow.ToString()));
    }

    /// <summary>Where a request came from, for the audit log.</summary>
    public static CallerOrigin OriginOf(HttpContext http) => new(http.Connection.RemoteIpAddress, http.Request.Headers.UserAgent);

    /// <summary>The key that a request brings, as a bearer token or in a header of its own.</summary>
    public static string? KeyOf(HttpRequest request)
    {
        const string bearer = "Bearer ";
        var authorization = request.Headers.Authorization.ToString();
        if (authorization.StartsWith(bearer, StringComparison.OrdinalIgnoreCase))
        {
            return authorization[bearer.Length..].Trim();
        }

        var header = request.Headers["X-API-Key"].ToString();
        return header.Length > 0 ? header : null;
    }
}

/// <summary>The caller that authentication found; endpoints take it as a <see cref="Core.Access.Caller"/> parameter.</summary>
public sealed record CallerFeature(Caller Caller);
