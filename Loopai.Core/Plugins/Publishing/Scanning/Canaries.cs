using System.Text.Json.Nodes;
using Loopai.Core.Plugins.Packages;

namespace Loopai.Core.Plugins.Publishing.Scanning;

/// <summary>Values that are recognised when they come out again.</summary>
internal static class Canaries
{
    public const string Secret = "canary7f3c9aSecret";
    public const string Field = "canary51d0e2Field";

    /// <summary>The configuration with a canary in the place of each secret.</summary>
    public static JsonObject Configure(PluginManifest manifest, JsonObject configuration)
    {
        var config = (JsonObject)configuration.DeepClone();
        foreach (var secret in manifest.Capabilities.Secrets)
        {
            config[secret] = IsAddress(manifest, secret, config[secret]) ? $"https://{Host(manifest)}/{Secret}" : Secret;
        }

        return config;
    }

    /// <summary>An address that is a secret has to stay one, or the plugin would stop before it did anything.</summary>
    private static bool IsAddress(PluginManifest manifest, string name, JsonNode? before) =>
        manifest.Capabilities.Network.Count > 0
        && (name.Contains("url", StringComparison.OrdinalIgnoreCase) || manifest.Configuration["properties"]?[name]?["format"]?.ToString() is "uri"
            || (before?.ToString().StartsWith("https://", StringComparison.Ordinal) ?? false));

    private static string Host(PluginManifest manifest) => manifest.Capabilities.Network[0].Replace("*.", "canary.", StringComparison.Ordinal);
}
