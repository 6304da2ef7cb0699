using Loopai.Core.Plugins.Packages;

namespace Loopai.Core.Plugins.Publishing.Scanning;

/// <summary>What whoever installs the plugin has to know of its licence. Any licence may be declared; that it binds is said.</summary>
internal static class LicenseScan
{
    public static IEnumerable<PluginFinding> Run(PluginPackage package)
    {
        if (!package.Files.Keys.Any(PackageFiles.IsLicense))
        {
            yield return new PluginFinding("license.no-text", FindingSeverity.Warning, "The licence's text is not in the package.", "Add a file LICENSE.");
        }

        if (LicenseExpression.Read(package.Manifest.License).Expression is { IsPermissive: false })
        {
            yield return new PluginFinding(
                "license.not-permissive", FindingSeverity.Warning, $"{package.Manifest.License} asks more of its users than a permissive licence does; they are told.", "Nothing, if that is what you want.", PluginManifest.FileName, Pointer: "/license");
        }
    }
}
