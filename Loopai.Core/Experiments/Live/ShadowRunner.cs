using System.Text;
using System.Text.Json;
using System.Threading.Channels;
using Loopai.Core.Configuration;
using Loopai.Core.Costs.Prices;
using Loopai.Core.Errors;
using Loopai.Core.Executions;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;

namespace Loopai.Core.Experiments.Live;

/// <summary>
/// Runs shadow variants on what the control has answered, off the caller's path. It is bounded: when shadows cannot keep up, some inputs go without,
/// and callers never wait for them.
/// </summary>
public sealed class ShadowRunner(
    ExecutionCatalog catalog, ExecutionWriter writer, PriceBooks prices, Programs.IProgramSandbox sandbox, IOptions<ExecutionSettings> settings, ILogger<ShadowRunner> log)
    : BackgroundService
{
    private const int MaxWaiting = 1000;
    private const int Workers = 2;

    private readonly Channel<Job> _queue = Channel.CreateBounded<Job>(new BoundedChannelOptions(MaxWaiting) { FullMode = BoundedChannelFullMode.Wait });
    private long _dropped;

    /// <summary>Inputs that went without their shadow because too many waited.</summary>
    public long Dropped => Interlocked.Read(ref _dropped);

    /// <summary>Takes note of what is to run; never waits.</summary>
    internal void Offer(Execution control, CatalogTask task, LiveExperiment experiment)
    {
        foreach (var shadow in experiment.Shadows)
        {
            if (!_queue.Writer.TryWrite(new Job(control, task, shadow)))
            {
                Interlocked.Increment(ref _dropped);
            }
        }
    }

    protected override Task ExecuteAsync(CancellationToken stoppingToken) =>
        Task.WhenAll(Enumerable.Range(0, Workers).Select(_ => RunAllAsync(stoppingToken)));

    private async Task RunAllAsync(CancellationToken ct)
    {
        await foreach (var job in _queue.Reader.ReadAllAsync(ct))
        {
            try
            {
                await RunAsync(job, ct);
            }
            catch (UnavailableException)
            {
                // The database does not take writes now; a shadow is not worth waiting for.
                Interlocked.Increment(ref _dropped);
            }
            catch (Exception e) when (!ct.IsCancellationRequested)
            {
                log.LogWarning(e, "The shadow {Variant} of experiment {Experiment} could not run", job.Shadow.Variant.Key, job.Shadow.Experiment.Id);
            }
        }
    }

    private async Task RunAsync(Job job, CancellationToken ct)
    {
        var (control, task, shadow) = job;
        if (await catalog.FindProgramAsync(task, shadow.Variant.Version) is not { } program)
        {
            return;
        }

        using var input = JsonDocument.Parse(control.Input);
        var run = await ProgramRun.OfAsync(sandbox, task, program, input.RootElement, settings.Value.DefaultTimeoutMs, ct);
        if (run.Unavailable is not null)
        {
            Interlocked.Increment(ref _dropped);
            return;
        }

        var (cost, priceId) = (await prices.OfAsync(control.OrganizationId, ct)).OfRun(program.Language, run.LatencyUs, control.ExecutedAt);
        await writer.WriteAsync(
            new Execution
            {
                Id = Guid.CreateVersion7(control.ExecutedAt),
                OrganizationId = control.OrganizationId,
                EnvironmentId = control.EnvironmentId,
                TaskId = control.TaskId,
                Version = program.Version,
                Status = run.Status,
                Input = control.Input,
                Output = run.Output.IsEmpty ? null : Encoding.UTF8.GetString(run.Output.Span),
                Error = run.Error,
                Confidence = run.Confidence,
                LatencyUs = run.LatencyUs,
                Cost = cost,
                PriceId = priceId,
                Unit = control.Unit,
                ExperimentId = shadow.Experiment.Id,
                Variant = shadow.Index,
                ShadowOf = control.Id,
                Source = ExecutionSource.Shadow,
                ApiKeyId = control.ApiKeyId,
                TraceId = control.TraceId,
                ExecutedAt = control.ExecutedAt,
            },
            null);
    }

    private readonly record struct Job(Execution Control, CatalogTask Task, LiveVariant Shadow);
}
