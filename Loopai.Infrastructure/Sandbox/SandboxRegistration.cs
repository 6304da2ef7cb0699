using Loopai.Core.Plugins.Runtime;
using Loopai.Core.Programs;
using Loopai.Infrastructure.Sandbox.Plugins;
using Microsoft.Extensions.DependencyInjection;

namespace Loopai.Infrastructure.Sandbox;

/// <summary>Puts the sandbox among the services.</summary>
public static class SandboxRegistration
{
    /// <summary>Adds <see cref="IProgramSandbox"/> and <see cref="IPluginSandbox"/>; null options turn Python and JavaScript off.</summary>
    public static IServiceCollection AddSandbox(this IServiceCollection services, SandboxOptions? options, int maxPluginWorkers)
    {
        if (options is null)
        {
            return services.AddSingleton<IProgramSandbox, DisabledSandbox>().AddSingleton<IPluginSandbox, DisabledPluginSandbox>();
        }

        services.AddSingleton<IPluginSandbox>(provider => new BubblewrapPluginSandbox(
            options with { MaxWorkers = maxPluginWorkers, WorkersPerProgram = Math.Min(options.WorkersPerProgram, maxPluginWorkers), MaxOutputBytes = 512 * 1024 },
            provider.GetRequiredService<IProgramSandbox>()));

        services.AddSingleton(options);
        return services.AddSingleton<IProgramSandbox, BubblewrapSandbox>();
    }
}
