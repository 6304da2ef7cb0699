using Loopai.Core.Access;
using Loopai.Core.Data;
using Loopai.Core.Errors;
using Loopai.Core.Executions;
using Loopai.Core.Identity;
using Loopai.Core.Programs;
using Loopai.Core.Rollouts;
using Loopai.Core.Tasks;
using Loopai.Portal.Tests.Data;
using Loopai.Portal.Tests.Tasks;
using Microsoft.EntityFrameworkCore;

namespace Loopai.Portal.Tests.Rollouts;

/// <summary>A task with three versions, the first of which answers, and a clock that can be moved.</summary>
public abstract class RolloutScene(LoopaiDatabaseFixture fixture) : IClassFixture<LoopaiDatabaseFixture>, IAsyncLifetime
{
    private protected MovableClock Clock { get; } = new();

    protected LoopaiDatabaseFixture Fixture => fixture;

    protected RolloutService Rollouts { get; private set; } = null!;

    protected TestOrganization Organization { get; private set; } = null!;

    protected TaskDefinition Definition { get; private set; } = null!;

    public async Task InitializeAsync()
    {
        Rollouts = new RolloutService(fixture.Data, Clock);
        Organization = await fixture.Database.AddOrganizationAsync();
        Definition = await fixture.Database.AddTaskAsync(Organization);
        foreach (var version in new[] { 1, 2, 3 })
        {
            await AddVersionAsync(version);
        }

        await new ProgramService(fixture.Data, null!, Clock).ActivateAsync(Organization.Caller, Definition.Id, 1, false, CancellationToken.None);
    }

    public Task DisposeAsync() => Task.CompletedTask;

    protected Task<Rollout> StartAsync(int version) => Rollouts.StartAsync(Organization.Caller, Definition.Id, version, null, false, CancellationToken.None);

    protected Task<Rollout> PauseAsync(Rollout rollout) => Then().PauseAsync(Organization.Caller, Definition.Id, rollout.Id, null, CancellationToken.None);

    protected Task<Rollout> ResumeAsync(Rollout rollout) => Then().ResumeAsync(Organization.Caller, Definition.Id, rollout.Id, null, CancellationToken.None);

    protected Task<Rollout> SkipAsync(Rollout rollout) => Then().SkipAsync(Organization.Caller, Definition.Id, rollout.Id, null, CancellationToken.None);

    /// <summary>A moment later: steps of one millisecond have no order.</summary>
    protected RolloutService Then()
    {
        Clock.Ahead += TimeSpan.FromSeconds(1);
        return Rollouts;
    }

    protected Task<Rollout> GetAsync(Rollout rollout) => Rollouts.GetAsync(Organization.Caller, Definition.Id, rollout.Id, CancellationToken.None);

    protected Task<IReadOnlyList<RolloutEvent>> EventsAsync(Rollout rollout) => Rollouts.HistoryAsync(Organization.Caller, Definition.Id, rollout.Id, CancellationToken.None);

    protected async Task<IEnumerable<string>> ActionsAsync(Rollout rollout) => (await EventsAsync(rollout)).Select(e => e.Action);

    protected Task<TaskDefinition> TaskAsync() => new TaskService(fixture.Data, Clock).GetAsync(Organization.Caller, Definition.Id, CancellationToken.None);

    protected Task<int> LookAsync() => GivenRollout.Keeper(fixture.Data, Clock).LookAsync(CancellationToken.None);

    protected async Task<User> AddPersonAsync()
    {
        var name = $"ada-{Guid.NewGuid():n}@example.com";
        var user = new User { Id = Guid.CreateVersion7(), UserName = name, Email = name, DisplayName = "Ada", CreatedAt = DateTimeOffset.UtcNow };
        await using var db = await fixture.Data.OpenAsync(Caller.Installation, CancellationToken.None);
        db.Users.Add(user);
        await db.SaveChangesAsync();
        return user;
    }

    protected async Task AddVersionAsync(int version)
    {
        await using var db = await fixture.Data.OpenAsync(Organization.Caller, CancellationToken.None);
        await db.Tasks.Where(t => t.Id == Definition.Id).ExecuteUpdateAsync(set => set.SetProperty(t => t.LastVersion, version));
        db.Programs.Add(new ProgramVersion
        {
            Id = Guid.CreateVersion7(), OrganizationId = Organization.Id, TaskId = Definition.Id, Version = version, Language = ProgramLanguage.Model, Strategy = "rule", Artifact = [1],
            Status = ProgramStatus.Validated, CreatedBy = "test", CreatedAt = DateTimeOffset.UtcNow,
        });
        await db.SaveChangesAsync();
    }

    /// <summary>Executions of the moment before the next look, of one unit each, of which so many ended in a status and took a time.</summary>
    protected Task ExecuteAsync(int version, int units, int errors, ExecutionStatus status = ExecutionStatus.Error, long latencyUs = 1_000) =>
        fixture.Database.AddExecutionsAsync(Organization, Definition.Id, version, units, errors, status, latencyUs, Clock.GetUtcNow());
}
