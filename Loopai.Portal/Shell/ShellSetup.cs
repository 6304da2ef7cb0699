using Microsoft.AspNetCore.Diagnostics;
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
        services.AddScoped<ICommandSource, TaskCommands>();
        return services;
    }

    /// <summary>Pages answer a failure and an unknown address with the portal's own pages; the API and SCIM answer for themselves.</summary>
    public static void UsePortalErrorPages(this WebApplication app)
    {
        if (!app.Environment.IsDevelopment())
        {
            app.UseExceptionHandler(PortalUrls.Error, createScopeForErrors: true);
        }

        app.UseStatusCodePagesWithReExecute(PortalUrls.NotFound, createScopeForStatusCodePages: true);
        app.Use((context, next) =>
        {
            if (context.Request.Path.StartsWithSegments("/api", StringComparison.OrdinalIgnoreCase) || context.Request.Path.StartsWithSegments(Scim.ScimPipeline.Root, StringComparison.OrdinalIgnoreCase))
            {
                context.Features.Get<IStatusCodePagesFeature>()?.Enabled = false;
            }

            return next(context);
        });
    }

    public static void MapPortalShell(this WebApplication app)
    {
        app.MapStaticAssets();
        app.MapRazorComponents<App>().AddInteractiveServerRenderMode();
    }
}
