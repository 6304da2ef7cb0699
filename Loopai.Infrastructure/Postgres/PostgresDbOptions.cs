using Loopai.Core.Data;
using Loopai.Infrastructure.Queries;
using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Design;
using Microsoft.EntityFrameworkCore.Metadata;
using Microsoft.EntityFrameworkCore.Migrations;
using Npgsql;

namespace Loopai.Infrastructure.Postgres;

/// <summary>How EF Core reaches PostgreSQL.</summary>
public static class PostgresDbOptions
{
    private static readonly Lazy<IModel> SharedModel = new(BuildModel);

    public static TenantDbOptions Tenant(NpgsqlDataSource source) => new(new(() => Builder(source).AddInterceptors(new TenantInterceptor()).Options));

    public static SystemDbOptions System(NpgsqlDataSource source) => new(new(() => Builder(source).Options));

    /// <summary>Builds the model ahead of its first use, which can then be had beside whatever else a start waits for.</summary>
    public static void Prepare() => _ = SharedModel.Value;

    /// <summary>EF Core would build a model for every pool of connections, each as long as a third of a start; it is the same for all.</summary>
    private static DbContextOptionsBuilder<LoopaiDbContext> Builder(NpgsqlDataSource source) =>
        new DbContextOptionsBuilder<LoopaiDbContext>().UseNpgsql(source).UseModel(SharedModel.Value).UseTranslator<LoopaiDbContext, PostgresHistogramTranslator>();

    private static IModel BuildModel()
    {
        using var db = new LoopaiDbContext(new DbContextOptionsBuilder<LoopaiDbContext>().UseNpgsql().Options, organizationId: null);
        return db.Model;
    }
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
