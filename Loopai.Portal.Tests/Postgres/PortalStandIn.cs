using System.Diagnostics;
using Loopai.Infrastructure.Postgres.Embedded;
using Microsoft.Extensions.Logging.Abstractions;

namespace Loopai.Portal.Tests.Postgres;

/// <summary>A process that starts the embedded database and then waits to be killed, as a portal may be.</summary>
internal sealed class PortalStandIn : IDisposable
{
    private readonly Process process;

    private PortalStandIn(Process process, string connectionString)
    {
        this.process = process;
        ConnectionString = connectionString;
    }

    public string ConnectionString { get; }

    /// <summary>What the process does; see <see cref="ChildProcess"/>.</summary>
    public static async Task RunAsync(string dataDirectory)
    {
        await using var database = await EmbeddedPostgres.StartAsync(new(dataDirectory) { Durable = false }, NullLogger.Instance);
        Console.WriteLine(database.OwnerConnectionString);
        await Console.In.ReadToEndAsync();
    }

    public static async Task<PortalStandIn> StartAsync(string dataDirectory)
    {
        var child = Process.Start(new ProcessStartInfo("dotnet", ["exec", typeof(PortalStandIn).Assembly.Location, "embedded-postgres", dataDirectory])
        {
            UseShellExecute = false,
            RedirectStandardInput = true,
            RedirectStandardOutput = true,
        })!;
        var connectionString = await child.StandardOutput.ReadLineAsync();
        return new PortalStandIn(child, connectionString.ShouldNotBeNull());
    }

    /// <summary>Ends it the way nothing can prepare for: SIGKILL, to this one process.</summary>
    public async Task KillAsync()
    {
        process.Kill();
        await process.WaitForExitAsync();
    }

    public void Dispose()
    {
        if (!process.HasExited)
        {
            process.Kill();
        }

        process.Dispose();
    }
}
