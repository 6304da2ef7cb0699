using Npgsql;

namespace Loopai.Portal.Tests.Postgres;

public sealed class PostgresFixtureTests(PostgresFixture postgres) : IClassFixture<PostgresFixture>
{
    [Fact]
    public async Task CreateDatabaseAsync_Template_IsPreparedOnceAndCopied()
    {
        postgres.ShouldNotBeNull();
        var prepared = 0;
        async Task<TestDatabase> Copy() => await PostgresFixture.CreateDatabaseAsync("fixture_test", async template =>
        {
            Interlocked.Increment(ref prepared);
            await ExecuteAsync(template, "CREATE TABLE items (name text)");
        });

        var databases = await Task.WhenAll(Copy(), Copy());
        await ExecuteAsync(databases[0], "INSERT INTO items VALUES ('one')");

        prepared.ShouldBe(1);
        (await ExecuteAsync(databases[1], "SELECT count(*) FROM items")).ShouldBe(0L);
    }

    private static async Task<object?> ExecuteAsync(TestDatabase database, string sql)
    {
        await using var source = NpgsqlDataSource.Create(database.OwnerConnectionString);
        await using var command = source.CreateCommand(sql);
        return await command.ExecuteScalarAsync();
    }
}
