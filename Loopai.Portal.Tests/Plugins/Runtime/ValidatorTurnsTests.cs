using Loopai.Core.Plugins.Runtime;

namespace Loopai.Portal.Tests.Plugins.Runtime;

public sealed class ValidatorTurnsTests
{
    private static readonly Guid Acme = Guid.NewGuid(), Globex = Guid.NewGuid(), Slow = Guid.NewGuid(), Other = Guid.NewGuid(), Third = Guid.NewGuid();

    private readonly ValidatorTurns<string> _turns = new(new ValidatorLimits(6) { Waiting = 12, WaitingEach = 8, WaitingPlugin = 5 });

    [Fact]
    public void TryTake_OnePluginNeverEnds_ItsOrganizationsOthersAndOtherOrganizationsHavePlaces()
    {
        Add(Acme, Slow, 5);
        Taken().ShouldBe(["0", "1"], "one plugin leaves its organization a place");
        Add(Acme, Other, 3);
        Taken().ShouldBe(["0"], "one organization leaves the others places");
        Add(Globex, Third, 4);
        Taken().ShouldBe(["0", "1"]);
    }

    [Fact]
    public void TryTake_ManyWait_TakesTurnsByOrganizationAndWithinByPlugin()
    {
        foreach (var (organization, plugin, job) in new[] { (Acme, Slow, "a1"), (Acme, Slow, "a2"), (Acme, Other, "b1"), (Globex, Third, "g1"), (Globex, Third, "g2") })
        {
            _turns.TryAdd(organization, plugin, job).ShouldBeTrue();
        }

        Taken().ShouldBe(["a1", "g1", "b1", "g2", "a2"]);
        _turns.Waiting.ShouldBe(0);
    }

    [Fact]
    public void End_OfACall_MakesRoomForTheNext()
    {
        Add(Acme, Slow, 5);
        _turns.TryTake(out var first).ShouldBeTrue();
        _turns.TryTake(out var second).ShouldBeTrue();
        _turns.TryTake(out _).ShouldBeFalse();
        _turns.End(first);
        _turns.TryTake(out var third).ShouldBeTrue();
        third.Job.ShouldBe("2");
        _turns.End(second);
        _turns.End(third);
        Taken().ShouldBe(["3", "4"]);
    }

    [Fact]
    public void TryAdd_TooManyWait_IsRefusedByPluginThenOrganizationThenAll()
    {
        Add(Acme, Slow, 5);
        _turns.TryAdd(Acme, Slow, "x").ShouldBeFalse();
        Add(Acme, Other, 3);
        _turns.TryAdd(Acme, Other, "x").ShouldBeFalse();
        Add(Globex, Third, 4);
        _turns.TryAdd(Globex, Other, "x").ShouldBeFalse();
        _turns.Waiting.ShouldBe(12);
    }

    private void Add(Guid organization, Guid plugin, int count)
    {
        for (var i = 0; i < count; i++)
        {
            _turns.TryAdd(organization, plugin, $"{i}").ShouldBeTrue();
        }
    }

    private List<string> Taken()
    {
        var jobs = new List<string>();
        while (_turns.TryTake(out var turn))
        {
            jobs.Add(turn.Job);
        }

        return jobs;
    }
}
