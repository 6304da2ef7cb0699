using System.Text.Json.Nodes;
using Loopai.Core.Plugins.Packages;

namespace Loopai.Core.Plugins.Publishing;

/// <summary>What a package is made of, as CycloneDX 1.6: itself, its files with their hashes, and the plugins it needs.</summary>
public static class SoftwareBill
{
    public static string Of(PluginPackage package)
    {
        var manifest = package.Manifest;
        var self = Component("application", manifest.Id.Key, manifest.Version.ToNormalizedString());
        self["licenses"] = new JsonArray(new JsonObject { ["expression"] = manifest.License });
        self["hashes"] = Hashes(package.Sha256);
        var files = package.FileHashes().OrderBy(f => f.Key, StringComparer.Ordinal).Select(f => (JsonNode)new JsonObject { ["type"] = "file", ["name"] = f.Key, ["hashes"] = Hashes(f.Value) });
        var needed = manifest.Dependencies.OrderBy(d => d.Key, StringComparer.Ordinal).Select(d => (JsonNode)Component("library", d.Key, d.Value.ToString()));
        return new JsonObject
        {
            ["bomFormat"] = "CycloneDX", ["specVersion"] = "1.6", ["version"] = 1,
            ["metadata"] = new JsonObject { ["component"] = self },
            ["components"] = new JsonArray([.. files, .. needed]),
        }.ToJsonString();
    }

    private static JsonObject Component(string type, string name, string version) => new() { ["type"] = type, ["bom-ref"] = $"{name}@{version}", ["name"] = name, ["version"] = version };

    private static JsonArray Hashes(string sha256) => new(new JsonObject { ["alg"] = "SHA-256", ["content"] = sha256 });
}
