using System.Reflection;
using Loopai.Core.Data;

namespace Loopai.Portal.Health;

/// <summary>Whether the portal lives, and whether it can serve. No key is needed, and nothing of any tenant is told.</summary>
public static class HealthEndpoints
{
    public static readonly string Version =
        typeof(HealthEndpoints).Assembly.GetCustomAttribute<AssemblyInformationalVersionAttribute>()?.InformationalVersion.Split('+')[0] ?? "0";

    public static void MapLoopaiHealth(this WebApplication app)
    {
        // The process answers: restarting would not help a database that is away.
        app.MapGet("/health", (TimeProvider time) => new HealthResponse("healthy", Version, time.GetUtcNow())).WithTags("Health");
        app.MapGet("/health/live", (TimeProvider time) => new HealthResponse("healthy", Version, time.GetUtcNow())).WithTags("Health");
        app.MapGet("/health/ready", ReadyAsync).WithTags("Health");
    }

    private static async Task<IResult> ReadyAsync(IDatabaseLifecycle database, TimeProvider time, CancellationToken ct)
    {
        using var timeout = CancellationTokenSource.CreateLinkedTokenSource(ct);
        timeout.CancelAfter(TimeSpan.FromSeconds(2));
        bool reachable;
        try
        {
            reachable = await database.IsReachableAsync(timeout.Token);
        }
        catch (OperationCanceledException) when (!ct.IsCancellationRequested)
        {
            reachable = false;
        }

        return reachable
            ? TypedResults.Ok(new HealthResponse("healthy", Version, time.GetUtcNow()))
            : TypedResults.Json(new HealthResponse("unhealthy", Version, time.GetUtcNow()), statusCode: StatusCodes.Status503ServiceUnavailable);
    }
}

/// <summary>How the portal is.</summary>
public sealed record HealthResponse(string Status, string Version, DateTimeOffset Timestamp);
