using System.Collections.Concurrent;

namespace Loopai.Core.Executions;

/// <summary>Tells this portal's live pages that executions were committed. A page listens for as long as it is open.</summary>
public sealed class ExecutionEvents
{
    private readonly ConcurrentDictionary<Subscription, bool> _subscriptions = new();

    /// <summary>Calls back with every commit's executions of one organization, on the writer's thread: the callback must only take note.</summary>
    public IDisposable Subscribe(Guid organizationId, Action<IReadOnlyList<Execution>> onCommitted)
    {
        var subscription = new Subscription(this, organizationId, onCommitted);
        _subscriptions[subscription] = true;
        return subscription;
    }

    internal void Publish(IReadOnlyList<Execution> executions)
    {
        foreach (var (subscription, _) in _subscriptions)
        {
            subscription.Deliver(executions);
        }
    }

    private sealed class Subscription(ExecutionEvents owner, Guid organizationId, Action<IReadOnlyList<Execution>> onCommitted) : IDisposable
    {
        public void Deliver(IReadOnlyList<Execution> executions)
        {
            var own = executions.Where(e => e.OrganizationId == organizationId).ToArray();
            if (own.Length > 0)
            {
                onCommitted(own);
            }
        }

        public void Dispose() => owner._subscriptions.TryRemove(this, out _);
    }
}
