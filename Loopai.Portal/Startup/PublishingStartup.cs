using Loopai.Core.Configuration;
using Loopai.Core.Plugins.Packages.Signing;
using Loopai.Core.Plugins.Publishing;
using Loopai.Core.Plugins.Publishing.Scanning;
using Loopai.Core.Plugins.Publishing.Testing;
using Microsoft.Extensions.Options;

namespace Loopai.Portal.Startup;

/// <summary>What publishing plugins is made of.</summary>
internal static class PublishingStartup
{
    public static void AddPluginPublishing(this IServiceCollection services)
    {
        services.AddSingleton<PluginSigner>();
        services.AddSingleton(Scanners);
        services.AddSingleton(provider => new KnownBadFiles(
            provider.GetRequiredService<IOptions<PluginsSettings>>().Value.KnownBadHashes.ToLowerInvariant()
                .Split(',', StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries).ToHashSet(StringComparer.Ordinal)));
        services.AddSingleton<SyntaxScan>();
        services.AddSingleton<CanaryScan>();
        services.AddSingleton<PackageScanner>();
        services.AddSingleton<PackageTests>();
        services.AddSingleton<SubmissionService>();
        services.AddSingleton<SubmissionDecisions>();
        services.AddSingleton<PipelineSteps>();
        services.AddSingleton<SubmissionPipeline>();
        services.AddHostedService<SubmissionWorker>();
    }

    /// <summary>The parser lies with what else comes from npm.</summary>
    private static ScannerSources Scanners(IServiceProvider provider)
    {
        var file = provider.GetRequiredService<IWebHostEnvironment>().WebRootFileProvider.GetFileInfo("lib/acorn.js");
        if (!file.Exists)
        {
            return new ScannerSources(null);
        }

        using var reader = new StreamReader(file.CreateReadStream());
        return new ScannerSources(reader.ReadToEnd());
    }
}
