using Loopai.Core.Rollouts;

namespace Loopai.Portal.Tests.Rollouts;

public sealed class RolloutShareTests
{
    [Fact]
    public void Choose_GrowingShare_KeepsEveryUnitThatHasTheVersion()
    {
        var environment = Guid.CreateVersion7();
        var shares = new[] { 1, 500, 2_500, 5_000, 10_000 }.Select(share => new RolloutShare(environment, 2, share, "seed")).ToList();
        var units = Enumerable.Range(0, 20_000).Select(i => $"user-{i}").ToList();

        foreach (var (before, after) in shares.Zip(shares.Skip(1)))
        {
            units.Where(u => before.Choose(environment, u) is not null).ShouldAllBe(u => after.Choose(environment, u) == 2);
        }

        units.Count(u => shares[1].Choose(environment, u) == 2).ShouldBeInRange(900, 1_100);
        units.ShouldAllBe(u => shares[4].Choose(environment, u) == 2);
        shares[4].Choose(Guid.CreateVersion7(), "user-1").ShouldBeNull();
    }
}
