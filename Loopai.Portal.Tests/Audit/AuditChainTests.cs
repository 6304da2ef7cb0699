using Loopai.Core.Access;
using Loopai.Core.Audit;
using Loopai.Core.Errors;
using Loopai.Infrastructure.Postgres;
using Loopai.Portal.Tests.Data;
using Microsoft.AspNetCore.DataProtection;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.Logging.Abstractions;
using Npgsql;

namespace Loopai.Portal.Tests.Audit;

/// <summary>The chain against the one who owns the database: whatever is changed is found and named.</summary>
public sealed class AuditChainTests(LoopaiDatabaseFixture fixture) : IClassFixture<LoopaiDatabaseFixture>, IAsyncLifetime
{
    private static readonly EphemeralDataProtectionProvider Protection = new();

    private readonly AuditSealing sealing = new(fixture.Data, TimeProvider.System);
    private readonly AuditSigner signer = new(fixture.Data, Protection, TimeProvider.System);
    private TestOrganization organization = null!;

    private AuditVerifier Verifier => new(fixture.Data, sealing, signer, TimeProvider.System);

    private AuditCheckpoints Checkpoints => new(fixture.Data, sealing, signer, TimeProvider.System);

    public async Task InitializeAsync() => organization = await fixture.Database.AddOrganizationAsync();

    public Task DisposeAsync() => Task.CompletedTask;

    [Fact]
    public async Task Seal_ManyWritersAndTwoSealers_NumbersWithoutGapsAndLosesNone()
    {
        await using var other = NpgsqlDataSource.Create(fixture.Connections.Tenant);
        var second = new AuditSealing(new Loopai.Core.Data.LoopaiData(PostgresDbOptions.Tenant(other), PostgresDbOptions.System(fixture.System.Value), new Loopai.Core.Executions.RollupLag()), TimeProvider.System);
        using var stop = new CancellationTokenSource();
        var sealers = new[] { sealing, second }.Select(s => Task.Run(async () =>
        {
            while (!stop.IsCancellationRequested)
            {
                await s.SealAsync(CancellationToken.None);
            }
        })).ToList();

        await Task.WhenAll(Enumerable.Range(0, 50).Select(writer => Task.Run(async () =>
        {
            for (var i = 0; i < 4; i++)
            {
                await AddAsync($"task.{writer}_{i}");
            }
        })));
        await stop.CancelAsync();
        await Task.WhenAll(sealers);

        var verdict = await Verifier.VerifyAsync(organization.Caller, default);
        (verdict.Intact, verdict.Checked, verdict.First, verdict.Last).ShouldBe((true, 200, 1, 200), verdict.Broken?.Reason);
        await using var db = await fixture.Data.OpenAsync(organization.Caller, default);
        (await db.AuditPending.CountAsync()).ShouldBe(0);
    }

    [Fact]
    public async Task Verify_EmptyLog_Holds() => (await Verifier.VerifyAsync(organization.Caller, default)).Intact.ShouldBeTrue();

    [Theory]
    [InlineData("UPDATE audit_events SET actor_name = 'nobody' WHERE id = {3}", 3, "not what was sealed")]
    [InlineData("UPDATE audit_events SET count = 2 WHERE id = {1}", 1, "not what was sealed")]
    [InlineData("DELETE FROM audit_events WHERE id = {4}", 4, "was removed")]
    [InlineData("DELETE FROM audit_seals WHERE {org} AND sequence = 2; DELETE FROM audit_events WHERE id = {2}", 2, "is missing")]
    [InlineData("UPDATE audit_seals SET event_id = gen_random_uuid() WHERE {org} AND sequence = 3; UPDATE audit_seals SET event_id = {3} WHERE {org} AND sequence = 2; UPDATE audit_seals SET event_id = {2} WHERE {org} AND sequence = 3", 2, "not what was sealed")]
    [InlineData("DELETE FROM audit_seals WHERE {org} AND sequence >= 5; DELETE FROM audit_events WHERE id IN ({5}, {6})", 5, "end was cut off: 6 events were sealed")]
    [InlineData("DELETE FROM audit_seals WHERE {org} AND sequence <= 2; DELETE FROM audit_events WHERE id IN ({1}, {2})", 2, "no checkpoint stands")]
    [InlineData("UPDATE audit_logs SET last_hash = '\\x00' WHERE {org}", 6, "own count")]
    public async Task Verify_ChangedByTheOwner_NamesTheFirstBrokenLink(string sql, long sequence, string reason)
    {
        var ids = await FillAsync(6);

        await TamperAsync(sql, ids);

        var verdict = await Verifier.VerifyAsync(organization.Caller, default);
        verdict.Intact.ShouldBeFalse();
        verdict.Broken!.Sequence.ShouldBe(sequence);
        verdict.Broken.Reason.ShouldContain(reason);
    }

    [Fact]
    public async Task Verify_TailCutAndTheCountSetBack_IsFoundByTheCheckpoint()
    {
        var ids = await FillAsync(6);
        var checkpoint = await Checkpoints.CreateAsync(organization.Caller, default);
        checkpoint.Sequence.ShouldBe(6);
        await sealing.SealAsync(organization.Id, default);

        await TamperAsync(
            "DELETE FROM audit_events WHERE organization_id = (SELECT organization_id FROM audit_events WHERE id = {4}) AND id NOT IN ({1}, {2}, {3}, {4}); "
            + "DELETE FROM audit_seals WHERE {org} AND sequence > 4; "
            + "UPDATE audit_logs SET last_sequence = 4, last_hash = (SELECT hash FROM audit_seals WHERE {org} AND sequence = 4) WHERE {org}",
            ids);

        var verdict = await Verifier.VerifyAsync(organization.Caller, default);
        verdict.Broken!.Sequence.ShouldBe(5);
        verdict.Broken.Reason.ShouldContain("speaks for 6 events, and there are 4");
    }

    [Fact]
    public async Task Verify_WholeChainRewritten_IsFoundByTheCheckpoint()
    {
        var ids = await FillAsync(3);
        await Checkpoints.CreateAsync(organization.Caller, default);
        await sealing.SealAsync(organization.Id, default);

        // A thorough forger: changes an event, and seals everything anew.
        await TamperAsync("UPDATE audit_events SET actor_name = 'nobody' WHERE id = {2}; DELETE FROM audit_seals WHERE {org}; DELETE FROM audit_logs WHERE {org}", ids);
        await sealing.AdoptAsync(default);
        await sealing.SealAsync(organization.Id, default);

        var verdict = await Verifier.VerifyAsync(organization.Caller, default);
        verdict.Broken!.Sequence.ShouldBe(3);
        verdict.Broken.Reason.ShouldContain("has another hash for event 3");
    }

    [Fact]
    public async Task Verify_WholeChainRewrittenAndCheckpointsRemoved_IsFoundByTheEventThatTellsOfThem()
    {
        var ids = await FillAsync(3);
        await Checkpoints.CreateAsync(organization.Caller, default);
        await sealing.SealAsync(organization.Id, default);

        await TamperAsync(
            "UPDATE audit_events SET actor_name = 'nobody' WHERE id = {2}; DELETE FROM audit_seals WHERE {org}; DELETE FROM audit_logs WHERE {org}; DELETE FROM audit_checkpoints WHERE {org}",
            ids);
        await sealing.AdoptAsync(default);
        await sealing.SealAsync(organization.Id, default);

        (await Verifier.VerifyAsync(organization.Caller, default)).Broken!.Reason.ShouldContain("tells of a checkpoint that is not there");
    }

    [Fact]
    public async Task Verify_OldEventsThatNothingSpeaksFor_AreTold()
    {
        await AddOldAsync(2, daysAgo: 10);

        var verdict = await Verifier.VerifyAsync(organization.Caller, default);

        verdict.Intact.ShouldBeTrue(verdict.Broken?.Reason);
        (verdict.SignedLate!.Sequence, verdict.SignedLate.SignedAt).ShouldBe((1, null));
    }

    [Fact]
    public async Task Seal_EventWaitsASecondTime_DoesNotStandInTheWay()
    {
        var ids = await FillAsync(1);
        await fixture.Database.AsOwnerAsync($"INSERT INTO audit_pending (organization_id, event_id) VALUES ('{organization.Id}', '{ids[0]}')");

        (await FillAsync(1)).Count.ShouldBe(2);

        await using var db = await fixture.Data.OpenAsync(organization.Caller, default);
        (await db.AuditPending.CountAsync()).ShouldBe(0);
    }

    [Fact]
    public async Task Verify_CheckpointForged_IsFound()
    {
        var ids = await FillAsync(2);
        await Checkpoints.CreateAsync(organization.Caller, default);

        await TamperAsync("UPDATE audit_checkpoints SET at = at - interval '1 day' WHERE {org}", ids);

        (await Verifier.VerifyAsync(organization.Caller, default)).Broken!.Reason.ShouldContain("not signed with a key of ours");
    }

    [Fact]
    public async Task Checkpoints_QuietLog_IsSignedOnce()
    {
        await FillAsync(2);
        await Checkpoints.SignDailyAsync(default);
        await Checkpoints.SignDailyAsync(default);
        await sealing.SealAsync(organization.Id, default);

        var again = await Checkpoints.CreateAsync(organization.Caller, default);

        again.Sequence.ShouldBe(2);
        var page = await Checkpoints.ListAsync(organization.Caller, new(), default);
        page.Items.Select(c => c.Sequence).ShouldBe([2]);
        (await Verifier.VerifyAsync(organization.Caller, default)).Checked.ShouldBe(3, "the checkpoint is an event too");
    }

    [Fact]
    public async Task Retention_OldEvents_GoUpToACheckpoint_AndTheChainStillHolds()
    {
        await AddOldAsync(4, daysAgo: 100);
        var past = new ShiftedClock(TimeSpan.FromDays(-99));
        await new AuditCheckpoints(fixture.Data, sealing, new AuditSigner(fixture.Data, Protection, past), past).CreateAsync(organization.Caller, default);
        await FillAsync(2);
        var retention = new AuditRetention(fixture.Data, Lifecycle(), TimeProvider.System);

        await retention.UpdateAsync(organization.Caller, 90, default);
        await retention.ApplyAsync(default);
        await sealing.SealAsync(organization.Id, default);

        var verdict = await Verifier.VerifyAsync(organization.Caller, default);
        (verdict.Intact, verdict.First).ShouldBe((true, 5L), verdict.Broken?.Reason);
        await using (var db = await fixture.Data.OpenAsync(organization.Caller, default))
        {
            (await db.AuditEvents.AnyAsync(e => e.Action == "task.old")).ShouldBeFalse();
        }

        // The same cut, made by hand one event further, is not lawful.
        await TamperAsync("DELETE FROM audit_seals WHERE {org} AND sequence = 5", []);
        (await Verifier.VerifyAsync(organization.Caller, default)).Intact.ShouldBeFalse();
    }

    [Fact]
    public async Task Retention_CheckpointDatedBack_IsRefusedByTheDatabase()
    {
        await FillAsync(3);
        await fixture.Database.AsOwnerAsync(
            $"INSERT INTO audit_checkpoints (organization_id, sequence, hash, at, key_id, signature) VALUES ('{organization.Id}', 3, '\\x00', '2020-01-01', 'k', '\\x00')");

        (await Should.ThrowAsync<PostgresException>(Lifecycle().DropAuditEventsAsync(organization.Id, 3, default))).MessageText.ShouldContain("not all older than 30 days");
    }

    [Fact]
    public async Task Retention_YoungEventsOrNoCheckpoint_AreRefusedByTheDatabase()
    {
        await FillAsync(3);
        await Checkpoints.CreateAsync(organization.Caller, default);

        (await Should.ThrowAsync<PostgresException>(Lifecycle().DropAuditEventsAsync(organization.Id, 3, default))).MessageText.ShouldContain("older than 30 days");
        (await Should.ThrowAsync<PostgresException>(Lifecycle().DropAuditEventsAsync(organization.Id, 2, default))).MessageText.ShouldContain("older than 30 days");
        var retention = new AuditRetention(fixture.Data, Lifecycle(), TimeProvider.System);
        (await Should.ThrowAsync<InvalidException>(retention.UpdateAsync(organization.Caller, 29, default))).Errors.Keys.ShouldBe(["retentionDays"]);
    }

    private PostgresLifecycle Lifecycle() => new(fixture.Connections, NullLogger<PostgresLifecycle>.Instance);

    private async Task<List<Guid>> FillAsync(int count)
    {
        for (var i = 1; i <= count; i++)
        {
            await AddAsync("task.made");
        }

        await sealing.SealAsync(organization.Id, default);
        await using var db = await fixture.Data.OpenAsync(organization.Caller, default);
        return await db.AuditSeals.OrderBy(s => s.Sequence).Select(s => s.EventId).ToListAsync();
    }

    private async Task AddAsync(string action)
    {
        await using var db = await fixture.Data.OpenAsync(organization.Caller, default);
        db.Record(organization.Caller, action, "task", Guid.NewGuid(), new { name = "Prüfung \"1\" 🙂", before = new { rate = 0.10 }, after = new { rate = 1e-7 } });
        await db.SaveChangesAsync();
    }

    private async Task AddOldAsync(int count, int daysAgo)
    {
        await using var db = await fixture.Data.OpenAsync(organization.Caller, default);
        for (var i = 0; i < count; i++)
        {
            var old = new AuditEvent
            {
                Id = Guid.CreateVersion7(), OrganizationId = organization.Id, At = DateTimeOffset.UtcNow.AddDays(-daysAgo), Action = "task.old",
                ActorKind = "System", ActorName = "Loopai", ObjectKind = "task", ObjectId = "1",
            };
            db.AuditEvents.Add(old);
            db.AuditPending.Add(new AuditPending { OrganizationId = organization.Id, EventId = old.Id });
        }

        await db.SaveChangesAsync();
    }

    private Task<object?> TamperAsync(string sql, IReadOnlyList<Guid> ids)
    {
        for (var i = 0; i < ids.Count; i++)
        {
            sql = sql.Replace($"{{{i + 1}}}", $"'{ids[i]}'::uuid", StringComparison.Ordinal);
        }

        return fixture.Database.AsOwnerAsync(sql.Replace("{org}", $"organization_id = '{organization.Id}'", StringComparison.Ordinal));
    }

    private sealed class ShiftedClock(TimeSpan by) : TimeProvider
    {
        public override DateTimeOffset GetUtcNow() => base.GetUtcNow() + by;
    }
}
