using Loopai.Core.Plugins.Marketplace;
using Loopai.Core.Plugins.Registry;

namespace Loopai.Portal.Startup;

/// <summary>What the plugin registry and its marketplace are made of.</summary>
internal static class MarketplaceStartup
{
    public static void AddMarketplace(this IServiceCollection services)
    {
        services.AddSingleton<RegistryNames>();
        services.AddSingleton<PublisherService>();
        services.AddSingleton<PublisherPeople>();
        services.AddSingleton<PublisherVerification>();
        services.AddSingleton<VersionRegistry>();
        services.AddSingleton<PluginLifecycle>();
        services.AddSingleton<MarketplaceService>();
        services.AddSingleton<PluginReviews>();
        services.AddSingleton<PluginFigures>();
        services.AddHostedService<PublisherCheckWorker>();
        services.AddHostedService<PluginFiguresWorker>();
    }
}
