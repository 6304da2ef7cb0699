using Loopai.Core.Access;
using Loopai.Core.ApiKeys;
using Loopai.Core.Audit;
using Loopai.Core.Idempotency;
using Loopai.Portal.Api.OpenApi;

namespace Loopai.Portal.Api;

/// <summary>The API's table of contents.</summary>
public static class ApiEndpoints
{
    public static IServiceCollection AddLoopaiApi(this IServiceCollection services)
    {
        services.AddHttpContextAccessor();
        services.AddLoopaiOpenApi();
        services.AddSingleton<IdempotencyService>();
        services.AddSingleton<IdempotencyPipeline>();
        services.ConfigureHttpJsonOptions(json => ApiJson.Configure(json.SerializerOptions));
        services.Configure<RouteHandlerOptions>(routes => routes.ThrowOnBadRequest = true);
        services.AddScoped<Caller>(provider =>
            provider.GetRequiredService<IHttpContextAccessor>().HttpContext?.Features.Get<CallerFeature>()?.Caller
            ?? throw new InvalidOperationException("A caller is injected into API endpoints only; pages get theirs from the shell."));
        return services;
    }

    /// <summary>Must stand before routing runs endpoints: a request without a key is answered before its body is read.</summary>
    public static void UseLoopaiApi(this WebApplication app)
    {
        var around = ApiPipeline.Create(app.Services);
        app.UseWhen(http => http.Request.Path.StartsWithSegments(ApiPipeline.Root), api => api.Use(around));
    }

    public static void MapLoopaiApi(this WebApplication app)
    {
        app.MapLoopaiOpenApi();
        app.MapTokens();
        var api = app.MapGroup(ApiPipeline.Prefix);
        api.MapTasks();
        api.MapExecutions();
        api.MapApiKeys();
        api.MapExamples();
        api.MapPrograms();
        api.MapValidations();
        api.MapRollouts();
        api.MapExperiments();
        api.MapMetrics();
        api.MapHoldouts();
        api.MapEvents();
        api.MapFlags();
        api.MapWebhooks();
        api.MapPlugins();
        api.MapPluginReviews();
        api.MapPublishers();
        api.MapPluginInstallations();
        api.MapPluginSubmissions();
        api.MapOrganization();
        api.MapSettings();
        api.MapMembers();
        api.MapTeams();
        api.MapAccess();
        api.MapOverview();
        api.MapAnalytics();
        api.MapAnnotations();
        api.MapDashboards();
        api.MapUsage();
        api.MapPrices();
        api.MapCosts();
        api.MapBudgets();
        api.MapRecommendations();
        api.MapReports();
        api.MapReportRuns();
        api.MapReportSchedules();
        api.MapJobs();
        api.MapSignOn();
        api.MapSamlConnections();
        api.MapAudit();
        api.MapProvisioning();
    }
}
