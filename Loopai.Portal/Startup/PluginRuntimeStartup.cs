using Loopai.Core.Plugins.BuiltIn;
using Loopai.Core.Plugins.Installations;
using Loopai.Core.Plugins.Packages.Signing;
using Loopai.Core.Plugins.Registry;
using Loopai.Core.Plugins.Runtime;
using Microsoft.Extensions.DependencyInjection.Extensions;

namespace Loopai.Portal.Startup;

/// <summary>What runs plugins, and who says which.</summary>
internal static class PluginRuntimeStartup
{
    public static void AddPluginRuntime(this IServiceCollection services)
    {
        services.TryAddSingleton<PluginSigner>();
        services.AddSingleton<PluginSecrets>();
        services.AddSingleton<PluginLoader>();
        services.AddSingleton<PluginCatalog>();
        services.AddSingleton<PluginQuarantine>();
        services.AddSingleton<PluginHealthBook>();
        services.AddHostedService(provider => provider.GetRequiredService<PluginHealthBook>());
        services.AddSingleton<PluginRunner>();

        services.AddSingleton<SamplerWarmth>();
        services.AddHostedService(provider => provider.GetRequiredService<SamplerWarmth>());
        services.AddSingleton<PluginSampler>();
        services.AddSingleton<WebhookHandler>();
        services.AddSingleton<ValidatorQueue>();
        services.AddHostedService(provider => provider.GetRequiredService<ValidatorQueue>());
        services.AddSingleton<ExecutionPlugins>();

        services.TryAddSingleton<RegistryNames>();
        services.TryAddSingleton<VersionRegistry>();
        services.AddHostedService<BuiltInPlugins>();

        services.AddSingleton<PluginInstallationService>();
        services.AddSingleton<PluginUpgradeService>();
        services.AddSingleton<PluginAttachmentService>();
        services.AddSingleton<InstalledPlugins>();
        services.AddHostedService<StagedUpgradeWorker>();
        services.AddHostedService<PluginRetention>();
    }
}
