using Loopai.Core.Programs;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;

namespace Loopai.Infrastructure.Sandbox;

/// <summary>Puts the sandbox among the services.</summary>
public static class SandboxRegistration
{
    /// <summary>Adds <see cref="IProgramSandbox"/>, with the options of the configuration section <c>Sandbox</c> where there is one.</summary>
    public static IServiceCollection AddSandbox(this IServiceCollection services)
    {
        services.AddSingleton(provider =>
            provider.GetService<IConfiguration>()?.GetSection(SandboxOptions.Section).Get<SandboxOptions>() ?? new SandboxOptions());
        services.AddSingleton<IProgramSandbox, BubblewrapSandbox>();
        return services;
    }
}
