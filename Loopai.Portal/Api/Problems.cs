using System.Data.Common;
using System.Diagnostics;
using System.Text.Json;
using System.Text.RegularExpressions;
using Loopai.Core.Data;
using Loopai.Core.Errors;
using Loopai.Core.Executions;
using Microsoft.AspNetCore.Mvc;

namespace Loopai.Portal.Api;

/// <summary>The one place where a failure becomes an answer: RFC 9457 problem details, with <c>message</c> and <c>errors</c> for the SDKs that read them.</summary>
public static partial class Problems
{
    /// <summary>What a failure looks like from outside. Null for one that nobody foresaw.</summary>
    public static ProblemDetails? Describe(Exception exception) => exception switch
    {
        NotFoundException e => Of(e, StatusCodes.Status404NotFound, "Not found"),
        InvalidException e => WithErrors(Of(e, StatusCodes.Status400BadRequest, "Invalid request"), e.Errors),
        ChangedMeanwhileException e => Of(e, StatusCodes.Status412PreconditionFailed, "Changed meanwhile"),
        ConflictException e => Of(e, StatusCodes.Status409Conflict, "Conflict"),
        ForbiddenException e => Of(e, StatusCodes.Status403Forbidden, "Forbidden"),
        QuotaExceededException e => OfQuota(e),
        LimitExceededException e => Of(e, StatusCodes.Status429TooManyRequests, "Limit exceeded", e.RetryAfter),
        ProgramFailedException e => OfProgram(e),
        UnavailableException e => Of(e, StatusCodes.Status503ServiceUnavailable, "Unavailable", e.RetryAfter ?? TimeSpan.FromSeconds(1)),
        BadHttpRequestException e => OfBadRequest(e),
        JsonException e => Of(StatusCodes.Status400BadRequest, "Invalid request", "request.json", JsonFailures.Describe(e)),
        DbException e when e.IsDuplicate() => Of(
            StatusCodes.Status409Conflict, "Conflict", "request.race", "Somebody else did the same at the same moment; nothing was written. See what is there now before you send it again."),
        DbException { SqlState: var state } when state is not null && !IsAway(state) => null,
        DbException or TimeoutException => Of(
            StatusCodes.Status503ServiceUnavailable, "Unavailable", "database.unavailable",
            "The database does not answer now; nothing was written. Try again in a moment.", TimeSpan.FromSeconds(1)),
        _ => exception.InnerException is DbException inner ? Describe(inner) : null,
    };

    public static ProblemDetails Of(int status, string title, string code, string message, TimeSpan? retryAfter = null)
    {
        var problem = new ProblemDetails
        {
            Type = $"urn:loopai:problem:{code}",
            Title = title,
            Status = status,
            Detail = message,
            Extensions = { ["code"] = code, ["message"] = message, ["traceId"] = Activity.Current?.TraceId.ToString() },
        };
        if (retryAfter is { } wait)
        {
            problem.Extensions["retryAfterSeconds"] = Math.Max(1, (int)Math.Ceiling(wait.TotalSeconds));
        }

        return problem;
    }

    public static ProblemDetails WithErrors(ProblemDetails problem, IReadOnlyDictionary<string, string[]> errors)
    {
        problem.Extensions["errors"] = errors;
        return problem;
    }

    /// <summary>What the framework said with a status alone.</summary>
    public static ProblemDetails OfStatus(HttpRequest request, int status, string allowed) => status switch
    {
        StatusCodes.Status404NotFound => Of(status, "Not found", "request.route", $"There is nothing at {request.Path}. /openapi/v1.json lists every address of this API."),
        StatusCodes.Status405MethodNotAllowed => Of(status, "Method not allowed", "request.method", $"{request.Path} does not take {request.Method}. It takes {allowed}."),
        StatusCodes.Status413PayloadTooLarge => TooLarge(),
        StatusCodes.Status415UnsupportedMediaType => Of(
            status, "Unsupported media type", "request.content_type",
            $"This endpoint does not take the Content-Type '{request.ContentType}'. Send 'Content-Type: application/json'."),
        _ => Of(status, "Request failed", $"request.status_{status}", $"The request was answered with status {status}."),
    };

    /// <summary>Writes the problem as the answer, unless the answer has begun.</summary>
    public static async Task WriteAsync(HttpContext http, ProblemDetails problem)
    {
        if (http.Response.HasStarted)
        {
            http.Abort();
            return;
        }

        var (allow, challenge) = (http.Response.Headers.Allow, http.Response.Headers.WWWAuthenticate);
        http.Response.Clear();
        http.Response.Headers.Allow = allow;
        http.Response.Headers.WWWAuthenticate = challenge;
        http.Response.StatusCode = problem.Status ?? StatusCodes.Status500InternalServerError;
        if (problem.Extensions.TryGetValue("retryAfterSeconds", out var seconds))
        {
            http.Response.Headers.RetryAfter = seconds!.ToString();
        }

        problem.Instance ??= http.Request.Path;
        await http.Response.WriteAsJsonAsync(problem, JsonSerializerOptions.Web, "application/problem+json");
    }

    private static ProblemDetails Of(LoopaiException e, int status, string title, TimeSpan? retryAfter = null) => Of(status, title, e.Code, e.Message, retryAfter);

    private static ProblemDetails OfQuota(QuotaExceededException e)
    {
        var problem = Of(e, StatusCodes.Status429TooManyRequests, "Quota exceeded", e.RetryAfter);
        (problem.Extensions["quota"], problem.Extensions["scope"]) = (e.Quota, e.Scope);
        return problem;
    }

    /// <summary>The request was right and the program was not: neither the caller's fault (400) nor the portal's (500).</summary>
    private static ProblemDetails OfProgram(ProgramFailedException e)
    {
        var timedOut = e.Execution.Status == ExecutionStatus.Timeout;
        var problem = Of(e, timedOut ? StatusCodes.Status504GatewayTimeout : StatusCodes.Status422UnprocessableEntity, timedOut ? "Program timed out" : "Program failed");
        problem.Extensions["executionId"] = e.Execution.Id;
        problem.Extensions["executionStatus"] = QueryWords.Of(e.Execution.Status);
        return problem;
    }

    private static ProblemDetails OfBadRequest(BadHttpRequestException e)
    {
        if (e.StatusCode == StatusCodes.Status413PayloadTooLarge)
        {
            return TooLarge();
        }

        if (e.InnerException is JsonException json)
        {
            return Describe(json)!;
        }

        if (Unbound().Match(e.Message) is { Success: true } unbound)
        {
            var (name, value) = (unbound.Groups["name"].Value, unbound.Groups["value"].Value);
            var message = $"{name} cannot be '{value}'; it is {NameOf(unbound.Groups["type"].Value)}.";
            return WithErrors(Of(e.StatusCode, "Invalid request", "request.parameter", message), new Dictionary<string, string[]> { [name] = [message] });
        }

        if (Missing().Match(e.Message) is { Success: true } missing)
        {
            var (name, message) = (missing.Groups["name"].Value, $"{missing.Groups["name"].Value} is missing from the address; it is {NameOf(missing.Groups["type"].Value)}.");
            return WithErrors(Of(e.StatusCode, "Invalid request", "request.parameter", message), new Dictionary<string, string[]> { [name] = [message] });
        }

        return e.Message.Contains("was not provided from body", StringComparison.Ordinal) || e.Message.Contains("no body was provided", StringComparison.Ordinal)
            ? Of(e.StatusCode, "Invalid request", "request.json", "This endpoint takes a JSON object, and the body is empty.")
            : Of(e.StatusCode, "Invalid request", "request.invalid", e.Message);
    }

    /// <summary>Classes of SQL states that pass: connection, rollback, resources, operator intervention, system. What else the database refuses is our mistake.</summary>
    private static bool IsAway(string state) => state[..2] is "08" or "40" or "53" or "55" or "57" or "58";

    private static string NameOf(string type) => type switch
    {
        "Guid" => "a UUID",
        "int" or "long" => "a whole number",
        "double" => "a number",
        "bool" => "true or false",
        "DateTimeOffset" => "an RFC 3339 time",
        "DateOnly" => "a day, such as 2026-03-01",
        _ => $"a {type}",
    };

    /// <summary>What minimal APIs say of a parameter: <c>Failed to bind parameter "Nullable&lt;int&gt; limit" from "abc".</c></summary>
    [GeneratedRegex("^Failed to bind parameter \"(Nullable<)?(?<type>\\w+)[?>]? (?<name>\\w+)\" from \"(?<value>.*)\"\\.$", RegexOptions.NonBacktracking | RegexOptions.Singleline)]
    private static partial Regex Unbound();

    /// <summary>What they say of one that is not there: <c>Required parameter "int right" was not provided from query string.</c></summary>
    [GeneratedRegex("^Required parameter \"(?<type>\\w+) (?<name>\\w+)\" was not provided from (route or )?query string\\.$", RegexOptions.NonBacktracking)]
    private static partial Regex Missing();

    private static ProblemDetails TooLarge() => Of(
        StatusCodes.Status413PayloadTooLarge, "Body too large", "request.too_large",
        "The body is larger than this endpoint takes. Send less, or use the batch or import endpoint.");
}
