namespace Loopai.Portal.Metrics;

/// <summary><c>/metrics</c> for Prometheus. It needs no key and tells nothing of any tenant; whoever should not see it is kept out by the proxy.</summary>
public static class MetricsEndpoint
{
    public static void AddLoopaiMetrics(this IServiceCollection services) => services.AddSingleton<MetricsCollector>();

    public static void MapLoopaiMetrics(this WebApplication app)
    {
        // From the start, not from the first reading: a counter that begins late is wrong for ever.
        var metrics = app.Services.GetRequiredService<MetricsCollector>();
        app.MapGet("/metrics", () => Results.Text(metrics.Read(), PrometheusText.ContentType)).ExcludeFromDescription();
    }
}
