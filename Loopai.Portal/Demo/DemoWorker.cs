using System.Runtime;
using Loopai.Core.Access;
using Loopai.Core.ApiKeys;
using Loopai.Core.Errors;

namespace Loopai.Portal.Demo;

/// <summary>Makes the demo organization once the portal listens. What is there already is left alone, so any interruption is taken up on the next start.</summary>
internal sealed class DemoWorker(
    DemoOwner owner, DemoFiles files, DemoFiller filler, DemoExperiment experiments, DemoCosts costs, DemoConsole console, DemoProgress progress, ApiKeyService keys, PortalAddress address,
    IHostApplicationLifetime lifetime, TimeProvider time, ILogger<DemoWorker> log) : BackgroundService
{
    private const string KeyName = "Demo import";

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        try
        {
            await Task.Delay(Timeout.Infinite, lifetime.ApplicationStarted).WaitAsync(stoppingToken).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
            stoppingToken.ThrowIfCancellationRequested();
            if (await owner.EnsureAsync(files, stoppingToken) is { } tenant)
            {
                console.Welcome(tenant, files.FirstRunPath);
                await MakeAsync(tenant, stoppingToken);
                await Task.Yield();
                GiveMemoryBack();
            }
        }
        catch (OperationCanceledException) when (stoppingToken.IsCancellationRequested)
        {
            console.Interrupted();
        }
        catch (Exception e)
        {
            progress.Fail(e.Message);
            log.Log(
                LogLevel.Error, e is LoopaiException or DemoException ? null : e, "The demo stopped: {Reason} What there is can be used; the next start goes on from here", e.Message);
        }
    }

    private async Task MakeAsync(DemoTenant tenant, CancellationToken ct)
    {
        var system = Caller.System(tenant.OrganizationId, tenant.EnvironmentId);
        await DemoOwner.RevokeAsync(keys, system, KeyName, ct);
        var key = await keys.CreateAsync(
            system,
            new CreateApiKey(KeyName, "production", [Permissions.ExecutionsRun, Permissions.ExecutionsImport], time.GetUtcNow().AddHours(1)),
            ct);
        using var following = console.Follow(progress);
        try
        {
            using var api = new DemoApi(address.ForItself(), key.Text);
            var steps = new DemoSteps(filler, experiments, costs, api, system, files, time);
            var complete = await RunAsync(steps, ct);
            if (complete)
            {
                steps.DeleteMails();
                files.Write(files.ReadState()! with { FinishedAt = time.GetUtcNow() });
            }
        }
        finally
        {
            await keys.RevokeAsync(system, key.Key.Id, CancellationToken.None);
        }

        progress.Finish();
    }

    /// <summary>Runs all steps; false when one was left out that another start may be able to do.</summary>
    private async Task<bool> RunAsync(DemoSteps demo, CancellationToken ct)
    {
        var steps = demo.All();
        progress.Begin(steps.Select(s => s.Name));
        var complete = true;
        for (var i = 0; i < steps.Count; i++)
        {
            var (step, index) = (steps[i], i);
            progress.Start(index);
            try
            {
                await step.RunAsync((done, total, note) => progress.Report(index, done, total, note), ct);
                progress.End(index, DemoStepStatus.Done);
            }
            catch (DemoStepSkippedException skipped)
            {
                complete &= skipped.IsForGood;
                progress.End(index, DemoStepStatus.Skipped, skipped.Message);
            }
        }

        return complete;
    }

    /// <summary>
    /// The mails and the learning took memory that an idle portal does not need; the collector would keep it for a while. Called when nothing here
    /// holds on to the mails any more.
    /// </summary>
    private static void GiveMemoryBack()
    {
        GCSettings.LargeObjectHeapCompactionMode = GCLargeObjectHeapCompactionMode.CompactOnce;
        GC.Collect(GC.MaxGeneration, GCCollectionMode.Aggressive, blocking: true, compacting: true);
    }
}
