using Npgsql;

namespace Loopai.Infrastructure.Postgres;

/// <summary>The three ways into the database: the owner changes the schema, the other two are what the portal runs under.</summary>
/// <param name="Owner">Owns the tables; used for migrations only.</param>
/// <param name="Tenant">Role <see cref="TenantRole"/>: sees one organization at a time.</param>
/// <param name="System">Role <see cref="SystemRole"/>: serves all organizations, owns nothing and bypasses nothing.</param>
public sealed record PostgresConnections(string Owner, string Tenant, string System)
{
    public const string TenantRole = "loopai_tenant";
    public const string SystemRole = "loopai_system";

    /// <summary>
    /// For a server of the operator's: the runtime login takes on the roles as each connection starts. It should be a login of its own, not a superuser
    /// and not the owner. The owner has to own the database (or have CREATE on its schema public), and needs CREATEROLE, or an administrator who
    /// has made the roles: see <see cref="MissingRights"/>.
    /// </summary>
    /// <param name="runtime">The login of the portal.</param>
    /// <param name="owner">The login that owns the schema; the runtime login where the operator gave only one.</param>
    public static PostgresConnections FromOperator(string runtime, string? owner) =>
        new(string.IsNullOrWhiteSpace(owner) ? runtime : owner, InRole(runtime, TenantRole), InRole(runtime, SystemRole));

    /// <summary>The role is set as a start-up option, so that resetting a pooled connection leads back to it and not to the login.</summary>
    private static string InRole(string connectionString, string role)
    {
        var builder = new NpgsqlConnectionStringBuilder(connectionString);
        builder.Options = $"{builder.Options} -c role={role}".Trim();
        return builder.ConnectionString;
    }
}
