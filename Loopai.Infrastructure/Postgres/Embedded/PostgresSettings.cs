using System.Globalization;

namespace Loopai.Infrastructure.Postgres.Embedded;

/// <summary>The server's settings, for a small machine that it shares with the portal.</summary>
internal static class PostgresSettings
{
    /// <summary>As arguments rather than a file, so that every start uses what this version of the portal means.</summary>
    public static IEnumerable<string> Arguments(EmbeddedPostgresOptions options, string socketDirectory) =>
        All(options, socketDirectory).SelectMany(setting => new[] { "-c", $"{setting.Name}={setting.Value}" });

    private static IEnumerable<(string Name, string Value)> All(EmbeddedPostgresOptions options, string socketDirectory)
    {
        // Reached through the socket only.
        yield return ("listen_addresses", "");
        yield return ("port", "5432");
        yield return ("unix_socket_directories", socketDirectory);
        yield return ("unix_socket_permissions", "0700");
        yield return ("max_connections", options.MaxConnections.ToString(CultureInfo.InvariantCulture));
        yield return ("cluster_name", "loopai");

        // A small machine, most likely with an SSD.
        yield return ("shared_buffers", "128MB");
        yield return ("effective_cache_size", "512MB");
        yield return ("work_mem", "8MB");
        yield return ("maintenance_work_mem", "64MB");
        yield return ("random_page_cost", "1.1");

        // Compiling a query costs more than the portal's short ones take.
        yield return ("jit", "off");

        yield return ("fsync", options.Durable ? "on" : "off");
        yield return ("synchronous_commit", options.Durable ? "on" : "off");
        yield return ("full_page_writes", options.Durable ? "on" : "off");
        yield return ("wal_compression", "on");
        yield return ("max_wal_size", "1GB");

        // The portal copies stderr to a file of bounded size.
        yield return ("log_destination", "stderr");
        yield return ("logging_collector", "off");
        yield return ("log_line_prefix", "%m [%p] ");
        yield return ("log_checkpoints", "off");
        yield return ("log_min_duration_statement", "2s");
        yield return ("log_timezone", "UTC");
        yield return ("timezone", "UTC");
    }
}
