using System.Collections.Frozen;
using Loopai.Core.Access;
using Loopai.Core.Data;
using Loopai.Core.Executions;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;

namespace Loopai.Core.Webhooks;

/// <summary>
/// Which organizations want to be told of executions that fail. The group commit asks it for each of them, so it is kept in memory, and read again when a
/// notification says that a subscription changed.
/// </summary>
public sealed class WebhookInterest(LoopaiData data, TimeProvider time, ILogger<WebhookInterest> log) : BackgroundService
{
    private const string Table = "webhook_subscriptions";
    private static readonly TimeSpan AgainAfter = TimeSpan.FromSeconds(2);

    private readonly SemaphoreSlim _stale = new(0, 1);

    /// <summary>Null until it was read: then everybody counts as interested, for an event too many is dropped by the dispatch, and one too few is lost.</summary>
    private volatile FrozenSet<Guid>? _organizations;

    /// <summary>The event of an execution, where it failed and somebody wants to know; null for nearly all.</summary>
    public WebhookEvent? EventOf(Execution execution) =>
        execution.Status == ExecutionStatus.Success || execution.ShadowOf is not null || _organizations?.Contains(execution.OrganizationId) == false
            ? null
            : WebhookPublishing.Make(
                execution.OrganizationId, WebhookTypes.ExecutionFailed,
                new
                {
                    executionId = execution.Id, execution.TaskId, execution.Version, execution.Status, error = Cut(execution.Error), latencyMs = execution.LatencyUs / 1000.0, execution.Source,
                    execution.TraceId,
                },
                execution.EnvironmentId, execution.TaskId);

    /// <summary>An organization has chosen types just now; other portals are notified.</summary>
    public void Note(WebhookSubscription subscription)
    {
        if (subscription.IsEnabled && WebhookTypes.AnyMatches(subscription.EventTypes, WebhookTypes.ExecutionFailed) && _organizations is { } known && !known.Contains(subscription.OrganizationId))
        {
            _organizations = known.Append(subscription.OrganizationId).ToFrozenSet();
        }
    }

    /// <summary>Takes note of a change.</summary>
    public void Forget(Change change)
    {
        if (change.IsEverything || change.Table == Table)
        {
            try
            {
                _stale.Release();
            }
            catch (SemaphoreFullException)
            {
                // It is to be read again already.
            }
        }
    }

    /// <summary>Reads it again.</summary>
    public async Task LoadAsync(CancellationToken ct)
    {
        await using var db = await data.OpenAsync(Caller.Installation, ct);
        var subscriptions = await db.WebhookSubscriptions.AsNoTracking().Where(s => s.IsEnabled && s.DeletedAt == null).Select(s => new { s.OrganizationId, s.EventTypes }).ToListAsync(ct);
        _organizations = subscriptions.Where(s => WebhookTypes.AnyMatches(s.EventTypes, WebhookTypes.ExecutionFailed)).Select(s => s.OrganizationId).ToFrozenSet();
    }

    public override void Dispose()
    {
        _stale.Dispose();
        base.Dispose();
    }

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        try
        {
            while (true)
            {
                await _stale.WaitAsync(stoppingToken);
                try
                {
                    await LoadAsync(stoppingToken);
                }
                catch (Exception e) when (!stoppingToken.IsCancellationRequested)
                {
                    log.LogWarning(e, "Who wants to be told of failed executions cannot be read now; trying again");
                    Forget(Change.Everything);
                    await Task.Delay(AgainAfter, time, stoppingToken);
                }
            }
        }
        catch (OperationCanceledException)
        {
            // The portal stops.
        }
    }

    private static string? Cut(string? error) => error is { Length: > WebhookDelivery.MaxErrorLength } ? error[..WebhookDelivery.MaxErrorLength] : error;
}
