using System.Collections.Concurrent;
using System.Collections.Frozen;
using System.Diagnostics;
using System.Security.Cryptography;
using System.Text;
using Loopai.Core.Access;
using Loopai.Core.Data;
using Loopai.Core.Experiments;
using Loopai.Core.Experiments.Live;
using Microsoft.EntityFrameworkCore;

namespace Loopai.Core.Flags;

/// <summary>Keeps the flags of every environment that is asked for in memory: read at the first question, and again when they change.</summary>
public sealed class FlagCatalog(LoopaiData data)
{
    /// <summary>How often an organization is looked at, at most, because callers say that something is newer.</summary>
    private static readonly TimeSpan BetweenLooks = TimeSpan.FromSeconds(1);

    private readonly ConcurrentDictionary<Guid, Task<OrganizationFlags>> _organizations = new();
    private readonly ConcurrentDictionary<FlagListener, byte> _listeners = new();

    /// <summary>The flags of the caller's environment.</summary>
    public async ValueTask<FlagSet> OfAsync(Caller caller)
    {
        var flags = await LoadOnceAsync(caller.OrganizationId);
        return flags.Of(caller.EnvironmentId);
    }

    /// <summary>Forgets what a change made stale, and wakes whoever waits for it.</summary>
    public void Forget(Change change)
    {
        // Of an experiment its task is told, not its organization; they change seldom enough to read all again.
        var everything = change.IsEverything || change.Table == "experiments";
        if (everything)
        {
            _organizations.Clear();
        }
        else if (change.Table is "feature_flags" or "flag_environments")
        {
            _organizations.TryRemove(change.Id, out _);
        }
        else
        {
            return;
        }

        foreach (var listener in _listeners.Keys)
        {
            if (everything || listener.OrganizationId == change.Id)
            {
                listener.Wake();
            }
        }
    }

    /// <summary>
    /// The same for a caller who says that there is something newer. Anybody can say so, with a key that is public: all of an organization who do within a second are
    /// answered from one look.
    /// </summary>
    public async ValueTask<FlagSet> NewerAsync(Caller caller, CancellationToken ct)
    {
        var known = await LoadOnceAsync(caller.OrganizationId);
        if (BetweenLooks - Stopwatch.GetElapsedTime(known.ReadAt) is var rest && rest > TimeSpan.Zero)
        {
            await Task.Delay(rest, ct);
        }

        // Unless somebody who waited beside, or a change, took it away already.
        if (_organizations.TryGetValue(caller.OrganizationId, out var loaded) && loaded.IsCompletedSuccessfully && await loaded == known)
        {
            _organizations.TryRemove(KeyValuePair.Create(caller.OrganizationId, loaded));
        }

        return await OfAsync(caller);
    }

    /// <summary>Waits for changes of an organization's flags until it is disposed.</summary>
    public FlagListener Listen(Guid organizationId)
    {
        var listener = new FlagListener(organizationId, gone => _listeners.TryRemove(gone, out _));
        _listeners[listener] = 0;
        return listener;
    }

    private async Task<OrganizationFlags> LoadOnceAsync(Guid organizationId)
    {
        // The task stands here before it reads, so that a change that comes while it does takes it away.
        var loading = _organizations.GetOrAdd(organizationId, static (id, catalog) => catalog.LoadAsync(id), this);
        try
        {
            return await loading;
        }
        catch
        {
            _organizations.TryRemove(KeyValuePair.Create(organizationId, loading));
            throw;
        }
    }

    private async Task<OrganizationFlags> LoadAsync(Guid organizationId)
    {
        var readAt = Stopwatch.GetTimestamp();
        await using var db = await data.OpenAsync(Caller.System(organizationId), CancellationToken.None);
        var flags = await db.FeatureFlags.AsNoTracking().Where(f => f.ArchivedAt == null).ToListAsync();
        var environments = await db.FlagEnvironments.AsNoTracking().ToListAsync();
        var experiments = await db.Experiments.AsNoTracking().Where(e => e.Status == ExperimentStatus.Running || e.Status == ExperimentStatus.Paused).ToListAsync();
        var tasks = new Dictionary<Guid, TaskExperiments>();
        foreach (var task in experiments.Select(e => e.TaskId).Distinct())
        {
            if (await TaskExperiments.LoadAsync(db, task, CancellationToken.None) is { } beside)
            {
                tasks[task] = beside;
            }
        }

        return new OrganizationFlags(
            flags, environments.ToDictionary(e => (e.FlagId, e.EnvironmentId)),
            experiments.Where(e => tasks.ContainsKey(e.TaskId)).ToLookup(e => e.EnvironmentId, e => new ExperimentFlag(e, tasks[e.TaskId])), readAt);
    }

    private sealed class OrganizationFlags(
        IReadOnlyList<FeatureFlag> flags, Dictionary<(Guid Flag, Guid Environment), FlagEnvironment> environments, ILookup<Guid, ExperimentFlag> experiments, long readAt)
    {
        private readonly ConcurrentDictionary<Guid, FlagSet> _sets = new();

        public long ReadAt => readAt;

        public FlagSet Of(Guid environmentId) => _sets.GetOrAdd(environmentId, static (id, all) => FlagSet.Of(
            [.. all.Flags.Select(f => (f, all.Environments.GetValueOrDefault((f.Id, id))))], all.Experiments[id]), (Flags: flags, Environments: environments, Experiments: experiments));
    }
}

/// <summary>The flags of one environment at one moment.</summary>
public sealed class FlagSet
{
    private readonly string _revisions;
    private readonly DateTimeOffset[] _boundaries;

    private FlagSet(IReadOnlyList<IFlag> flags, DateTimeOffset lastModified)
    {
        Flags = flags.ToFrozenDictionary(f => f.Key, StringComparer.Ordinal);
        InOrder = flags;
        LastModified = lastModified;
        _revisions = string.Join(';', flags.Select(f => $"{f.Id:n}:{f.Revision}"));
        _boundaries = [.. flags.SelectMany(f => f.Boundaries).Order()];
    }

    public FrozenDictionary<string, IFlag> Flags { get; }

    /// <summary>By key.</summary>
    public IReadOnlyList<IFlag> InOrder { get; }

    public DateTimeOffset LastModified { get; }

    /// <summary>Names the state of all flags at a moment: another when one was changed, or a schedule began or ended.</summary>
    public string TagAt(DateTimeOffset now) =>
        Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes($"{_revisions}|{_boundaries.Count(b => b <= now)}"))[..12]);

    /// <summary>When a schedule begins or ends next.</summary>
    public DateTimeOffset? NextBoundaryAfter(DateTimeOffset now) => _boundaries.Cast<DateTimeOffset?>().FirstOrDefault(b => b > now);

    /// <summary>A flag hides an experiment of the same key: whoever made it knew the key, and the experiment's executions are assigned all the same.</summary>
    internal static FlagSet Of(IReadOnlyList<(FeatureFlag Flag, FlagEnvironment? Environment)> flags, IEnumerable<ExperimentFlag> experiments) => new(
        [.. flags.Select(IFlag (f) => CompiledFlag.Of(f.Flag, f.Environment)).Concat(experiments).DistinctBy(f => f.Key).OrderBy(f => f.Key, StringComparer.Ordinal)],
        flags.Select(f => f.Environment is { } e && e.UpdatedAt > f.Flag.UpdatedAt ? e.UpdatedAt : f.Flag.UpdatedAt).DefaultIfEmpty(DateTimeOffset.UnixEpoch).Max());
}

/// <summary>Waits for changes of an organization's flags.</summary>
public sealed class FlagListener(Guid organizationId, Action<FlagListener> end) : IDisposable
{
    private readonly SemaphoreSlim _news = new(0, 1);

    public Guid OrganizationId { get; } = organizationId;

    /// <summary>Whether something may have changed; false when the time is up.</summary>
    public Task<bool> WaitAsync(TimeSpan atMost, CancellationToken ct) => _news.WaitAsync(atMost, ct);

    public void Dispose()
    {
        end(this);
        _news.Dispose();
    }

    internal void Wake()
    {
        try
        {
            _news.Release();
        }
        catch (Exception e) when (e is SemaphoreFullException or ObjectDisposedException)
        {
            // It knows already, or nobody waits any more.
        }
    }
}
