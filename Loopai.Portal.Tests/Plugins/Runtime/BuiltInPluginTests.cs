using System.Text.Json.Nodes;
using Loopai.Core.Plugins.BuiltIn;
using Loopai.Core.Plugins.Packages;
using Loopai.Core.Plugins.Publishing.Testing;
using Loopai.Core.Plugins.Runtime;
using Loopai.Portal.Tests.Sandbox;

namespace Loopai.Portal.Tests.Plugins.Runtime;

/// <summary>The plugins that come with Loopai, through the same tests that everybody's packages go through.</summary>
public sealed class BuiltInPluginTests(PluginSandboxFixture plugins) : IClassFixture<PluginSandboxFixture>
{
    public static TheoryData<string> Keys => [.. Packages.Keys];

    private static Dictionary<string, PluginPackage> Packages { get; } = BuiltInPlugins.Packages.Select(bytes =>
    {
        var (package, findings) = PluginPackageReader.Read(bytes);
        findings.Select(f => f.Message).ShouldBeEmpty();
        return package!;
    }).ToDictionary(p => p.Manifest.Id.Key);

    [Fact]
    public void Packages_AreSixOfLoopais() => Packages.Keys.Order().ShouldBe(
        ["loopai.chat-webhooks", "loopai.numeric-range", "loopai.pii", "loopai.regex-dictionary", "loopai.schema-rules", "loopai.stratified-reservoir"]);

    [SandboxTheory]
    [MemberData(nameof(Keys))]
    public async Task Package_PassesItsOwnTestsAndTheConformanceSet(string key)
    {
        var outcome = await new PackageTests(plugins.Sandbox).RunAsync(Packages[key], new Dictionary<string, PluginPackage>(), CancellationToken.None);
        outcome.Findings.Select(f => f.Message).ShouldBeEmpty(outcome.Log);
    }

    [SandboxFact]
    public async Task StratifiedReservoir_WeightedByItsProbabilities_EstimatesEverySizeWithoutBias()
    {
        // 1,500 common and 60 rare executions: Horvitz and Thompson's estimate of either count is right on average, and lies within four of its standard deviations.
        var code = PluginLoader.CodeOf(Packages["loopai.stratified-reservoir"], new Dictionary<string, PluginPackage>());
        var state = new JsonObject();
        var (estimate, variance, count) = (new Dictionary<string, double>(), new Dictionary<string, double>(), new Dictionary<string, int>());
        for (var i = 0; i < 1_560; i++)
        {
            var label = i % 26 == 0 ? "rare" : "common";
            var arguments = new JsonObject
            {
                ["execution"] = new JsonObject { ["at"] = "2026-03-01T08:00:00Z", ["output"] = new JsonObject { ["label"] = label } },
                ["state"] = state.DeepClone(),
                ["config"] = new JsonObject { ["field"] = "output.label", ["perHour"] = 50 },
            };
            var answer = await plugins.Sandbox.CallAsync(code, new PluginCall("sample", arguments, new PluginSandboxFixture.Canned()), CancellationToken.None);
            var (said, error) = HookAnswers.Sample(answer);
            error.ShouldBeNull();
            state = said!.State!;
            count[label] = count.GetValueOrDefault(label) + 1;
            estimate[label] = estimate.GetValueOrDefault(label) + (said.Sample ? 1 / said.Probability : 0);
            variance[label] = variance.GetValueOrDefault(label) + (1 - said.Probability) / said.Probability;
            said.Probability.ShouldBe(Math.Min(1, 50.0 / count[label]), 1e-9);
        }

        foreach (var label in count.Keys)
        {
            Math.Abs(estimate[label] - count[label]).ShouldBeLessThan(4 * Math.Sqrt(variance[label]) + 1e-9, label);
        }
    }
}
