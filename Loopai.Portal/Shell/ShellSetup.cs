using Radzen;

namespace Loopai.Portal.Shell;

public static class ShellSetup
{
    /// <summary>What the shell and the shared components need. A page's own services are registered with its feature.</summary>
    public static IServiceCollection AddPortalShell(this IServiceCollection services)
    {
        // A program's source or a big JSON document comes back from an editor as one message; the default limit of 32 KB would end the circuit.
        services.AddRazorComponents().AddInteractiveServerComponents().AddHubOptions(hub => hub.MaximumReceiveMessageSize = 2 * 1024 * 1024);
        services.AddHttpContextAccessor();
        services.AddRadzenComponents();
        services.AddSingleton(TimeProvider.System);
        services.AddScoped<Toasts>();
        services.AddScoped<ViewerZone>();
        services.AddScoped<ICommandSource, NavigationCommands>();
        return services;
    }

    /// <summary>Pages answer a failure and an unknown address with the portal's own pages; the API answers for itself.</summary>
    public static void UsePortalErrorPages(this WebApplication app)
    {
        // The API answers failures in its own words.
        app.UseWhen(
            context => !context.Request.Path.StartsWithSegments("/api", StringComparison.OrdinalIgnoreCase),
            pages =>
            {
                if (!app.Environment.IsDevelopment())
                {
                    pages.UseExceptionHandler(new ExceptionHandlerOptions { ExceptionHandlingPath = PortalUrls.Error, CreateScopeForErrors = true });
                }

                pages.UseStatusCodePagesWithReExecute(PortalUrls.NotFound, createScopeForStatusCodePages: true);
            });
    }

    public static void MapPortalShell(this WebApplication app)
    {
        app.MapStaticAssets();
        app.MapRazorComponents<App>().AddInteractiveServerRenderMode();
    }
}
