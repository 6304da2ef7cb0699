using System.Collections.Concurrent;
using Loopai.Core.Access;
using Loopai.Core.Data;
using Loopai.Core.Plugins.Installations;
using Loopai.Core.Workers;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.Logging;

namespace Loopai.Core.Plugins.Runtime;

/// <summary>Counts calls in memory and adds them to the minute's row every few seconds: a call costs no write.</summary>
public sealed class PluginHealthBook(LoopaiData data, TimeProvider time, ILogger<PluginHealthBook> log) : PeriodicWorker(TimeSpan.FromSeconds(5), time, log)
{
    private readonly ConcurrentDictionary<(Guid Organization, Guid Installation, string Version), Counts> _open = new();
    private readonly ConcurrentDictionary<(Guid Organization, Guid Installation), string> _errors = new();

    /// <summary>A call came back.</summary>
    public void Note(LivePlugin plugin, PluginAnswer answer) => Of(plugin).Add(c =>
    {
        var us = (long)answer.Elapsed.TotalMicroseconds;
        c.Calls++;
        c.TimedOut += answer.Status == PluginCallStatus.TimedOut ? 1 : 0;
        c.LatencyUs += us;
        c.SlowestUs = Math.Max(c.SlowestUs, us);
    });

    /// <summary>What came back was worth nothing.</summary>
    public void Failed(LivePlugin plugin, string error)
    {
        PluginMetrics.Failed();
        Of(plugin).Add(c => c.Failures++);
        _errors[(plugin.OrganizationId, plugin.InstallationId)] = error;
    }

    /// <summary>A validator gave a verdict.</summary>
    public void Judged(LivePlugin plugin, VerdictKind verdict) => Of(plugin).Add(c =>
    {
        c.Passed += verdict == VerdictKind.Pass ? 1 : 0;
        c.Found += verdict == VerdictKind.Fail ? 1 : 0;
    });

    /// <summary>An execution went without the plugin.</summary>
    public void Dropped(Guid organizationId, Guid installationId, string version) => Of(organizationId, installationId, version).Add(c => c.Dropped++);

    public override async Task RunOnceAsync(CancellationToken ct)
    {
        var now = Time.GetUtcNow();
        var minute = now.AddTicks(-(now.Ticks % TimeSpan.TicksPerMinute));
        foreach (var (key, counts) in _open)
        {
            if (counts.Take() is { IsNothing: false } taken)
            {
                await AddAsync(key.Organization, key.Installation, key.Version, minute, taken, ct);
            }
        }

        foreach (var ((organization, installation), error) in _errors)
        {
            if (_errors.TryRemove(KeyValuePair.Create((organization, installation), error)))
            {
                var text = StorableText.Of(error, PluginInstallation.MaxReasonLength);
                await using var db = await data.OpenAsync(Caller.System(organization), ct);
                await db.PluginInstallations.Where(i => i.Id == installation).ExecuteUpdateAsync(set => set.SetProperty(i => i.LastError, text).SetProperty(i => i.LastErrorAt, now), ct);
            }
        }
    }

    private async Task AddAsync(Guid organization, Guid installation, string version, DateTimeOffset minute, Counts c, CancellationToken ct)
    {
        await using var db = await data.OpenAsync(Caller.System(organization), ct);
        var row = db.PluginHealth.Where(h => h.InstallationId == installation && h.Version == version && h.StartsAt == minute);
        if (await UpdateAsync() > 0 || !await db.PluginInstallations.AnyAsync(i => i.Id == installation, ct))
        {
            return;
        }

        try
        {
            db.PluginHealth.Add(new PluginHealth
            {
                InstallationId = installation, Version = version, StartsAt = minute, OrganizationId = organization, Calls = c.Calls, Failures = c.Failures, TimedOut = c.TimedOut,
                LatencyUs = c.LatencyUs, SlowestUs = c.SlowestUs, Passed = c.Passed, Found = c.Found, Dropped = c.Dropped,
            });
            await db.SaveChangesAsync(ct);
        }
        catch (DbUpdateException e) when (e.IsRace())
        {
            // Another portal began the minute at this moment.
            await UpdateAsync();
        }

        Task<int> UpdateAsync() => row.ExecuteUpdateAsync(
            set => set.SetProperty(h => h.Calls, h => h.Calls + c.Calls).SetProperty(h => h.Failures, h => h.Failures + c.Failures)
                .SetProperty(h => h.TimedOut, h => h.TimedOut + c.TimedOut).SetProperty(h => h.LatencyUs, h => h.LatencyUs + c.LatencyUs)
                .SetProperty(h => h.SlowestUs, h => h.SlowestUs < c.SlowestUs ? c.SlowestUs : h.SlowestUs).SetProperty(h => h.Passed, h => h.Passed + c.Passed)
                .SetProperty(h => h.Found, h => h.Found + c.Found).SetProperty(h => h.Dropped, h => h.Dropped + c.Dropped),
            ct);
    }

    private Counts Of(LivePlugin plugin) => Of(plugin.OrganizationId, plugin.InstallationId, plugin.Version);

    private Counts Of(Guid organizationId, Guid installationId, string version) => _open.GetOrAdd((organizationId, installationId, version), _ => new Counts());

    private sealed class Counts
    {
        private readonly Lock _gate = new();

        public long Calls { get; set; }

        public long Failures { get; set; }

        public long TimedOut { get; set; }

        public long LatencyUs { get; set; }

        public long SlowestUs { get; set; }

        public long Passed { get; set; }

        public long Found { get; set; }

        public long Dropped { get; set; }

        public bool IsNothing => Calls + Failures + Passed + Found + Dropped == 0;

        public void Add(Action<Counts> change)
        {
            lock (_gate)
            {
                change(this);
            }
        }

        /// <summary>What was counted since it was last taken.</summary>
        public Counts Take()
        {
            lock (_gate)
            {
                var taken = new Counts
                {
                    Calls = Calls, Failures = Failures, TimedOut = TimedOut, LatencyUs = LatencyUs, SlowestUs = SlowestUs, Passed = Passed, Found = Found, Dropped = Dropped,
                };
                (Calls, Failures, TimedOut, LatencyUs, SlowestUs, Passed, Found, Dropped) = (0, 0, 0, 0, 0, 0, 0, 0);
                return taken;
            }
        }
    }
}
