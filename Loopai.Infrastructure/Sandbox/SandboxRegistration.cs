using Loopai.Core.Programs;
using Microsoft.Extensions.DependencyInjection;

namespace Loopai.Infrastructure.Sandbox;

/// <summary>Puts the sandbox among the services.</summary>
public static class SandboxRegistration
{
    /// <summary>Adds <see cref="IProgramSandbox"/>; null options turn Python and JavaScript off.</summary>
    public static IServiceCollection AddSandbox(this IServiceCollection services, SandboxOptions? options)
    {
        if (options is null)
        {
            return services.AddSingleton<IProgramSandbox, DisabledSandbox>();
        }

        services.AddSingleton(options);
        return services.AddSingleton<IProgramSandbox, BubblewrapSandbox>();
    }
}
