using Loopai.Core.Data;
using Loopai.Infrastructure.Queries;
using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Design;
using Microsoft.EntityFrameworkCore.Migrations;
using Npgsql;

namespace Loopai.Infrastructure.Postgres;

/// <summary>How EF Core reaches PostgreSQL.</summary>
public static class PostgresDbOptions
{
    public static TenantDbOptions Tenant(NpgsqlDataSource source) =>
        new(new DbContextOptionsBuilder<LoopaiDbContext>().UseNpgsql(source).AddInterceptors(new TenantInterceptor()).UseTranslator<LoopaiDbContext, PostgresHistogramTranslator>().Options);

    public static SystemDbOptions System(NpgsqlDataSource source) =>
        new(new DbContextOptionsBuilder<LoopaiDbContext>().UseNpgsql(source).UseTranslator<LoopaiDbContext, PostgresHistogramTranslator>().Options);
}

/// <summary>The context that the PostgreSQL migrations hang on; the same model under another name.</summary>
public sealed class PostgresMigrationContext(DbContextOptions<PostgresMigrationContext> options) : LoopaiDbContext(options, organizationId: null)
{
    public static PostgresMigrationContext Create(NpgsqlConnection connection) => new(
        new DbContextOptionsBuilder<PostgresMigrationContext>()
            .UseNpgsql(connection, npgsql => npgsql.MigrationsAssembly(typeof(PostgresMigrationContext).Assembly.GetName().Name))
            .ReplaceService<IMigrationsSqlGenerator, PartitionedTableSqlGenerator>()
            .Options);
}

/// <summary>Found by <c>dotnet ef</c>.</summary>
public sealed class PostgresMigrationContextFactory : IDesignTimeDbContextFactory<PostgresMigrationContext>
{
    public PostgresMigrationContext CreateDbContext(string[] args) => PostgresMigrationContext.Create(new NpgsqlConnection("Host=unused"));
}
