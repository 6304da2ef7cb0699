namespace Loopai.Infrastructure.Postgres.Embedded;

/// <summary>Where the embedded database lives and how careful it is.</summary>
/// <param name="DataDirectory">The portal's data folder; the cluster goes to <c>postgres/</c> in it, its log to <c>postgres.log</c>.</param>
public sealed record EmbeddedPostgresOptions(string DataDirectory)
{
    /// <summary>The database that is made on the first start.</summary>
    public string Database { get; init; } = "loopai";

    /// <summary>False gives up fsync for speed: right for tests, which throw the data away.</summary>
    public bool Durable { get; init; } = true;

    /// <summary>How many connections the server accepts.</summary>
    public int MaxConnections { get; init; } = 100;

    /// <summary>Folders to look for <c>initdb</c> and <c>postgres</c> in; null means PATH, then /usr/lib/postgresql/*/bin.</summary>
    public IReadOnlyList<string>? BinaryDirectories { get; init; }
}

/// <summary>The embedded database cannot start; the message says why and what to do, and needs no stack trace beside it.</summary>
public sealed class EmbeddedPostgresException(string message, Exception? inner = null) : Exception(message, inner);
