using Loopai.Core.Access;
using Loopai.Core.Data;
using Loopai.Infrastructure.Postgres;
using Microsoft.EntityFrameworkCore;
using Npgsql;

namespace Loopai.Portal.Tests.Data;

/// <summary>Rows that an organization shows to all: everybody reads them, and nobody else writes them.</summary>
public sealed class PublicRowsTests(LoopaiDatabaseFixture fixture) : IClassFixture<LoopaiDatabaseFixture>, IAsyncLifetime
{
    private readonly Caller ours = Caller.System(Guid.CreateVersion7());
    private readonly Caller theirs = Caller.System(Guid.CreateVersion7());
    private TenantRows theirRows = null!;

    public static TheoryData<string> Entities()
    {
        using var db = PostgresMigrationContext.Create(new NpgsqlConnection("Host=unused"));
        return new TheoryData<string>(TenantRows.TenantEntities(db.Model).Where(e => typeof(IPublicReadable).IsAssignableFrom(e.ClrType)).Select(e => e.Name));
    }

    public async Task InitializeAsync()
    {
        await using var db = await fixture.Data.OpenAsync(Caller.Installation, default);
        await db.Database.ExecuteSqlRawAsync("SELECT loopai_ensure_execution_partition((now() AT TIME ZONE 'UTC')::date)");
        theirRows = await TenantRows.SaveAsync(db, theirs.OrganizationId);
    }

    public Task DisposeAsync() => Task.CompletedTask;

    [Theory]
    [MemberData(nameof(Entities))]
    public async Task PublicRow_OfAnother_IsReadAndNeverWritten(string entity)
    {
        await using var their = await fixture.Data.OpenAsync(theirs, default);
        await using var our = await fixture.Data.OpenAsync(ours, default);
        var table = our.Model.FindEntityType(entity)!.GetTableName();
        var row = $"FROM {table} WHERE organization_id = '{theirs.OrganizationId}'";
        (await ScalarAsync(our, $"SELECT count(*) {row}")).ShouldBe(0L);

        await ExecuteAsync(their, $"UPDATE {table} SET is_public = true");

        (await ScalarAsync(our, $"SELECT count(*) {row}")).ShouldBe(1L);
        (await CountAsync(our, entity)).ShouldBe(1);
        (await ExecuteAsync(our, $"UPDATE {table} SET is_public = is_public WHERE organization_id = '{theirs.OrganizationId}'")).ShouldBe(0);
        (await ExecuteAsync(our, $"UPDATE {table} SET organization_id = '{ours.OrganizationId}'")).ShouldBe(0);
        (await ExecuteAsync(our, $"DELETE {row}")).ShouldBe(0);
        (await ScalarAsync(their, $"SELECT count(*) {row}")).ShouldBe(1L);

        var another = theirRows.Another(our.Model.FindEntityType(entity)!);
        another.GetType().GetProperty(nameof(IPublicReadable.IsPublic))!.SetValue(another, true);
        our.Add(another);
        (await Should.ThrowAsync<DbUpdateException>(our.SaveChangesAsync())).InnerException.ShouldBeOfType<PostgresException>().MessageText.ShouldContain("row-level security policy");

        await using var nobody = fixture.Database.Tenant.CreateCommand($"SELECT count(*) FROM {table}");
        (await nobody.ExecuteScalarAsync()).ShouldBe(0L);
    }

    private static Task<int> CountAsync(LoopaiDbContext db, string entity) => (Task<int>)typeof(PublicRowsTests)
        .GetMethod(nameof(CountOfAsync), System.Reflection.BindingFlags.NonPublic | System.Reflection.BindingFlags.Static)!
        .MakeGenericMethod(db.Model.FindEntityType(entity)!.ClrType).Invoke(null, [db])!;

    private static Task<int> CountOfAsync<T>(LoopaiDbContext db)
        where T : class => db.Set<T>().CountAsync();

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
