using Loopai.Core.Access;
using Loopai.Core.Costs.Budgets;
using Loopai.Core.Costs.Ledger;
using Loopai.Core.Data;
using Loopai.Portal.Tests.Data;
using Loopai.Portal.Tests.Rollouts;
using Microsoft.EntityFrameworkCore;

namespace Loopai.Portal.Tests.Costs;

public sealed class BudgetGateTests(LoopaiDatabaseFixture fixture) : IClassFixture<LoopaiDatabaseFixture>
{
    private static readonly Guid Task = Guid.CreateVersion7();

    [Fact]
    public async Task TakeAsync_FiftyCallersOnTwoInstances_NeverOverspendByACent()
    {
        var acme = await fixture.Database.AddOrganizationAsync("spenders");
        await AddAsync(acme, ScopeKind.Organization, acme.Id, 10.00m);
        BudgetGate[] gates = [new(fixture.Data, TimeProvider.System), new(fixture.Data, TimeProvider.System)];
        var (spent, refused) = (0m, 0);
        var sum = new Lock();

        await System.Threading.Tasks.Task.WhenAll(Enumerable.Range(0, 50).Select(caller => System.Threading.Tasks.Task.Run(async () =>
        {
            var random = new Random(caller);
            for (var i = 0; i < 12; i++)
            {
                var answer = await gates[caller % 2].TakeAsync(acme.Caller, Task, null, 0.25m, default);
                if (answer.Refusal is not null)
                {
                    Interlocked.Increment(ref refused);
                    continue;
                }

                await System.Threading.Tasks.Task.Yield();
                var cost = random.Next(1, 26) / 100m;
                answer.Hold.Settle(cost);
                lock (sum)
                {
                    spent += cost;
                }
            }
        })));

        refused.ShouldBeGreaterThan(0);
        spent.ShouldBeLessThanOrEqualTo(10.00m);

        // What nobody wants any more is free for who comes next, to the last quarter.
        foreach (var gate in gates)
        {
            await gate.SyncAsync(leave: true, default);
        }

        while ((await gates[0].TakeAsync(acme.Caller, Task, null, 0.25m, default)) is { Refusal: null } one)
        {
            one.Hold.Settle(0.25m);
            spent += 0.25m;
        }

        spent.ShouldBeInRange(9.76m, 10.00m);

        // Everything that is held goes back, and the meter says to the cent what was spent.
        await gates[0].SyncAsync(leave: true, default);
        await gates[1].SyncAsync(leave: true, default);
        var meter = await MeterAsync(acme);
        (meter.Settled, meter.Held).ShouldBe((spent, 0m));
    }

    [Fact]
    public async Task TakeAsync_NestedBudgets_TheFirstInTheOrderThatHasNoRoomIsNamed()
    {
        var acme = await fixture.Database.AddOrganizationAsync("nested");
        await AddAsync(acme, ScopeKind.Organization, acme.Id, 1m);
        await AddAsync(acme, ScopeKind.Environment, acme.EnvironmentId, 0.5m);
        var gate = new BudgetGate(fixture.Data, TimeProvider.System);

        (await gate.TakeAsync(acme.Caller, Task, null, 0.4m, default)).Hold.Settle(0.4m);
        var answer = await gate.TakeAsync(acme.Caller, Task, null, 0.2m, default);
        answer.Refusal!.Message.ShouldStartWith("Denied by environment Production, monthly: 0.40 + 0.20 > 0.50 USD.");
        answer.Refusal.RetryAfter!.Value.ShouldBeInRange(TimeSpan.Zero, TimeSpan.FromDays(31));

        // What the organization's budget would have given is not lost.
        await gate.SyncAsync(leave: true, default);
        (await MetersAsync(acme)).ShouldAllBe(m => m.Settled == 0.4m && m.Held == 0);
        (await gate.TakeAsync(acme.Caller, Task, null, null, default)).Refusal.ShouldBeNull("what has no price cannot be held against anything");
    }

    [Fact]
    public async Task TakeAsync_Throttled_LetsAFewThroughBeyondTheBudgetAndCountsThem()
    {
        var acme = await fixture.Database.AddOrganizationAsync("throttled");
        await AddAsync(acme, ScopeKind.Organization, acme.Id, 1m, BudgetAction.Throttle, perMinute: 1);
        var gate = new BudgetGate(fixture.Data, TimeProvider.System);
        (await gate.TakeAsync(acme.Caller, Task, null, 1m, default)).Hold.Settle(1m);

        var trickled = await gate.TakeAsync(acme.Caller, Task, null, 0.3m, default);
        trickled.Refusal.ShouldBeNull();
        trickled.Hold.Settle(0.3m);
        (await gate.TakeAsync(acme.Caller, Task, null, 0.3m, default)).Refusal.ShouldNotBeNull();
        await gate.SyncAsync(leave: true, default);
        (await MeterAsync(acme)).Settled.ShouldBe(1.3m);
    }

    [Fact]
    public async Task TakeAsync_AnInstanceDied_ItsReserveIsFreeAgain()
    {
        var acme = await fixture.Database.AddOrganizationAsync("died");
        await AddAsync(acme, ScopeKind.Organization, acme.Id, 1m);
        (await new BudgetGate(fixture.Data, TimeProvider.System).TakeAsync(acme.Caller, Task, null, 0.9m, default)).Refusal.ShouldBeNull();

        (await new BudgetGate(fixture.Data, TimeProvider.System).TakeAsync(acme.Caller, Task, null, 0.9m, default)).Refusal.ShouldNotBeNull("the other may be alive");
        var later = new BudgetGate(fixture.Data, new LateClock(TimeSpan.FromSeconds(31)));
        (await later.TakeAsync(acme.Caller, Task, null, 0.9m, default)).Refusal.ShouldBeNull();
    }

    [Fact]
    public async Task TakeAsync_TimeZoneChanged_DaysBeginAtItsMidnightAtOnce()
    {
        var acme = await fixture.Database.AddOrganizationAsync("travelled");
        await AddAsync(acme, ScopeKind.Organization, acme.Id, 1m, period: BudgetPeriod.Day);
        var gate = new BudgetGate(fixture.Data, new MovableClock());
        (await gate.TakeAsync(acme.Caller, Task, null, 0.9m, default)).Hold.Settle(0.9m);
        (await gate.TakeAsync(acme.Caller, Task, null, 0.9m, default)).Refusal.ShouldNotBeNull();

        // Nine in the morning of UTC is the evening before, of which nothing is spent.
        await using (var db = await fixture.Data.OpenAsync(acme.Caller, default))
        {
            await db.Organizations.ExecuteUpdateAsync(set => set.SetProperty(o => o.TimeZone, "Etc/GMT+12"));
        }

        gate.Forget(new Change("organizations", acme.Id));
        (await gate.TakeAsync(acme.Caller, Task, null, 0.9m, default)).Refusal.ShouldBeNull();
    }

    private async Task AddAsync(
        TestOrganization organization, ScopeKind scope, Guid id, decimal amount, BudgetAction action = BudgetAction.Stop, int? perMinute = null, BudgetPeriod period = BudgetPeriod.Month)
    {
        await using var db = await fixture.Data.OpenAsync(organization.Caller, default);
        db.Budgets.Add(new Budget
        {
            Id = Guid.CreateVersion7(), OrganizationId = organization.Id, Name = "all", Scope = scope, ScopeId = id, Period = period, Amount = amount, Action = action,
            ThrottlePerMinute = perMinute, CreatedBy = "test", CreatedAt = DateTimeOffset.UtcNow,
        });
        await db.SaveChangesAsync();
    }

    private async Task<BudgetMeter> MeterAsync(TestOrganization organization) => (await MetersAsync(organization)).Single();

    private async Task<List<BudgetMeter>> MetersAsync(TestOrganization organization)
    {
        await using var db = await fixture.Data.OpenAsync(Caller.System(organization.Id), default);
        return await db.BudgetMeters.AsNoTracking().ToListAsync();
    }

    private sealed class LateClock(TimeSpan by) : TimeProvider
    {
        public override DateTimeOffset GetUtcNow() => base.GetUtcNow() + by;
    }
}
