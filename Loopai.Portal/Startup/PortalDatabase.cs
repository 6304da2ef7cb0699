using Loopai.Core.Configuration;
using Loopai.Core.Data;
using Loopai.Core.Executions;
using Loopai.Core.Experiments.Analysis;
using Loopai.Infrastructure.Postgres;
using Loopai.Infrastructure.Postgres.Embedded;
using Loopai.Infrastructure.SqlServer;
using Npgsql;

namespace Loopai.Portal.Startup;

/// <summary>The database that the configuration names: the embedded one, started here, or a server of the operator's.</summary>
public sealed class PortalDatabase : IAsyncDisposable
{
    /// <summary>Together below the 100 connections of a PostgreSQL as it comes: a rush of callers waits in the pool instead of being turned away by the server.</summary>
    private const int TenantPoolSize = 60;
    private const int SystemPoolSize = 24;

    private readonly EmbeddedPostgres? _embedded;
    private readonly PostgresConnections? _postgres;
    private readonly DatabaseSettings _settings;

    private PortalDatabase(DatabaseSettings settings, EmbeddedPostgres? embedded, PostgresConnections? postgres)
    {
        _settings = settings;
        _embedded = embedded;
        _postgres = postgres;
    }

    /// <summary>Ends when the embedded server ends without being asked to; never, where the database is the operator's.</summary>
    public Task Lost => _embedded?.Exited ?? Task.Delay(Timeout.Infinite);

    public static async Task<PortalDatabase> StartAsync(DatabaseSettings settings, string dataDirectory, ILogger log, CancellationToken ct)
    {
        if (settings.Provider == DatabaseProvider.SqlServer)
        {
            return new PortalDatabase(settings, null, null);
        }

        // Beside the start of the server and of the portal, which need it only at their end.
        _ = Task.Run(PostgresDbOptions.Prepare, ct);
        if (!settings.IsEmbedded())
        {
            return new PortalDatabase(settings, null, PostgresConnections.FromOperator(settings.ConnectionString, settings.MigrationConnectionString));
        }

        var embedded = await EmbeddedPostgres.StartAsync(new EmbeddedPostgresOptions(dataDirectory), log, ct);
        return new PortalDatabase(settings, embedded, new PostgresConnections(
            embedded.OwnerConnectionString,
            embedded.ConnectionString(PostgresConnections.TenantRole),
            embedded.ConnectionString(PostgresConnections.SystemRole)));
    }

    public void AddTo(IServiceCollection services)
    {
        services.AddSingleton<LoopaiData>();
        if (_postgres is { } connections)
        {
            services.AddSingleton(connections);
            // The system role keeps no state in a session, so nothing needs to be reset between two commits.
            services.AddSingleton(new SystemDataSource(Pool(connections.System + ";No Reset On Close=true", SystemPoolSize)));
            services.AddSingleton(provider => PostgresDbOptions.System(provider.GetRequiredService<SystemDataSource>().Value));
            services.AddSingleton(PostgresDbOptions.Tenant(Pool(connections.Tenant, TenantPoolSize)));
            services.AddSingleton<IDatabaseLifecycle, PostgresLifecycle>();
            services.AddSingleton<IExecutionStore, PostgresExecutionStore>();
            services.AddSingleton<IAnalysisSql, PostgresAnalysisSql>();
            services.AddSingleton<IChangeFeed, PostgresChangeFeed>();
        }
        else
        {
            services.AddLoopaiSqlServer(_settings.ConnectionString, _settings.MigrationConnectionString);
        }
    }

    /// <summary>Statements that come again and again, the group commit's among them, are prepared once a connection.</summary>
    private static NpgsqlDataSource Pool(string connectionString, int size)
    {
        var settings = new NpgsqlConnectionStringBuilder(connectionString) { MaxAutoPrepare = 64, AutoPrepareMinUsages = 2 };
        settings.MaxPoolSize = Math.Min(settings.MaxPoolSize, size);
        return NpgsqlDataSource.Create(settings);
    }

    public async ValueTask DisposeAsync()
    {
        if (_embedded is not null)
        {
            NpgsqlConnection.ClearAllPools();
            await _embedded.DisposeAsync();
        }
    }
}
