using System.ComponentModel;
using System.Diagnostics;

namespace Loopai.Infrastructure.Postgres.Embedded;

/// <summary>
/// The running server: a shell that waits for <c>postgres</c>, and a watcher that reads a pipe whose other end the portal holds.
/// When the portal closes it, or ends in any way, the read ends and the watcher asks for a fast shutdown. The kernel's
/// parent-death signal would be shorter, but it fires when the <em>thread</em> that started the child ends, and .NET's pool retires threads.
/// </summary>
internal sealed class PostgresServer : IAsyncDisposable
{
    // Signals for the whole group (Ctrl+C, a service manager's stop) leave the shells alone; postgres installs its own handlers. A service
    // manager's SIGTERM lets it wait for its clients, which is what a portal that still answers its last requests needs.
    private const string RunUntilStandardInputCloses = """
        trap '' INT TERM HUP
        exec 3<&0 </dev/null
        "$@" 3<&- &
        server=$!
        (exec >/dev/null 2>&1; read -r _ <&3; kill -INT "$server") &
        watcher=$!
        exec 3<&-
        wait "$server"
        status=$?
        kill -KILL "$watcher" 2>/dev/null
        exit "$status"
        """;

    private static readonly TimeSpan Poll = TimeSpan.FromMilliseconds(5);
    private static readonly TimeSpan ShutdownPatience = TimeSpan.FromSeconds(30);

    private readonly Process process;
    private readonly PostgresCluster cluster;
    private readonly PostgresLog log;
    private readonly Task logging;

    private PostgresServer(Process process, PostgresCluster cluster, PostgresLog log)
    {
        this.process = process;
        this.cluster = cluster;
        this.log = log;
        logging = log.CopyAsync(process.StandardError);
    }

    /// <summary>Ends when the server does.</summary>
    public Task Exited => process.WaitForExitAsync();

    public static async Task<PostgresServer> StartAsync(
        PostgresCluster cluster, IEnumerable<string> settings, PostgresLog log, CancellationToken ct)
    {
        // A session of its own keeps the terminal's Ctrl+C away: the portal has to finish with the database first.
        string[] command =
        [
            "setsid", "/bin/sh", "-c", RunUntilStandardInputCloses, "loopai-postgres",
            cluster.Binaries.Postgres, "-D", ClusterOwner.OpenedDirectory, .. settings,
        ];
        Process shell;
        try
        {
            shell = Process.Start(HostCommand.StartInfo(ClusterOwner.CommandLine(cluster.Directory, command)))!;
        }
        catch (Win32Exception e)
        {
            throw new EmbeddedPostgresException($"PostgreSQL cannot be started: {e.Message}", e);
        }

        var server = new PostgresServer(shell, cluster, log);
        try
        {
            await server.ReadyAsync(ct);
            return server;
        }
        catch
        {
            await server.DisposeAsync();
            throw;
        }
    }

    public async ValueTask DisposeAsync()
    {
        process.StandardInput.Close();
        using var patience = new CancellationTokenSource(ShutdownPatience);
        try
        {
            await process.WaitForExitAsync(patience.Token);
        }
        catch (OperationCanceledException)
        {
            await ClusterProcesses.StopAsync(cluster.Directory, CancellationToken.None);
        }

        await logging;
        process.Dispose();
    }

    /// <summary>Waits without a limit of time while the server lives: after a crash it may have much to recover.</summary>
    private async Task ReadyAsync(CancellationToken ct)
    {
        while (!await SaysReadyAsync(ct))
        {
            if (process.HasExited)
            {
                await logging;
                throw new EmbeddedPostgresException($"PostgreSQL {cluster.Binaries.Major} did not start on {cluster.Directory}. It said:\n{log.Tail}");
            }

            await Task.Delay(Poll, ct);
        }
    }

    // pg_ctl waits by the same line: the eighth of the pid file is the server's state.
    private async Task<bool> SaysReadyAsync(CancellationToken ct)
    {
        try
        {
            var lines = await File.ReadAllLinesAsync(Path.Combine(cluster.Directory, "postmaster.pid"), ct);
            return lines.Length >= 8 && lines[7].Trim() == "ready";
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            return false;
        }
    }
}
