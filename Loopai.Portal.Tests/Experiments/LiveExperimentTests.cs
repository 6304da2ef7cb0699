using System.Text.Json;
using Loopai.Core.Experiments;
using Loopai.Core.Experiments.Live;

namespace Loopai.Portal.Tests.Experiments;

public sealed class LiveExperimentTests
{
    private static readonly string[] Units = [.. Enumerable.Range(0, 20_000).Select(i => $"user-{i}")];

    [Fact]
    public void Assign_ManyUnits_FollowsTheWeights()
    {
        var live = Of(weights: [0.5, 0.3, 0.2]);
        var shares = Units.GroupBy(u => live.Assign(u, true, default).Variant).ToDictionary(g => g.Key, g => g.Count() / (double)Units.Length);
        shares[0].ShouldBe(0.5, 0.015);
        shares[1].ShouldBe(0.3, 0.015);
        shares[2].ShouldBe(0.2, 0.015);
    }

    [Fact]
    public void Assign_MoreCoverage_AddsUnitsAndMovesNone()
    {
        var (few, many) = (Of(coverage: 0.2), Of(coverage: 0.9));
        foreach (var unit in Units)
        {
            var before = few.Assign(unit, true, default).Variant;
            (before < 0 || before == many.Assign(unit, true, default).Variant).ShouldBeTrue(unit);
        }
    }

    [Fact]
    public void Assign_OneTenThousandth_IsPossible() =>
        Units.Count(u => Of(coverage: 0.0002).Assign(u, true, default).Variant >= 0).ShouldBeInRange(1, 12);

    [Fact]
    public void Assign_NamespacesApart_ShareNoUnit()
    {
        var (left, right) = (Of(space: new("n", 0, 0.5)), Of(seed: "other", space: new("n", 0.5, 1)));
        Units.ShouldAllBe(u => left.Assign(u, true, default).Variant < 0 != right.Assign(u, true, default).Variant < 0);
    }

    [Fact]
    public void Assign_EachReason_IsSaid()
    {
        var german = """{"country":"de"}""";
        Of(targeting: german).Assign("u", true, JsonElement.Parse("""{"country":"fr"}""")).Reason.ShouldBe(AssignmentReason.NotTargeted);
        Of(targeting: german).Assign("u", true, JsonElement.Parse(german)).Reason.ShouldBe(AssignmentReason.Assigned);
        Of(requiresUnit: true).Assign("u", false, default).Reason.ShouldBe(AssignmentReason.NoUnit);
        Of(forced: [new("tester", "v1")]).Assign("tester", true, default).ShouldBe(new Assigned(AssignmentReason.Forced, 1));
        Units.Count(u => Of(holdout: 0.5).Assign(u, true, default).Reason == AssignmentReason.HeldOut).ShouldBeInRange(9_500, 10_500);
    }

    [Fact]
    public void Assign_HoldoutOfTheSameName_TakesFromEveryVariantAlike()
    {
        var live = Of(seed: "held", holdout: 0.2);
        var counts = Units.Select(u => live.Assign(u, true, default).Variant).CountBy(v => v).ToDictionary();
        counts[-1].ShouldBeInRange(3_700, 4_300);
        ((double)counts[0] / (counts[0] + counts[1])).ShouldBe(0.5, 0.015);
    }

    [Fact]
    public void Assign_Allocates_Nothing()
    {
        var live = Of(targeting: """{"country":{"$in":["de","at"]}}""", space: new("n", 0, 1), holdout: 0.1, forced: [new("tester", "v1")]);
        var attributes = JsonElement.Parse("""{"country":"at"}""");
        live.Assign(Units[0], true, attributes);
        var before = GC.GetAllocatedBytesForCurrentThread();
        foreach (var unit in Units)
        {
            live.Assign(unit, true, attributes);
        }

        (GC.GetAllocatedBytesForCurrentThread() - before).ShouldBeLessThan(Units.Length);
    }

    private static LiveExperiment Of(
        double[]? weights = null, double coverage = 1, string seed = "seed", NamespaceShare? space = null, string? targeting = null, bool requiresUnit = false,
        IReadOnlyList<ForcedVariant>? forced = null, double? holdout = null) => LiveExperiment.Of(
        new Experiment
        {
            Id = Guid.CreateVersion7(), OrganizationId = Guid.Empty, EnvironmentId = Guid.Empty, TaskId = Guid.Empty, Key = "k", Name = "k", Seed = seed, CreatedBy = "test",
            CreatedAt = DateTimeOffset.UtcNow, Coverage = coverage, Namespace = space, Targeting = targeting, RequiresUnit = requiresUnit, Forced = forced ?? [],
            Variants = [.. (weights ?? [0.5, 0.5]).Select((w, i) => new Variant($"v{i}", $"V{i}", i + 1, w))],
        },
        holdout is { } share
            ? new Holdout { Id = Guid.NewGuid(), OrganizationId = Guid.Empty, Key = "held", Share = share, CreatedAt = DateTimeOffset.UtcNow, CreatedBy = "test" } : null);
}
