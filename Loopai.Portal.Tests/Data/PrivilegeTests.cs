using Loopai.Infrastructure.Postgres;
using Npgsql;

namespace Loopai.Portal.Tests.Data;

/// <summary>What the runtime roles can reach, asked of the catalog: a table that somebody made outside the model is found too.</summary>
public sealed class PrivilegeTests(LoopaiDatabaseFixture fixture) : IClassFixture<LoopaiDatabaseFixture>
{
    /// <summary>Tables that a tenant may read although they belong to no organization. There is none.</summary>
    private static readonly string[] OpenToTenants = [];

    private const string ReachableWithoutRowSecurity = """
        SELECT c.relname FROM pg_class c
        WHERE c.relnamespace = 'public'::regnamespace AND c.relkind IN ('r', 'p', 'v', 'm', 'f')
          AND (has_any_column_privilege($1, c.oid, 'SELECT, INSERT, UPDATE, REFERENCES') OR has_table_privilege($1, c.oid, 'DELETE, TRUNCATE, TRIGGER'))
          AND NOT (c.relrowsecurity AND c.relforcerowsecurity)
        """;

    [Fact]
    public async Task Tables_OfTheTenantRole_HaveRowLevelSecurity()
    {
        await AddPartitionAsync();
        (await ListAsync(ReachableWithoutRowSecurity, PostgresConnections.TenantRole)).ShouldBe(OpenToTenants, ignoreOrder: true);
    }

    [Fact]
    public async Task Tables_TableMadeOutsideTheModel_IsFound()
    {
        await using var database = await LoopaiDatabase.CreateAsync();
        await database.AsOwnerAsync($"CREATE TABLE stray (id int); GRANT SELECT ON stray TO {PostgresConnections.TenantRole}");

        await using var owner = NpgsqlDataSource.Create(database.Connections.Owner);
        (await ListAsync(ReachableWithoutRowSecurity, PostgresConnections.TenantRole, owner)).ShouldBe(["stray"]);
    }

    [Fact]
    public async Task Partitions_ByEitherRole_CannotBeReachedAroundTheTable()
    {
        await AddPartitionAsync();
        (await ListAsync("SELECT relname FROM pg_class WHERE relname LIKE 'executions\\_2%' AND relkind = 'r' AND $1 <> ''", "-")).ShouldNotBeEmpty();
        foreach (var role in new[] { PostgresConnections.TenantRole, PostgresConnections.SystemRole })
        {
            (await ListAsync(
                """
                SELECT relname FROM pg_class
                WHERE relname LIKE 'executions\_2%' AND relkind = 'r' AND has_table_privilege($1, oid, 'SELECT, INSERT, UPDATE, DELETE, TRUNCATE')
                """,
                role)).ShouldBeEmpty();
        }
    }

    [Fact]
    public async Task Functions_ThatRunAsTheOwner_AreClosedToTheTenantRole() => (await ListAsync(
        "SELECT proname FROM pg_proc WHERE pronamespace = 'public'::regnamespace AND prosecdef AND has_function_privilege($1, oid, 'EXECUTE')",
        PostgresConnections.TenantRole)).ShouldBeEmpty();

    [Theory]
    [InlineData(PostgresConnections.TenantRole)]
    [InlineData(PostgresConnections.SystemRole)]
    public async Task Roles_OwnNothingAndBypassNothing(string role)
    {
        (await ListAsync("SELECT rolname FROM pg_roles WHERE rolname = $1 AND (rolsuper OR rolbypassrls OR rolcreaterole OR rolcreatedb OR rolreplication)", role))
            .ShouldBeEmpty();
        (await ListAsync("SELECT relname FROM pg_class WHERE relowner = (SELECT oid FROM pg_roles WHERE rolname = $1)", role)).ShouldBeEmpty();
        (await ListAsync("SELECT 'may create' WHERE has_schema_privilege($1, 'public', 'CREATE')", role)).ShouldBeEmpty();
    }

    private async Task AddPartitionAsync()
    {
        await using var add = fixture.System.Value.CreateCommand("SELECT loopai_ensure_execution_partition('2026-03-01')");
        await add.ExecuteNonQueryAsync();
    }

    private async Task<List<string>> ListAsync(string sql, string role, NpgsqlDataSource? source = null)
    {
        await using var owner = source is null ? NpgsqlDataSource.Create(fixture.Connections.Owner) : null;
        await using var command = (source ?? owner!).CreateCommand(sql);
        command.Parameters.Add(new() { Value = role });
        await using var reader = await command.ExecuteReaderAsync();
        List<string> names = [];
        while (await reader.ReadAsync())
        {
            names.Add(reader.GetString(0));
        }

        return names;
    }
}
