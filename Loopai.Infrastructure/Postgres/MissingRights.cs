using Npgsql;
using static Loopai.Infrastructure.Postgres.PostgresConnections;

namespace Loopai.Infrastructure.Postgres;

/// <summary>Says which statements an administrator of the operator's server has to run before Loopai can set itself up.</summary>
internal static class MissingRights
{
    public static string Explain(PostgresException e, PostgresConnections connections)
    {
        var owner = new NpgsqlConnectionStringBuilder(connections.Owner);
        var login = Quote(owner.Username ?? "");
        var runtime = Quote(new NpgsqlConnectionStringBuilder(connections.Tenant).Username ?? "");
        return $"""
            The database login {login} lacks a right that setting up the database takes ({e.MessageText}).
            As an administrator of the server, in the database {Quote(owner.Database ?? "")}, run what is missing:
              ALTER DATABASE {Quote(owner.Database ?? "")} OWNER TO {login};
              GRANT USAGE, CREATE ON SCHEMA public TO {login};
              CREATE ROLE {TenantRole} NOLOGIN NOINHERIT;
              CREATE ROLE {SystemRole} NOLOGIN NOINHERIT;
              GRANT {TenantRole}, {SystemRole} TO {runtime};
            Then start Loopai again. (With ALTER ROLE {login} CREATEROLE instead of the last three, Loopai makes the roles itself.)
            """;
    }

    private static string Quote(string name) => $"\"{name.Replace("\"", "\"\"", StringComparison.Ordinal)}\"";
}
