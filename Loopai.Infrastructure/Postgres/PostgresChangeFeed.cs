using System.Data.Common;
using System.Net.Sockets;
using System.Runtime.CompilerServices;
using System.Threading.Channels;
using Loopai.Core.Data;
using Microsoft.Extensions.Logging;
using Npgsql;

namespace Loopai.Infrastructure.Postgres;

/// <summary>Changes by LISTEN / NOTIFY, on a connection of its own.</summary>
public sealed class PostgresChangeFeed(PostgresConnections connections, ILogger<PostgresChangeFeed> log) : IChangeFeed
{
    private static readonly TimeSpan ReconnectAfter = TimeSpan.FromMilliseconds(500);

    public async IAsyncEnumerable<Change> WatchAsync([EnumeratorCancellation] CancellationToken ct)
    {
        // A reader that walks away without cancelling ends the listener too.
        using var reading = CancellationTokenSource.CreateLinkedTokenSource(ct);
        var changes = Channel.CreateUnbounded<Change>(new UnboundedChannelOptions { SingleReader = true });
        var listening = ListenAsync(changes.Writer, reading.Token);
        try
        {
            await foreach (var change in changes.Reader.ReadAllAsync(ct))
            {
                yield return change;
            }
        }
        finally
        {
            await reading.CancelAsync();
            await listening;
        }
    }

    private async Task ListenAsync(ChannelWriter<Change> changes, CancellationToken ct)
    {
        while (!ct.IsCancellationRequested)
        {
            try
            {
                // The keep-alive finds a connection that died without a word.
                var settings = new NpgsqlConnectionStringBuilder(connections.System) { Pooling = false, KeepAlive = 10 };
                await using var connection = new NpgsqlConnection(settings.ConnectionString);
                connection.Notification += (_, notice) => Publish(changes, notice.Payload);
                await connection.OpenAsync(ct);
                await using (var listen = new NpgsqlCommand("LISTEN loopai_changes", connection))
                {
                    await listen.ExecuteNonQueryAsync(ct);
                }

                changes.TryWrite(Change.Everything);
                while (true)
                {
                    await connection.WaitAsync(ct);
                }
            }
            catch (Exception) when (ct.IsCancellationRequested)
            {
                break;
            }
            catch (Exception e) when (e is DbException or IOException or SocketException or TimeoutException or InvalidOperationException)
            {
                log.LogWarning(e, "The change feed lost its connection; it will try again");
                await Task.Delay(ReconnectAfter, CancellationToken.None);
            }
        }

        changes.TryComplete();
    }

    private static void Publish(ChannelWriter<Change> changes, string payload)
    {
        var colon = payload.IndexOf(':', StringComparison.Ordinal);
        if (colon > 0 && Guid.TryParse(payload.AsSpan(colon + 1), out var id))
        {
            changes.TryWrite(new Change(payload[..colon], id));
        }
    }
}
