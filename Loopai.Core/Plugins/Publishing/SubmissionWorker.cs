using Loopai.Core.Access;
using Loopai.Core.Data;
using Loopai.Core.Workers;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.Logging;

namespace Loopai.Core.Plugins.Publishing;

/// <summary>
/// Takes submissions through their steps, one at a time in each portal. A portal holds one under a lease; where it dies, another begins the step again that it left.
/// </summary>
public sealed class SubmissionWorker(LoopaiData data, SubmissionPipeline pipeline, TimeProvider time, ILogger<SubmissionWorker> log)
    : PeriodicWorker(TimeSpan.FromSeconds(1), time, log)
{
    /// <summary>Longer than any step may take.</summary>
    internal static readonly TimeSpan Lease = SubmissionPipeline.MostPerStep + TimeSpan.FromMinutes(1);

    /// <summary>Who had a step done since everybody who waits had one: an organization that submits a hundred packages holds nobody up.</summary>
    private readonly List<Guid> _served = [];

    public override async Task RunOnceAsync(CancellationToken ct)
    {
        while (await ClaimAsync(ct) is { } claim)
        {
            await pipeline.RunStepAsync(claim.OrganizationId, claim.Id, claim.Until, ct);
        }
    }

    internal async Task<Claim?> ClaimAsync(CancellationToken ct)
    {
        await using var db = await data.OpenAsync(Caller.Installation, ct);
        var now = Time.GetUtcNow();
        var due = db.PluginSubmissions.Where(s => (s.State == SubmissionState.Waiting || s.State == SubmissionState.Running) && (s.LeaseUntil == null || s.LeaseUntil < now));
        var others = due.Where(s => !_served.Contains(s.OrganizationId));
        if (_served.Count > 0 && !await others.AnyAsync(ct))
        {
            _served.Clear();
        }

        foreach (var next in await others.OrderBy(s => s.CreatedAt).Select(s => new { s.Id, s.OrganizationId }).Take(5).ToListAsync(ct))
        {
            // To the microsecond, which is what databases keep: the time is how the lease is known again.
            var until = DateTimeOffset.FromUnixTimeMilliseconds((now + Lease).ToUnixTimeMilliseconds());

            // Of somebody who withdraws it and a portal that claims it at once, one is told.
            var claimed = await due.Where(s => s.Id == next.Id).ExecuteUpdateAsync(
                s => s.SetProperty(x => x.LeaseUntil, until).SetProperty(x => x.State, SubmissionState.Running).SetProperty(x => x.Revision, x => x.Revision + 1), ct);
            if (claimed == 1)
            {
                _served.Add(next.OrganizationId);
                return new Claim(next.Id, next.OrganizationId, until);
            }
        }

        return null;
    }

    internal sealed record Claim(Guid Id, Guid OrganizationId, DateTimeOffset Until);
}
