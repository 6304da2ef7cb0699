namespace Loopai.Core.Plugins.Runtime;

/// <summary>How many may wait for validators, and how many are asked at once.</summary>
/// <param name="AtOnce">Calls at once, of all.</param>
public sealed record ValidatorLimits(int AtOnce)
{
    /// <summary>Calls at once of one organization: others have places that it cannot take.</summary>
    public int AtOnceEach => Math.Max(1, AtOnce / 2);

    /// <summary>Calls at once of one plugin: the organization's others have a place that it cannot take.</summary>
    public int AtOncePlugin => Math.Max(1, AtOnceEach - 1);

    public int Waiting { get; init; } = 1000;

    public int WaitingEach { get; init; } = 200;

    public int WaitingPlugin { get; init; } = 50;
}

/// <summary>
/// Whose turn it is to be asked: organizations one after the other, and within one its plugins one after the other, each within its limits. So whoever is slow is slow
/// for itself. Pure but for its lock.
/// </summary>
/// <typeparam name="T">What waits.</typeparam>
internal sealed class ValidatorTurns<T>(ValidatorLimits limits)
{
    private readonly Lock _gate = new();
    private readonly Dictionary<Guid, Organization> _organizations = [];

    /// <summary>In the order in which they are asked next, of organizations and of the plugins of each.</summary>
    private readonly LinkedList<Organization> _next = [];
    private int _waiting;
    private int _asked;

    public int Waiting
    {
        get
        {
            lock (_gate)
            {
                return _waiting;
            }
        }
    }

    /// <summary>False when too many wait.</summary>
    public bool TryAdd(Guid organizationId, Guid plugin, T job)
    {
        lock (_gate)
        {
            var organization = _organizations.GetValueOrDefault(organizationId) ?? new Organization(organizationId);
            var lane = organization.Lanes.FirstOrDefault(l => l.Plugin == plugin) ?? new Lane(plugin, organization);
            if (_waiting >= limits.Waiting || organization.Waiting >= limits.WaitingEach || lane.Jobs.Count >= limits.WaitingPlugin)
            {
                return false;
            }

            if (_organizations.TryAdd(organizationId, organization))
            {
                _next.AddLast(organization);
            }

            if (lane is { Jobs.Count: 0, Asked: 0 })
            {
                organization.Lanes.AddLast(lane);
            }

            lane.Jobs.Enqueue(job);
            organization.Waiting++;
            _waiting++;
            return true;
        }
    }

    /// <summary>False when nobody waits who may be asked now.</summary>
    public bool TryTake(out Turn turn)
    {
        lock (_gate)
        {
            var lane = _asked >= limits.AtOnce ? null : _next.Where(o => o.Waiting > 0 && o.Asked < limits.AtOnceEach)
                .SelectMany(o => o.Lanes.Where(l => l.Jobs.Count > 0 && l.Asked < limits.AtOncePlugin).Take(1)).FirstOrDefault();
            if (lane is null)
            {
                turn = default;
                return false;
            }

            var organization = lane.Of;
            turn = new Turn(lane.Jobs.Dequeue(), lane);
            (organization.Waiting, organization.Asked, lane.Asked) = (organization.Waiting - 1, organization.Asked + 1, lane.Asked + 1);
            (_waiting, _asked) = (_waiting - 1, _asked + 1);
            _next.Remove(organization);
            _next.AddLast(organization);
            organization.Lanes.Remove(lane);
            organization.Lanes.AddLast(lane);
            return true;
        }
    }

    /// <summary>The call that was taken is over.</summary>
    public void End(Turn turn)
    {
        lock (_gate)
        {
            var (lane, organization) = (turn.Lane, turn.Lane.Of);
            (organization.Asked, lane.Asked, _asked) = (organization.Asked - 1, lane.Asked - 1, _asked - 1);
            if (lane is { Jobs.Count: 0, Asked: 0 })
            {
                organization.Lanes.Remove(lane);
            }

            if (organization.Lanes.Count == 0)
            {
                _organizations.Remove(organization.Id);
                _next.Remove(organization);
            }
        }
    }

    /// <param name="Job">What waited.</param>
    /// <param name="Lane">Where.</param>
    internal readonly record struct Turn(T Job, Lane Lane);

    /// <summary>An organization of which something waits, or is asked.</summary>
    internal sealed class Organization(Guid id)
    {
        public Guid Id => id;

        public LinkedList<Lane> Lanes { get; } = [];

        public int Waiting { get; set; }

        public int Asked { get; set; }
    }

    /// <summary>A plugin of which something waits, or is asked.</summary>
    internal sealed class Lane(Guid plugin, Organization of)
    {
        public Guid Plugin => plugin;

        public Organization Of => of;

        public Queue<T> Jobs { get; } = [];

        public int Asked { get; set; }
    }
}
