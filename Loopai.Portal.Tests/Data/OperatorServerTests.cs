using Loopai.Core.Access;
using Loopai.Core.Data;
using Loopai.Core.Executions;
using Loopai.Infrastructure;
using Loopai.Infrastructure.Postgres;
using Loopai.Portal.Tests.Postgres;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.Logging.Abstractions;
using Npgsql;

namespace Loopai.Portal.Tests.Data;

/// <summary>A server that somebody else runs: ordinary logins, and no rights but those that were given.</summary>
public sealed class OperatorServerTests : IAsyncLifetime
{
    private readonly string owner = $"owner_{Guid.NewGuid():n}";
    private readonly string runtime = $"portal_{Guid.NewGuid():n}";
    private TestDatabase database = null!;

    public async Task InitializeAsync()
    {
        database = await PostgresFixture.CreateDatabaseAsync();
        await AsAdministratorAsync($"CREATE ROLE {owner} LOGIN; CREATE ROLE {runtime} LOGIN");
    }

    public Task DisposeAsync() => Task.CompletedTask;

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task MigrateAsync_OwnerOfTheDatabase_TenantsAreApart(bool oneLogin)
    {
        // The roles are the server's and exist already, made by the databases of other tests.
        await (await LoopaiDatabase.CreateAsync()).DisposeAsync();
        await AsAdministratorAsync($"ALTER DATABASE \"{Name}\" OWNER TO {owner}; ALTER ROLE {owner} CREATEROLE");
        var connections = PostgresConnections.FromOperator(database.ConnectionString(oneLogin ? owner : runtime), database.ConnectionString(owner));
        var lifecycle = new PostgresLifecycle(connections, NullLogger<PostgresLifecycle>.Instance);

        await lifecycle.MigrateAsync(default);
        await lifecycle.MigrateAsync(default);

        (await lifecycle.IsReachableAsync(default)).ShouldBeTrue();
        await using var tenant = NpgsqlDataSource.Create(new NpgsqlConnectionStringBuilder(connections.Tenant) { MaxPoolSize = 1 }.ConnectionString);
        await using var system = NpgsqlDataSource.Create(new NpgsqlConnectionStringBuilder(connections.System) { MaxPoolSize = 1 }.ConnectionString);
        var data = new LoopaiData(PostgresDbOptions.Tenant(tenant), PostgresDbOptions.System(system), new RollupLag());
        var (ours, theirs) = (Guid.CreateVersion7(), Guid.CreateVersion7());

        // Each goes through a pool of one connection, which has been reset in between.
        for (var round = 0; round < 2; round++)
        {
            await using var all = await data.OpenAsync(Caller.Installation, default);
            (await all.Database.SqlQueryRaw<string>("SELECT current_user::text AS \"Value\"").SingleAsync()).ShouldBe(PostgresConnections.SystemRole);
            if (round == 0)
            {
                await all.Database.ExecuteSqlRawAsync("SELECT loopai_ensure_execution_partition((now() AT TIME ZONE 'UTC')::date)");
                await TenantRows.SaveAsync(all, ours);
                await TenantRows.SaveAsync(all, theirs);
            }

            foreach (var organization in new[] { ours, theirs })
            {
                await using var db = await data.OpenAsync(Caller.System(organization), default);
                (await db.Database.SqlQueryRaw<string>("SELECT current_user::text AS \"Value\"").SingleAsync()).ShouldBe(PostgresConnections.TenantRole);
                (await db.Tasks.IgnoreQueryFilters().Select(t => t.OrganizationId).SingleAsync()).ShouldBe(organization);
            }
        }

        (await lifecycle.DropExecutionsBeforeAsync(new(2100, 1, 1), default)).ShouldBe(1);
    }

    [Fact]
    public async Task MigrateAsync_OwnerMayDoNothing_NamesTheStatements()
    {
        var connections = PostgresConnections.FromOperator(database.ConnectionString(runtime), database.ConnectionString(owner));
        var lifecycle = new PostgresLifecycle(connections, NullLogger<PostgresLifecycle>.Instance);

        var refused = await Should.ThrowAsync<DatabaseSetupException>(lifecycle.MigrateAsync(default));

        refused.Message.ShouldContain($"ALTER DATABASE \"{Name}\" OWNER TO \"{owner}\";");
        refused.Message.ShouldContain($"GRANT loopai_tenant, loopai_system TO \"{runtime}\";");

        // What it says is enough; the roles are here already.
        await (await LoopaiDatabase.CreateAsync()).DisposeAsync();
        foreach (var statement in refused.Message.Split('\n').Select(line => line.Trim()).Where(l => l.EndsWith(';') && !l.StartsWith("CREATE ROLE", StringComparison.Ordinal)))
        {
            await AsAdministratorAsync(statement);
        }

        await lifecycle.MigrateAsync(default);
        (await lifecycle.IsReachableAsync(default)).ShouldBeTrue();
    }

    private string Name => new NpgsqlConnectionStringBuilder(database.OwnerConnectionString).Database!;

    private async Task AsAdministratorAsync(string sql)
    {
        await using var source = NpgsqlDataSource.Create(database.OwnerConnectionString);
        await using var command = source.CreateCommand(sql);
        await command.ExecuteNonQueryAsync();
    }
}
