using Loopai.Core.Access;
using Loopai.Core.Data;
using Loopai.Core.Executions;
using Loopai.Core.Organizations;
using Loopai.Infrastructure.Postgres;
using Loopai.Portal.Tests.Postgres;
using Microsoft.Extensions.Logging.Abstractions;
using Npgsql;

namespace Loopai.Portal.Tests.Data;

/// <summary>
/// A fresh Loopai database for a test class (<c>IClassFixture&lt;LoopaiDatabaseFixture&gt;</c>), migrated and empty. The migrations run once a
/// test run; after that a class pays for a copy.
/// </summary>
public sealed class LoopaiDatabaseFixture : IAsyncLifetime
{
    private LoopaiDatabase? database;

    public LoopaiDatabase Database => database ?? throw new InvalidOperationException("The fixture has not started yet.");

    public LoopaiData Data => Database.Data;

    public SystemDataSource System => Database.System;

    public PostgresConnections Connections => Database.Connections;

    public async Task InitializeAsync() => database = await LoopaiDatabase.CreateAsync();

    public async Task DisposeAsync() => await Database.DisposeAsync();
}

/// <summary>One migrated database, for a test that needs one of its own.</summary>
public sealed class LoopaiDatabase : IAsyncDisposable
{
    private readonly NpgsqlDataSource tenant;

    private LoopaiDatabase(PostgresConnections connections)
    {
        Connections = connections;
        tenant = NpgsqlDataSource.Create(connections.Tenant);
        System = new SystemDataSource(NpgsqlDataSource.Create(connections.System));
        Data = new LoopaiData(PostgresDbOptions.Tenant(tenant), PostgresDbOptions.System(System.Value), new RollupLag());
    }

    public PostgresConnections Connections { get; }

    public LoopaiData Data { get; }

    public SystemDataSource System { get; }

    /// <summary>The pool of connections under the tenant role; a connection taken from it by hand names no organization.</summary>
    public NpgsqlDataSource Tenant => tenant;

    public static async Task<LoopaiDatabase> CreateAsync() => new(ConnectionsOf(await PostgresFixture.CreateDatabaseAsync(
        "loopai_migrated", template => new PostgresLifecycle(ConnectionsOf(template), NullLogger<PostgresLifecycle>.Instance).MigrateAsync(CancellationToken.None))));

    /// <summary>How Loopai connects to a database of the test run's server.</summary>
    public static PostgresConnections ConnectionsOf(TestDatabase database) => new(
        database.OwnerConnectionString,
        database.ConnectionString(PostgresConnections.TenantRole),
        database.ConnectionString(PostgresConnections.SystemRole));

    /// <summary>An organization with its default environments, and a caller in the first of them who may do everything.</summary>
    public async Task<TestOrganization> AddOrganizationAsync(string? name = null)
    {
        var id = Guid.CreateVersion7();
        var organization = new Organization
        {
            Id = id,
            Slug = $"{name ?? "org"}-{id:n}",
            Name = name ?? "Organization",
            CreatedAt = DateTimeOffset.UtcNow,
            Environments =
            [
                .. OrganizationEnvironment.Defaults.Select((e, position) => new OrganizationEnvironment
                {
                    Id = Guid.CreateVersion7(), OrganizationId = id, Key = e.Key, Name = e.Name, Position = position,
                }),
            ],
        };
        await using var db = await Data.OpenAsync(Caller.Installation, CancellationToken.None);
        db.Organizations.Add(organization);
        await db.SaveChangesAsync();
        return new TestOrganization(id, organization.Environments[0].Id);
    }

    /// <summary>Runs a statement as the owner: what no caller can do, a test may need.</summary>
    public async Task<object?> AsOwnerAsync(string sql)
    {
        await using var source = NpgsqlDataSource.Create(Connections.Owner);
        await using var command = source.CreateCommand(sql);
        return await command.ExecuteScalarAsync();
    }

    public async ValueTask DisposeAsync()
    {
        await tenant.DisposeAsync();
        await System.Value.DisposeAsync();
    }
}

/// <summary>An organization made for a test.</summary>
public sealed record TestOrganization(Guid Id, Guid EnvironmentId)
{
    /// <summary>May do everything in the organization.</summary>
    public Caller Caller { get; } = Caller.System(Id, EnvironmentId);
}
