using Loopai.Core.Workers;
using Microsoft.Extensions.Logging;

namespace Loopai.Core.Webhooks.Delivery;

/// <summary>Twice a second: makes deliveries of what happened. Apart from <see cref="WebhookWorker"/>, so that neither waits for the other. Every portal has one.</summary>
public sealed class WebhookDispatchWorker(WebhookDispatch dispatch, TimeProvider time, ILogger<WebhookDispatchWorker> log)
    : PeriodicWorker(TimeSpan.FromMilliseconds(500), time, log)
{
    public override Task RunOnceAsync(CancellationToken ct) => dispatch.DispatchAsync(ct);
}
