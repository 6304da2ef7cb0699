using Loopai.Core.Access;
using Loopai.Core.Audit;
using Loopai.Core.Data;
using Microsoft.EntityFrameworkCore;

namespace Loopai.Core.Identity.SignOn;

/// <summary>Dry runs of a connection: what a sign-in would do, before anybody is forced through it.</summary>
public sealed class SignOnTests(LoopaiData data, SignOnSecrets secrets, TimeProvider time)
{
    /// <summary>Begins a dry run. The browser then goes to the connection's start with the run's id.</summary>
    public async Task<SignOnTestRun> StartAsync(Caller caller, Guid connectionId, CancellationToken ct)
    {
        caller.Demand(Permissions.SignOnManage);
        await using var db = await data.OpenAsync(caller, ct);
        if (!await db.SignOnConnections.AnyAsync(c => c.Id == connectionId, ct))
        {
            throw SignOnErrors.ConnectionNotFound(connectionId);
        }

        await db.SignOnTestRuns.Where(r => r.ConnectionId == connectionId).ExecuteDeleteAsync(ct);
        var run = new SignOnTestRun
        {
            Id = Guid.CreateVersion7(), OrganizationId = caller.OrganizationId, ConnectionId = connectionId, StartedBy = caller.Name, StartedAt = time.GetUtcNow(),
        };
        db.SignOnTestRuns.Add(run);
        db.Record(caller, "sign_on.test_started", "sign_on_connection", connectionId);
        await db.SaveChangesAsync(ct);
        return run;
    }

    /// <summary>The run with what it found; no report while it waits for the provider.</summary>
    public async Task<(SignOnTestRun Run, SignOnTestReport? Report)> GetAsync(Caller caller, Guid connectionId, Guid runId, CancellationToken ct)
    {
        caller.Demand(Permissions.SignOnManage);
        await using var db = await data.OpenAsync(caller, ct);
        var run = await db.SignOnTestRuns.AsNoTracking().FirstOrDefaultAsync(r => r.Id == runId && r.ConnectionId == connectionId, ct)
            ?? throw SignOnErrors.TestNotFound(runId);
        return (run, secrets.Unprotect(run.OrganizationId, run.Report) is { } report ? SignOnTestReport.Parse(report) : null);
    }

    /// <summary>Whether a run still waits, for the address that begins the round trip: who knows its id was told it by this service.</summary>
    public async Task<bool> WaitsAsync(SignOnConnection connection, Guid runId, CancellationToken ct)
    {
        var since = time.GetUtcNow() - SignOnAttempts.Lifetime;
        await using var db = await data.OpenAsync(Caller.System(connection.OrganizationId), ct);
        return await db.SignOnTestRuns.AnyAsync(r => r.Id == runId && r.ConnectionId == connection.Id && r.FinishedAt == null && r.StartedAt > since, ct);
    }
}
