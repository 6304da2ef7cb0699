using Loopai.Core.Audit;
using Loopai.Portal.Pages.Dashboards;
using Loopai.Portal.Accounts;
using Loopai.Portal.Accounts.SignOn;
using Loopai.Portal.Accounts.SignOn.Saml;
using Loopai.Portal.Api;
using Loopai.Portal.Pages.Audit;
using Loopai.Portal.Pages.Members;
using Loopai.Portal.Pages.Plugins;
using Loopai.Portal.Pages.Reports;
using Loopai.Portal.Pages.Settings;
using Loopai.Portal.Pages.Tasks.Examples;
using Loopai.Portal.Pages.Tasks.Versions;
using Loopai.Portal.Pages.Executions;
using Loopai.Portal.Pages.Experiments.Results;
using Loopai.Portal.Shell;

namespace Loopai.Portal.Startup;

/// <summary>The portal's pages: Blazor Server, its shell, and signing in.</summary>
public static class PagesStartup
{
    public static void AddLoopaiPages(this IServiceCollection services)
    {
        services.AddPortalShell();
        services.AddSingleton<GrantOptionsReader>();
        services.AddSingleton<RecipientChoices>();
    }

    public static void UseLoopaiPages(this WebApplication app)
    {
        var refusals = app.Services.GetRequiredService<RefusalLog>();
        LoadFailure.Translate = failure => PageFailures.Describe(failure, refusals);
        app.UseAuthentication();
        app.UseAuthorization();
        app.UseAntiforgery();
    }

    public static void MapLoopaiPages(this WebApplication app)
    {
        app.MapSignOut();
        app.MapOidc();
        app.MapLdap();
        app.MapPasskeys();
        app.MapSaml();
        app.MapVersionDownloads();
        app.MapExecutionsCsv();
        app.MapExperimentCsv();
        app.MapUsageCsv();
        app.MapAnalyticsCsv();
        app.MapAuditDownloads();
        app.MapExampleDownloads();
        app.MapLogo();
        app.MapReportFiles();
        app.MapPluginPictures();
        app.MapPluginDownloads();
        app.MapPortalShell();
    }
}
