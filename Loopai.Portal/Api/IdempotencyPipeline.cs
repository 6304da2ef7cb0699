using System.Globalization;
using System.Security.Cryptography;
using System.Text;
using Loopai.Core.Access;
using Loopai.Core.Audit;
using Loopai.Core.Idempotency;

namespace Loopai.Portal.Api;

/// <summary>
/// <c>Idempotency-Key</c> on POST, after draft-ietf-httpapi-idempotency-key-header: the same request again answers the first answer, marked
/// <c>Idempotency-Replayed: true</c>. Answers 429 and 5xx are not kept, since a retry may do better.
/// </summary>
public sealed class IdempotencyPipeline(IdempotencyService service, RefusalLog refusals, ILogger<IdempotencyPipeline> log)
{
    public const string Header = "Idempotency-Key";
    public const string ReplayedHeader = "Idempotency-Replayed";

    private const int BufferInMemory = 1024 * 1024;
    private static readonly TimeSpan RenewEvery = IdempotencyService.Lease / 3;

    public Task InvokeAsync(HttpContext http, RequestDelegate next) =>
        HttpMethods.IsPost(http.Request.Method) && http.Request.Headers.ContainsKey(Header) && http.Features.Get<CallerFeature>() is { Caller: var caller }
            ? OnceAsync(http, next, caller)
            : next(http);

    private async Task OnceAsync(HttpContext http, RequestDelegate next, Caller caller)
    {
        if (KeyOf(http.Request) is not { } key)
        {
            await RefuseAsync(http, StatusCodes.Status400BadRequest, "Invalid request", "idempotency.key",
                $"{Header} is 1 to {IdempotencyService.MaxKeyLength} visible ASCII characters, such as a UUID, sent once.");
            return;
        }

        if (BatchEndpoint.WantsLines(http.Request))
        {
            await RefuseAsync(http, StatusCodes.Status400BadRequest, "Invalid request", "idempotency.stream",
                $"An answer in lines cannot be kept for a retry. Leave out {Header}, or ask for application/json.");
            return;
        }

        var fingerprint = await FingerprintAsync(http.Request);
        var start = await service.BeginAsync(caller, ScopeOf(http.Request, caller), key, fingerprint, http.RequestAborted);
        switch (start.State)
        {
            case IdempotencyState.Started:
                await CarryOutAsync(http, next, caller, start.Claim!);
                break;
            case IdempotencyState.Answered:
                await ReplayAsync(http.Response, start.Answer!);
                break;
            case IdempotencyState.InFlight:
                await RefuseAsync(http, StatusCodes.Status409Conflict, "Conflict", "idempotency.in_flight",
                    "The first request with this key is still at work. Try again in a moment.", TimeSpan.FromSeconds(1));
                break;
            case IdempotencyState.OtherRequest:
                await RefuseAsync(http, StatusCodes.Status422UnprocessableEntity, "Key used before", "idempotency.key_reused",
                    $"This {Header} came with another request before. Use a new key for a new request.");
                break;
            case IdempotencyState.AnswerNotKept:
                await RefuseAsync(http, StatusCodes.Status409Conflict, "Conflict", "idempotency.answer_not_kept",
                    "This request was carried out before, but its answer was too large to keep. Read what it made instead.");
                break;
        }
    }

    private async Task CarryOutAsync(HttpContext http, RequestDelegate next, Caller caller, IdempotencyClaim claim)
    {
        var body = http.Response.Body;
        using var answer = new MemoryStream();
        http.Response.Body = answer;
        using var done = new CancellationTokenSource();
        var renewing = RenewAsync(caller, claim, done.Token);
        try
        {
            await ApiPipeline.CatchAsync(http, next, refusals, log);
            await http.Response.BodyWriter.FlushAsync(CancellationToken.None);
        }
        finally
        {
            http.Response.Body = body;
            await done.CancelAsync();
            await renewing;
        }

        await KeepAsync(http, caller, claim, answer);
        if (answer.Length > 0)
        {
            http.Response.ContentLength = answer.Length;
            answer.Position = 0;
            await answer.CopyToAsync(body, http.RequestAborted);
        }
    }

    /// <summary>Also for a caller that hung up: it is the one that will ask again.</summary>
    private async Task KeepAsync(HttpContext http, Caller caller, IdempotencyClaim claim, MemoryStream answer)
    {
        var status = http.Response.StatusCode;
        try
        {
            if (status is StatusCodes.Status429TooManyRequests or StatusCodes.Status499ClientClosedRequest or >= 500)
            {
                await service.ReleaseAsync(caller, claim, CancellationToken.None);
            }
            else
            {
                var body = answer.Length <= IdempotencyService.MaxAnswerBytes ? answer.ToArray() : null;
                var (type, headers) = (http.Response.ContentType, http.Response.Headers);
                await service.CompleteAsync(caller, claim, new IdempotentAnswer(status, type, headers.Location, headers.ETag, body), CancellationToken.None);
            }
        }
        catch (Exception e)
        {
            log.LogWarning(e, "The answer to a request with an idempotency key could not be kept; a retry may carry it out again");
        }
    }

    private async Task RenewAsync(Caller caller, IdempotencyClaim claim, CancellationToken ct)
    {
        try
        {
            using var timer = new PeriodicTimer(RenewEvery);
            while (await timer.WaitForNextTickAsync(ct) && await service.RenewAsync(caller, claim, ct))
            {
            }
        }
        catch (OperationCanceledException)
        {
            // The request is done.
        }
        catch (Exception e)
        {
            log.LogWarning(e, "The lease of a request with an idempotency key could not be renewed");
        }
    }

    private static async Task ReplayAsync(HttpResponse response, IdempotentAnswer answer)
    {
        response.StatusCode = answer.StatusCode;
        response.Headers[ReplayedHeader] = "true";
        response.Headers.Location = answer.Location;
        response.Headers.ETag = answer.EntityTag;
        if (answer.Body is { Length: > 0 } body)
        {
            response.ContentType = answer.ContentType;
            response.ContentLength = body.Length;
            await response.Body.WriteAsync(body);
        }
    }

    private static Task RefuseAsync(HttpContext http, int status, string title, string code, string message, TimeSpan? retryAfter = null) =>
        Problems.WriteAsync(http, Problems.Of(status, title, code, message, retryAfter));

    /// <summary>The draft writes the key as a quoted string; most callers leave the quotes out. Both are taken.</summary>
    private static string? KeyOf(HttpRequest request)
    {
        var values = request.Headers[Header];
        var key = values.Count == 1 ? values[0]!.Trim() : "";
        key = key.Length >= 2 && key[0] == '"' && key[^1] == '"' ? key[1..^1] : key;
        return key.Length is >= 1 and <= IdempotencyService.MaxKeyLength && key.All(c => c is > ' ' and <= '~') ? key : null;
    }

    /// <summary>
    /// Method, path and caller; a path longer than any of ours by its hash. A token gets only what was answered to its own scope: an answer may hold what it could not have asked for.
    /// </summary>
    private static string ScopeOf(HttpRequest request, Caller caller)
    {
        var path = request.Path.Value!.TrimEnd('/').ToLowerInvariant();
        path = path.Length <= 120 ? path : Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(path)));
        var scope = caller.Scope is { } token ? ' ' + Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(token)))[..16] : "";
        return string.Create(CultureInfo.InvariantCulture, $"{caller.Id:n}{scope} {request.Method} {path}");
    }

    private static async Task<byte[]> FingerprintAsync(HttpRequest request)
    {
        request.EnableBuffering(BufferInMemory);
        using var hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        hash.AppendData(Encoding.UTF8.GetBytes($"{request.ContentType}\n{request.QueryString.Value}\n"));
        var buffer = new byte[16 * 1024];
        int read;
        while ((read = await request.Body.ReadAsync(buffer, request.HttpContext.RequestAborted)) > 0)
        {
            hash.AppendData(buffer, 0, read);
        }

        request.Body.Position = 0;
        return hash.GetHashAndReset();
    }
}
