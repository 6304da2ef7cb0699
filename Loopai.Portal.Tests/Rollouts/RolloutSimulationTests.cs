using System.Globalization;
using Loopai.Core.Rollouts;
using Xunit.Abstractions;

namespace Loopai.Portal.Tests.Rollouts;

/// <summary>A good version and every kind of bad one, shipped a thousand times each. docs/rollouts.md has the figures.</summary>
public sealed class RolloutSimulationTests(ITestOutputHelper output)
{
    private const int Times = 1000;
    private static readonly SimulatedVersion Old = new();

    [Fact]
    public void Ship_GoodVersion_IsHardlyEverRolledBack()
    {
        var ends = Ship("as good as the old one", Old);

        Share(ends, RolloutStep.RollBack).ShouldBeLessThanOrEqualTo(0.01);
        Share(ends, RolloutStep.Complete).ShouldBeGreaterThan(0.98);
    }

    [Fact]
    public void Ship_GoodVersionWithoutAnyTolerance_IsRolledBackNoOftenerThanAlpha()
    {
        // Equal versions and no slack: the edge at which a test is wrong most often, looked at over and over.
        var strict = new RolloutPlan { Guardrails = [.. RolloutPlan.DefaultGuardrails.Select(g => g with { Tolerance = 0 })] };

        Share(Ship("as good, nothing tolerated", Old, strict), RolloutStep.RollBack).ShouldBeLessThanOrEqualTo(strict.Alpha);
    }

    [Theory]
    [InlineData("6 % errors", 0.06, 0.002, 0.005, 0.03, 0.06)]
    [InlineData("5 % timeouts", 0.02, 0.05, 0.005, 0.03, 0.06)]
    [InlineData("5 % invalid outputs", 0.02, 0.002, 0.05, 0.03, 0.06)]
    [InlineData("12 % slow", 0.02, 0.002, 0.005, 0.12, 0.06)]
    [InlineData("20 % wrong", 0.02, 0.002, 0.005, 0.03, 0.20)]
    public void Ship_BadVersion_IsRolledBack(string name, double errors, double timeouts, double invalid, double slow, double wrong)
    {
        var ends = Ship(name, new SimulatedVersion(errors, timeouts, invalid, slow, wrong));

        Share(ends, RolloutStep.RollBack).ShouldBeGreaterThan(0.95);
        Share(ends, RolloutStep.Complete).ShouldBe(0);
    }

    [Theory]
    [InlineData("60 % errors", 0.6, 0.002, 0.005)]
    [InlineData("60 % timeouts", 0.02, 0.6, 0.005)]
    [InlineData("60 % invalid outputs", 0.02, 0.002, 0.6)]
    public void Ship_BrokenVersion_IsRolledBackWithinMinutes(string name, double errors, double timeouts, double invalid)
    {
        var ends = Ship(name, new SimulatedVersion(errors, timeouts, invalid));

        Share(ends, RolloutStep.RollBack).ShouldBe(1);
        ends.Max(e => e.Minutes).ShouldBeLessThanOrEqualTo(10);
    }

    private IReadOnlyList<SimulatedEnd> Ship(string name, SimulatedVersion candidate, RolloutPlan? plan = null)
    {
        var ends = RolloutSimulation.Ship(Old, candidate, Times, plan);
        var back = ends.Where(e => e.Step == RolloutStep.RollBack).OrderBy(e => e.Minutes).ToList();
        output.WriteLine(string.Create(CultureInfo.InvariantCulture,
            $"| {name} | {Share(ends, RolloutStep.RollBack):P1} | {Share(ends, RolloutStep.Complete):P1} | {At(back, 0.5)} | {At(back, 0.95)} | {(back.Count == 0 ? "" : $"{back.Average(e => e.Exposed):0}")} |"));
        return ends;
    }

    private static string At(List<SimulatedEnd> ends, double share) => ends.Count == 0 ? "" : $"{ends[(int)(share * (ends.Count - 1))].Minutes}";

    private static double Share(IReadOnlyList<SimulatedEnd> ends, RolloutStep step) => ends.Count(e => e.Step == step) / (double)ends.Count;
}
