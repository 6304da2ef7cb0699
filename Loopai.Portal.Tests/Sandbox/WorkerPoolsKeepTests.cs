using Loopai.Core.Programs;
using Loopai.Infrastructure.Sandbox;

namespace Loopai.Portal.Tests.Sandbox;

/// <summary>Keeping a worker ready puts out none that is in use, and nobody's turn.</summary>
public sealed class WorkerPoolsKeepTests
{
    [Fact]
    public async Task Keep_AllWorkersAreInUse_TakesNoRoomAndNoPlaceInTheQueue()
    {
        var pools = new WorkerPools(new SandboxOptions { MaxWorkers = 1 });
        var (busy, other) = (Program(), Program());
        var taken = await pools.TakeAsync(busy, default);

        pools.Keep(busy).ShouldBe((true, null), "one that is being started is one");
        pools.Keep(other).ShouldBe((false, null));

        pools.Return(taken!.Value.Pool, null);
        var (isKept, room) = pools.Keep(other);
        (isKept, room?.Pool.Program).ShouldBe((false, other));
        pools.Keep(busy).ShouldBe((false, null));
    }

    private static ProgramSource Program() => new(Guid.NewGuid(), ProgramLanguage.Python, "");
}
