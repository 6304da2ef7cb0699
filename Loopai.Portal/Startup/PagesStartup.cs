namespace Loopai.Portal.Startup;

/// <summary>The portal's pages: Blazor Server, its shell, and the static files.</summary>
public static class PagesStartup
{
    public static void AddLoopaiPages(this IServiceCollection services)
    {
        services.AddRazorComponents().AddInteractiveServerComponents();
        services.AddAntiforgery();
    }

    public static void UseLoopaiPages(this WebApplication app)
    {
        app.UseAuthentication();
        app.UseAuthorization();
        app.UseAntiforgery();
    }

    public static void MapLoopaiPages(this WebApplication app)
    {
        app.MapStaticAssets();
    }
}
