using Loopai.Core.Access;
using Loopai.Core.Data;
using Loopai.Infrastructure.Postgres;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.Logging.Abstractions;
using Npgsql;

namespace Loopai.Portal.Tests.Data;

public sealed class PostgresChangeFeedTests(LoopaiDatabaseFixture fixture) : IClassFixture<LoopaiDatabaseFixture>
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(15);

    [Fact]
    public async Task WatchAsync_RowsChange_SaysWhich()
    {
        await using var changes = Watch();
        (await NextAsync(changes)).ShouldBe(Change.Everything);

        var (taskId, keyId) = await SaveRowsAsync();
        var told = await UntilAsync(changes, new Change("programs", taskId));
        told.ShouldContain(new Change("tasks", taskId));

        await using var db = await fixture.Data.OpenAsync(Caller.Installation, default);
        await db.ApiKeySecrets.Where(s => s.KeyId == keyId).ExecuteUpdateAsync(set => set.SetProperty(s => s.LastUsedAt, DateTimeOffset.UtcNow));
        await db.ApiKeys.Where(k => k.Id == keyId).ExecuteUpdateAsync(s => s.SetProperty(k => k.RevokedAt, DateTimeOffset.UtcNow));
        told.AddRange(await UntilAsync(changes, new Change("api_keys", keyId)));
        told.Count(change => change == new Change("api_key_secrets", keyId)).ShouldBe(1, "a new secret counts, its use does not");
    }

    [Fact]
    public async Task WatchAsync_RightsChange_NamesTheOrganization()
    {
        var organizationId = Guid.CreateVersion7();
        await using var db = await fixture.Data.OpenAsync(Caller.Installation, default);
        await db.Database.ExecuteSqlRawAsync("SELECT loopai_ensure_execution_partition((now() AT TIME ZONE 'UTC')::date)");
        await TenantRows.SaveAsync(db, organizationId);
        await using var changes = Watch();
        (await NextAsync(changes)).ShouldBe(Change.Everything);

        foreach (var table in new[] { "environments", "memberships", "teams", "custom_roles" })
        {
            await fixture.Database.AsOwnerAsync($"UPDATE {table} SET organization_id = organization_id WHERE organization_id = '{organizationId}'");
            (await NextAsync(changes, table)).ShouldBe(new Change(table, organizationId));
        }

        foreach (var table in new[] { "grants", "team_members" })
        {
            await fixture.Database.AsOwnerAsync($"DELETE FROM {table} WHERE organization_id = '{organizationId}'");
            (await NextAsync(changes, table)).ShouldBe(new Change(table, organizationId));
        }
    }

    [Fact]
    public async Task WatchAsync_ConnectionIsLost_StartsOverWithEverything()
    {
        await using var database = await LoopaiDatabase.CreateAsync();
        await using var changes = Watch(database);
        (await NextAsync(changes)).ShouldBe(Change.Everything);

        await database.AsOwnerAsync(
            "SELECT count(pg_terminate_backend(pid)) FROM pg_stat_activity WHERE datname = current_database() AND query LIKE 'LISTEN%'");

        (await NextAsync(changes)).ShouldBe(Change.Everything);
    }

    [Fact]
    public async Task WatchAsync_ReaderWalksAway_LeavesNoConnection()
    {
        await using var database = await LoopaiDatabase.CreateAsync();
        await using (var changes = Watch(database))
        {
            await NextAsync(changes);
        }

        await using var patient = NpgsqlDataSource.Create(database.Connections.Owner);
        await using var listeners = patient.CreateCommand(
            "SELECT count(*) FROM pg_stat_activity WHERE datname = current_database() AND query LIKE 'LISTEN%'");
        for (var tries = 0; await listeners.ExecuteScalarAsync() is not 0L; tries++)
        {
            tries.ShouldBeLessThan(100);
            await Task.Delay(50);
        }
    }

    private async Task<(Guid TaskId, Guid KeyId)> SaveRowsAsync()
    {
        var organizationId = Guid.CreateVersion7();
        await using var db = await fixture.Data.OpenAsync(Caller.Installation, default);
        await db.Database.ExecuteSqlRawAsync("SELECT loopai_ensure_execution_partition((now() AT TIME ZONE 'UTC')::date)");
        await TenantRows.SaveAsync(db, organizationId);
        return (
            await db.Tasks.Where(t => t.OrganizationId == organizationId).Select(t => t.Id).SingleAsync(),
            await db.ApiKeys.Where(k => k.OrganizationId == organizationId).Select(k => k.Id).SingleAsync());
    }

    private IAsyncEnumerator<Change> Watch(LoopaiDatabase? database = null) =>
        new PostgresChangeFeed((database ?? fixture.Database).Connections, NullLogger<PostgresChangeFeed>.Instance)
            .WatchAsync(CancellationToken.None).GetAsyncEnumerator();

    /// <summary>The changes up to this one.</summary>
    private static async Task<List<Change>> UntilAsync(IAsyncEnumerator<Change> changes, Change last)
    {
        List<Change> told = [];
        while (told.Count == 0 || told[^1] != last)
        {
            (await changes.MoveNextAsync().AsTask().WaitAsync(Patience)).ShouldBeTrue();
            told.Add(changes.Current);
        }

        return told;
    }

    /// <summary>The next change of what the hot path keeps, or with a table named, the next of that one.</summary>
    private static async Task<Change> NextAsync(IAsyncEnumerator<Change> changes, string? table = null)
    {
        do
        {
            (await changes.MoveNextAsync().AsTask().WaitAsync(Patience)).ShouldBeTrue();
        }
        while (table is null ? AccessTables.ByOrganization.Contains(changes.Current.Table) : changes.Current.Table != table);

        return changes.Current;
    }
}
