using System.Runtime.CompilerServices;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;
using Loopai.Core.Plugins.Packages;
using Loopai.Core.Plugins.Runtime;
using Loopai.Core.Programs;

namespace Loopai.Infrastructure.Sandbox.Plugins;

/// <summary>A package with its dependencies as what a worker is started with. It is made once for each <see cref="PluginCode"/>.</summary>
internal static class PluginBundle
{
    private static readonly ConditionalWeakTable<PluginCode, ProgramSource> Made = [];

    public static ProgramSource Of(PluginCode code) => Made.GetValue(code, Make);

    private static ProgramSource Make(PluginCode code)
    {
        var (packages, indices) = (new JsonArray(), new Dictionary<string, int>(StringComparer.Ordinal));
        Add("", code, packages, indices);
        var bundle = new JsonObject { ["packages"] = packages }.ToJsonString();

        // A program's id names its pool: whoever differs in package, dependencies, limits or tenant has workers of their own.
        var identity = $"{code.Isolation}\n{code.Limits.Time.Ticks}\n{code.Limits.MemoryMb}\n{bundle}";
        var id = new Guid(SHA256.HashData(Encoding.UTF8.GetBytes(identity)).AsSpan(0, 16));
        return new ProgramSource(id, LanguageOf(code.Language), bundle);
    }

    private static int Add(string key, PluginCode code, JsonArray packages, Dictionary<string, int> indices)
    {
        if (indices.TryGetValue(code.Sha256, out var known))
        {
            return known;
        }

        var index = indices[code.Sha256] = packages.Count;
        var package = new JsonObject
        {
            ["key"] = key,
            ["entry"] = code.Entry,
            ["files"] = new JsonObject(code.Files.Select(f => KeyValuePair.Create(f.Key, (JsonNode?)Convert.ToBase64String(f.Value.Span)))),
        };
        packages.Add(package);
        package["dependencies"] = new JsonObject(
            code.Dependencies.OrderBy(d => d.Key, StringComparer.Ordinal).Select(d => KeyValuePair.Create(d.Key, (JsonNode?)Add(d.Key, d.Value, packages, indices))));
        return index;
    }

    private static ProgramLanguage LanguageOf(PluginLanguage language) => language switch
    {
        PluginLanguage.Python => ProgramLanguage.Python,
        PluginLanguage.JavaScript => ProgramLanguage.JavaScript,
        _ => throw new ArgumentOutOfRangeException(nameof(language), language, null),
    };
}
