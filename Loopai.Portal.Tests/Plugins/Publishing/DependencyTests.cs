using System.Text.Json;
using Loopai.Core.Plugins.Packages;
using Loopai.Core.Plugins.Publishing;
using Loopai.Core.Plugins.Runtime;
using Loopai.Portal.Tests.Plugins.Packages;

namespace Loopai.Portal.Tests.Plugins.Publishing;

/// <summary>Plugins that need each other in layers: as many ways lead to the last as there are combinations, and it is one package for all of that.</summary>
public sealed class DependencyTests
{
    private const int Layers = 24;

    private static readonly Dictionary<string, PluginPackage> Packages = Enumerable.Range(0, Layers).SelectMany(layer => new[] { Made($"acme.a{layer}", layer), Made($"acme.b{layer}", layer) })
        .ToDictionary(p => p.Manifest.Id.Key, StringComparer.Ordinal);

    [Fact]
    public void CodeOf_LayersOfPlugins_MakesEachOnce()
    {
        var code = PluginLoader.CodeOf(Packages["acme.a0"], Packages);

        code.Dependencies["acme.a1"].Dependencies["acme.b2"].ShouldBeSameAs(code.Dependencies["acme.b1"].Dependencies["acme.b2"]);
    }

    [Fact]
    public void Of_LayersOfPlugins_MakesEachOnce()
    {
        var code = Runnable.Of(Packages["acme.a0"], Packages);

        code.Dependencies["acme.a1"].Dependencies["acme.b2"].ShouldBeSameAs(code.Dependencies["acme.b1"].Dependencies["acme.b2"]);
    }

    [Fact]
    public void CodeOf_PluginsInACircle_AreRefused()
    {
        var (one, two) = (Needing("acme.one", "acme.two"), Needing("acme.two", "acme.one"));

        Should.Throw<PluginBrokenException>(() => PluginLoader.CodeOf(one, new Dictionary<string, PluginPackage>(StringComparer.Ordinal) { ["acme.one"] = one, ["acme.two"] = two }))
            .Message.ShouldContain("in a circle");
    }

    private static PluginPackage Made(string key, int layer) => layer == Layers - 1 ? Needing(key) : Needing(key, $"acme.a{layer + 1}", $"acme.b{layer + 1}");

    private static PluginPackage Needing(string key, params string[] needed) =>
        GivenPackage.Validator(id: key).With("dependencies", JsonSerializer.Serialize(needed.ToDictionary(n => n, _ => "^1.0", StringComparer.Ordinal))).Read();
}
