using Loopai.Core.Data;
using Loopai.Core.Executions;
using Loopai.Core.Experiments.Analysis;
using Microsoft.Extensions.DependencyInjection;

namespace Loopai.Infrastructure.SqlServer;

/// <summary>Puts SQL Server among the services.</summary>
public static class SqlServerRegistration
{
    /// <param name="services">The portal's services.</param>
    /// <param name="runtime">How the portal connects.</param>
    /// <param name="owner">How migrations connect; as the portal does where it is empty.</param>
    public static IServiceCollection AddLoopaiSqlServer(this IServiceCollection services, string runtime, string owner)
    {
        services.AddSingleton(new SqlServerConnections(string.IsNullOrWhiteSpace(owner) ? runtime : owner, runtime));
        services.AddSingleton(SqlServerDbOptions.Tenant(runtime));
        services.AddSingleton(SqlServerDbOptions.System(runtime));
        services.AddSingleton<IDatabaseLifecycle, SqlServerLifecycle>();
        services.AddSingleton<IExecutionStore, SqlServerExecutionStore>();
        services.AddSingleton<IAnalysisSql, SqlServerAnalysisSql>();
        return services.AddSingleton<IChangeFeed, SqlServerChangeFeed>();
    }
}
