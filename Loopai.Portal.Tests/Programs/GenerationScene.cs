using Loopai.Core.Access;
using Loopai.Core.Errors;
using Loopai.Core.Programs;
using Loopai.Core.Programs.Generation;
using Loopai.Core.Tasks;
using Loopai.Portal.Tests.Data;
using Loopai.Portal.Tests.Tasks;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.Logging.Abstractions;

namespace Loopai.Portal.Tests.Programs;

/// <summary>An organization with a task, in a database of its own: a worker takes up every job there is.</summary>
public abstract class GenerationScene : IAsyncLifetime
{
    internal GenerationSignals Signals { get; } = new();

    internal LoopaiDatabase Database { get; private set; } = null!;

    protected GenerationService Generation { get; private set; } = null!;

    internal TestOrganization Organization { get; private set; } = null!;

    protected TaskDefinition Definition { get; private set; } = null!;

    public async Task InitializeAsync()
    {
        Database = await LoopaiDatabase.CreateAsync();
        Generation = new GenerationService(Database.Data, Signals, TimeProvider.System);
        Organization = await Database.AddOrganizationAsync();
        Definition = await Database.AddTaskAsync(Organization);
    }

    public async Task DisposeAsync()
    {
        await Database.DisposeAsync();
        Signals.Dispose();
    }

    private protected async Task<Guid> QueueAsync()
    {
        await Database.AddExamplesAsync(Organization, Definition.Id, 4);
        return (await Generation.StartAsync(Organization.Caller, Definition.Id, "auto", activate: false, CancellationToken.None)).Id;
    }

    private protected async Task<GenerationWorker> StartWorkerAsync()
    {
        var worker = new GenerationWorker(Database.Data, Signals, TimeProvider.System, NullLogger<GenerationWorker>.Instance);
        await worker.StartAsync(CancellationToken.None);
        await worker.StartedAsync(CancellationToken.None);
        return worker;
    }

    private protected async Task<List<GenerationSnapshot>> WatchAsync(Guid id, Guid? taskId = null)
    {
        using var patience = new CancellationTokenSource(TimeSpan.FromMinutes(1));
        return await Generation.WatchAsync(Organization.Caller, taskId ?? Definition.Id, id, patience.Token).ToListAsync(patience.Token);
    }
}
