using Loopai.Core.Access;
using Loopai.Core.Data;
using Loopai.Core.Executions;
using Loopai.Core.Organizations;
using Loopai.Infrastructure;
using Loopai.Infrastructure.Postgres;
using Microsoft.EntityFrameworkCore;
using Npgsql;

namespace Loopai.Portal.Tests.Data;

/// <summary>Two organizations with a row in every table: neither sees, changes or makes the other's, whichever of the two walls stands alone.</summary>
public sealed class TenancyTests(LoopaiDatabaseFixture fixture) : IClassFixture<LoopaiDatabaseFixture>, IAsyncLifetime
{
    private readonly Caller ours = Caller.System(Guid.CreateVersion7());
    private readonly Caller theirs = Caller.System(Guid.CreateVersion7());
    private TenantRows theirRows = null!;

    public async Task InitializeAsync()
    {
        await using var db = await fixture.Data.OpenAsync(Caller.Installation, default);
        await db.Database.ExecuteSqlRawAsync("SELECT loopai_ensure_execution_partition((now() AT TIME ZONE 'UTC')::date)");
        await TenantRows.SaveAsync(db, ours.OrganizationId);
        theirRows = await TenantRows.SaveAsync(db, theirs.OrganizationId);
    }

    public Task DisposeAsync() => Task.CompletedTask;

    public static TheoryData<string> Entities()
    {
        using var db = PostgresMigrationContext.Create(new NpgsqlConnection("Host=unused"));
        return new TheoryData<string>(TenantRows.TenantEntities(db.Model).Select(e => e.Name));
    }

    [Theory]
    [MemberData(nameof(Entities))]
    public async Task Query_ByTheTenant_SeesItsOwnRowsOnly(string entity)
    {
        await using var db = await fixture.Data.OpenAsync(ours, default);
        (await OwnersAsync(db, entity, ignoreFilters: false)).ShouldBe([ours.OrganizationId]);
    }

    [Theory]
    [MemberData(nameof(Entities))]
    public async Task Query_FiltersIgnored_RowLevelSecurityAloneHolds(string entity)
    {
        await using var db = await fixture.Data.OpenAsync(ours, default);
        (await OwnersAsync(db, entity, ignoreFilters: true)).ShouldBe([ours.OrganizationId]);
    }

    [Theory]
    [MemberData(nameof(Entities))]
    public async Task Query_UnderTheSystemRole_FiltersAloneHold(string entity)
    {
        await using var db = new LoopaiDbContext(PostgresDbOptions.System(fixture.System.Value).Options, ours.OrganizationId);
        (await OwnersAsync(db, entity, ignoreFilters: false)).ShouldBe([ours.OrganizationId]);
        (await OwnersAsync(db, entity, ignoreFilters: true)).ShouldContain(theirs.OrganizationId);
    }

    [Theory]
    [MemberData(nameof(Entities))]
    public async Task Sql_ByTheTenant_NeitherSeesNorChangesForeignRows(string entity)
    {
        await using var db = await fixture.Data.OpenAsync(ours, default);
        var (table, column, appendOnly) = Rules(db, entity);
        var foreign = $"{column} <> '{ours.OrganizationId}'";

        (await ScalarAsync(db, $"SELECT count(*) FROM {table} WHERE {foreign}")).ShouldBe(0L);
        (await ScalarAsync(db, $"SELECT count(*) FROM {table}")).ShouldBe(1L);
        if (appendOnly)
        {
            return; // Refused altogether: the next test.
        }

        (await ExecuteAsync(db, $"UPDATE {table} SET {column} = {column} WHERE {foreign}")).ShouldBe(0);
        (await ExecuteAsync(db, $"DELETE FROM {table} WHERE {foreign}")).ShouldBe(0);

        var moved = await Should.ThrowAsync<PostgresException>(
            ExecuteAsync(db, $"UPDATE {table} SET {column} = '{theirs.OrganizationId}'"));
        moved.SqlState.ShouldBe(PostgresErrorCodes.InsufficientPrivilege);
    }

    [Theory]
    [MemberData(nameof(Entities))]
    public async Task Insert_ForAnotherOrganization_IsRefused(string entity)
    {
        await using var db = await fixture.Data.OpenAsync(ours, default);
        db.Add(theirRows.Another(db.Model.FindEntityType(entity)!));

        var refused = await Should.ThrowAsync<DbUpdateException>(db.SaveChangesAsync());

        refused.InnerException.ShouldBeOfType<PostgresException>().MessageText.ShouldContain("row-level security policy");
    }

    [Theory]
    [MemberData(nameof(Entities))]
    public async Task Sql_WithoutAnOrganization_SeesNothing(string entity)
    {
        await using var db = await fixture.Data.OpenAsync(Caller.Installation, default);
        await using var nobody = fixture.Database.Tenant.CreateCommand($"SELECT count(*) FROM {Rules(db, entity).Table}");
        (await nobody.ExecuteScalarAsync()).ShouldBe(0L);
    }

    [Theory]
    [InlineData("UPDATE audit_events SET action = 'forged'")]
    [InlineData("DELETE FROM audit_events")]
    [InlineData("TRUNCATE audit_events")]
    public async Task AuditEvents_ByEitherRole_CannotBeChanged(string sql)
    {
        foreach (var caller in new[] { ours, Caller.Installation })
        {
            await using var db = await fixture.Data.OpenAsync(caller, default);
            (await Should.ThrowAsync<PostgresException>(ExecuteAsync(db, sql))).SqlState.ShouldBe(PostgresErrorCodes.InsufficientPrivilege);
        }
    }

    [Fact]
    public async Task OpenAsync_ConnectionFromThePool_ForgotTheLastTenant()
    {
        await using var pool = NpgsqlDataSource.Create(new NpgsqlConnectionStringBuilder(fixture.Connections.Tenant) { MaxPoolSize = 1 }.ConnectionString);
        var data = new LoopaiData(PostgresDbOptions.Tenant(pool), PostgresDbOptions.System(fixture.System.Value), new RollupLag());
        object? backend;
        await using (var db = await data.OpenAsync(ours, default))
        {
            backend = await ScalarAsync(db, "SELECT pg_backend_pid()");
        }

        await using (var bare = pool.CreateCommand("SELECT pg_backend_pid() || ':' || (SELECT count(*) FROM tasks) || current_setting('app.org_id', true)"))
        {
            (await bare.ExecuteScalarAsync()).ShouldBe($"{backend}:0");
        }

        await using var next = await data.OpenAsync(theirs, default);
        (await OwnersAsync(next, typeof(OrganizationEnvironment).FullName!, ignoreFilters: true)).ShouldBe([theirs.OrganizationId]);
    }

    private static (string Table, string Column, bool AppendOnly) Rules(LoopaiDbContext db, string entity)
    {
        var table = db.Model.FindEntityType(entity)!.GetTableName();
        var rules = TableRules.Of(db.Model).Single(r => r.Table == table);
        return (rules.Table, rules.TenantColumn.ShouldNotBeNull(), rules.IsAppendOnly);
    }

    private static Task<List<Guid>> OwnersAsync(LoopaiDbContext db, string entity, bool ignoreFilters) => ((Task<List<Guid>>)typeof(TenancyTests)
        .GetMethod(nameof(OwnersOfAsync), System.Reflection.BindingFlags.NonPublic | System.Reflection.BindingFlags.Static)!
        .MakeGenericMethod(db.Model.FindEntityType(entity)!.ClrType).Invoke(null, [db, ignoreFilters])!);

    private static async Task<List<Guid>> OwnersOfAsync<T>(LoopaiDbContext db, bool ignoreFilters)
        where T : class, ITenantOwned
    {
        var all = ignoreFilters ? db.Set<T>().IgnoreQueryFilters() : db.Set<T>();
        return [.. (await all.AsNoTracking().ToListAsync()).Select(row => row.OrganizationId).Distinct()];
    }

    private static async Task<int> ExecuteAsync(LoopaiDbContext db, string sql)
    {
        await using var command = db.Database.GetDbConnection().CreateCommand();
        command.CommandText = sql;
        return await command.ExecuteNonQueryAsync();
    }

    private static async Task<object?> ScalarAsync(LoopaiDbContext db, string sql)
    {
        await using var command = db.Database.GetDbConnection().CreateCommand();
        command.CommandText = sql;
        return await command.ExecuteScalarAsync();
    }
}
