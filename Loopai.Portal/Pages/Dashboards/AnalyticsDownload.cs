using Loopai.Core.Access;
using Loopai.Core.Analytics;
using Loopai.Core.Errors;
using Loopai.Portal.Api;

namespace Loopai.Portal.Pages.Dashboards;

/// <summary>A panel's figures as a file: signed in by the cookie, so that the browser can fetch it. The same question as the API's.</summary>
public static class AnalyticsDownload
{
    public static void MapAnalyticsCsv(this WebApplication app) => app.MapGet("/o/{org}/analytics.csv", HandleAsync).RequireAuthorization().ExcludeFromDescription();

    private static async Task<IResult> HandleAsync(
        string org, HttpContext http, OrganizationEntry entry, AnalyticsService analytics, string? env, [AsParameters] AnalyticsParameters parameters, CancellationToken ct)
    {
        if (await entry.CallerAsync(http, org, env, ct) is not { } caller || !caller.MaySomewhere(Permissions.AnalyticsRead))
        {
            return Results.NotFound();
        }

        try
        {
            return AnalyticsCsv.File(await analytics.QueryAsync(caller, parameters.ToQuery(http.Request.Query, "env"), ct));
        }
        catch (InvalidException e)
        {
            return Results.BadRequest(string.Join('\n', e.Errors.SelectMany(field => field.Value)));
        }
    }
}
