using System.ComponentModel.DataAnnotations;

namespace Loopai.Core.Configuration;

/// <summary>Which database server the portal keeps its data in.</summary>
public enum DatabaseProvider
{
    /// <summary>PostgreSQL: the embedded one, or a server.</summary>
    PostgreSql,

    /// <summary>Microsoft SQL Server.</summary>
    SqlServer,
}

/// <summary>Where the database is.</summary>
public sealed class DatabaseSettings : IValidatableObject
{
    /// <summary>The kind of server.</summary>
    public DatabaseProvider Provider { get; init; } = DatabaseProvider.PostgreSql;

    /// <summary>How the portal connects at run time; empty means the embedded PostgreSQL.</summary>
    public string ConnectionString { get; init; } = "";

    /// <summary>How migrations connect, as the owner of the tables; empty means <see cref="ConnectionString"/>.</summary>
    public string MigrationConnectionString { get; init; } = "";

    /// <summary>True when the portal runs its own PostgreSQL.</summary>
    public bool IsEmbedded() => ConnectionString.Length == 0;

    /// <inheritdoc />
    public IEnumerable<ValidationResult> Validate(ValidationContext validationContext)
    {
        if (IsEmbedded() && Provider != DatabaseProvider.PostgreSql)
        {
            yield return new("give the server's connection string: only PostgreSQL can be embedded", [nameof(ConnectionString)]);
        }

        if (IsEmbedded() && MigrationConnectionString.Length > 0)
        {
            yield return new("set Database:ConnectionString too, or leave this empty: the embedded database needs neither", [nameof(MigrationConnectionString)]);
        }
    }
}
