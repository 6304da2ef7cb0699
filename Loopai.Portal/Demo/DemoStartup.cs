using Loopai.Core.Configuration;
using Loopai.Portal.Configuration;
using Microsoft.AspNetCore.Hosting.Server;
using Microsoft.AspNetCore.Hosting.Server.Features;

namespace Loopai.Portal.Demo;

/// <summary>The demo's place among the portal's services.</summary>
public static class DemoStartup
{
    /// <summary>Pages ask how far the demo is whether there is one or not; the work itself is added only where it is wanted.</summary>
    public static void AddLoopaiDemo(this IServiceCollection services, DemoSettings demo)
    {
        services.AddSingleton<DemoProgress>();
        if (demo.Enabled)
        {
            services.AddSingleton(provider => new DemoFiles(provider.GetRequiredService<PortalSettings>().DataDirectoryPath()));
            services.AddSingleton(new DemoConsole(Console.Out, interactive: !Console.IsOutputRedirected));
            services.AddSingleton<PortalAddress>();
            services.AddSingleton<DemoOwner>();
            services.AddSingleton<DemoFiller>();
            services.AddSingleton<DemoExperiment>();
            services.AddSingleton<DemoCosts>();
            services.AddHostedService<DemoWorker>();
        }
    }
}

/// <summary>Where the portal reaches itself, once it listens.</summary>
internal sealed class PortalAddress(IServer server)
{
    public Uri ForItself()
    {
        var addresses = server.Features.Get<IServerAddressesFeature>()?.Addresses.Select(BindingAddress.Parse).ToList() ?? [];
        var address = addresses.Find(a => a.Scheme == Uri.UriSchemeHttp) ?? addresses.FirstOrDefault() ?? throw new DemoException("The portal listens nowhere.");

        // What stands for every interface is no host that can be called.
        var host = address.Host is "*" or "+" or "0.0.0.0" or "[::]" ? "localhost" : address.Host;
        return new Uri($"{address.Scheme}://{host}:{address.Port}/");
    }
}
