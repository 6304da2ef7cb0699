using Loopai.Core.Data;
using Loopai.Infrastructure.Queries;
using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Design;

namespace Loopai.Infrastructure.SqlServer;

/// <summary>How EF Core reaches SQL Server.</summary>
public static class SqlServerDbOptions
{
    public static TenantDbOptions Tenant(string connectionString) =>
        new(new(() => new DbContextOptionsBuilder<LoopaiDbContext>().UseSqlServer(connectionString).AddInterceptors(new SqlServerTenantInterceptor()).UseTranslator<LoopaiDbContext, SqlServerHistogramTranslator>().Options));

    public static SystemDbOptions System(string connectionString) =>
        new(new(() => new DbContextOptionsBuilder<LoopaiDbContext>().UseSqlServer(connectionString).AddInterceptors(new SqlServerSystemInterceptor()).UseTranslator<LoopaiDbContext, SqlServerHistogramTranslator>().Options));
}

/// <summary>The context that the SQL Server migrations hang on; the same model under another name.</summary>
public sealed class SqlServerMigrationContext(DbContextOptions<SqlServerMigrationContext> options) : LoopaiDbContext(options, organizationId: null)
{
    public static SqlServerMigrationContext Create(string connectionString) => new(
        new DbContextOptionsBuilder<SqlServerMigrationContext>()
            .UseSqlServer(connectionString, server => server.MigrationsAssembly(typeof(SqlServerMigrationContext).Assembly.GetName().Name))
            .Options);
}

/// <summary>Found by <c>dotnet ef</c>.</summary>
public sealed class SqlServerMigrationContextFactory : IDesignTimeDbContextFactory<SqlServerMigrationContext>
{
    public SqlServerMigrationContext CreateDbContext(string[] args) => SqlServerMigrationContext.Create("Server=unused");
}
