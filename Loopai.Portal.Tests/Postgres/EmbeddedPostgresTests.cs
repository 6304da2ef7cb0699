using System.Diagnostics;
using System.Runtime.Versioning;
using Loopai.Infrastructure.Postgres.Embedded;
using Microsoft.Extensions.Logging.Abstractions;
using Npgsql;

namespace Loopai.Portal.Tests.Postgres;

[SupportedOSPlatform("linux")]
public sealed class EmbeddedPostgresTests : IDisposable
{
    private readonly TemporaryDirectory data = new();

    public void Dispose() => data.Dispose();

    [Fact]
    public async Task StartAsync_SecondTime_KeepsTheData()
    {
        await using (var first = await StartAsync())
        {
            await ExecuteAsync(first.OwnerConnectionString, "CREATE TABLE kept AS SELECT 42 AS answer");
        }

        Directory.EnumerateFileSystemEntries(data.Path, "portal.pid").ShouldBeEmpty();
        await using var second = await StartAsync();
        (await ScalarAsync(second.OwnerConnectionString, "SELECT answer FROM kept")).ShouldBe(42);
    }

    [Fact]
    public async Task StartAsync_NewCluster_IsDurableUtf8WithChecksumsAndNoTcpPort()
    {
        await using var database = await StartAsync(durable: true);

        (await ScalarAsync(database.OwnerConnectionString, """
            SELECT concat_ws(' ', current_user, current_database(), current_setting('fsync'), current_setting('synchronous_commit'),
              current_setting('server_encoding'), current_setting('lc_collate'), current_setting('data_checksums'), current_setting('jit'),
              '[' || current_setting('listen_addresses') || ']')
            """)).ShouldBe("loopai_owner loopai on on UTF8 C.UTF-8 on off []");

        var socket = new NpgsqlConnectionStringBuilder(database.OwnerConnectionString).Host!;
        (File.GetUnixFileMode(socket) & (UnixFileMode)0b000_111_111).ShouldBe(UnixFileMode.None);
    }

    [Fact]
    public async Task StartAsync_PortalWasKilled_DatabaseStopsAndStartsAgain()
    {
        using (var portal = await PortalStandIn.StartAsync(data.Path))
        {
            await ExecuteAsync(portal.ConnectionString, "CREATE TABLE kept AS SELECT 42 AS answer");
            await portal.KillAsync();
        }

        await UntilAsync(() => Postmaster() is null, "the server of a killed portal has to stop by itself");
        await using var second = await StartAsync();
        (await ScalarAsync(second.OwnerConnectionString, "SELECT answer FROM kept")).ShouldBe(42);
    }

    [Fact]
    public async Task StartAsync_PortalAndWatcherWereKilled_StopsTheOrphanFirst()
    {
        using var portal = await PortalStandIn.StartAsync(data.Path);
        var socket = new NpgsqlConnectionStringBuilder(portal.ConnectionString).Host!;
        await ExecuteAsync(portal.ConnectionString, "CREATE TABLE kept AS SELECT 42 AS answer");
        var orphan = Postmaster().ShouldNotBeNull();
        foreach (var shell in ShellsThatRun("loopai-postgres", data.Path))
        {
            shell.Kill();
        }

        await portal.KillAsync();
        Postmaster().ShouldBe(orphan);

        await using var second = await StartAsync();
        (await ScalarAsync(second.OwnerConnectionString, "SELECT answer FROM kept")).ShouldBe(42);
        Postmaster().ShouldNotBe(orphan);
        Directory.Exists(socket).ShouldBeFalse();
    }

    [Fact]
    public async Task StartAsync_PidFileNamesALivingStranger_Starts()
    {
        await using (await StartAsync())
        {
        }

        // What a restarted container finds: the number of the old server, which some other process carries by now.
        var pidFile = Path.Combine(data.Path, "postgres", "postmaster.pid");
        await File.WriteAllTextAsync(pidFile, $"{Environment.ProcessId}\n/elsewhere\n1700000000\n5432\n/tmp\n\n\nready\n");

        await using var second = await StartAsync();
        (await ScalarAsync(second.OwnerConnectionString, "SELECT 1")).ShouldBe(1);
    }

    [Fact]
    public async Task StartAsync_SecondPortalOnTheFolder_IsRefusedWithTheProcess()
    {
        await using var first = await StartAsync();

        var refused = await Should.ThrowAsync<EmbeddedPostgresException>(StartAsync());

        refused.Message.ShouldContain($"Another portal (process {Environment.ProcessId}) is running on the data folder {data.Path}");
        (await ScalarAsync(first.OwnerConnectionString, "SELECT 1")).ShouldBe(1);
    }

    [Fact]
    public async Task StartAsync_DeepFolderWithSpaces_Starts()
    {
        var deep = Path.Combine(data.Path, string.Join('/', Enumerable.Repeat("a folder that's long", 12)));
        await using var database = await StartAsync(deep);
        (await ScalarAsync(database.OwnerConnectionString, "SELECT 1")).ShouldBe(1);
    }

    [Fact]
    public async Task StartAsync_NoPostgresInstalled_SaysHowToGetIt()
    {
        var refused = await Should.ThrowAsync<EmbeddedPostgresException>(
            EmbeddedPostgres.StartAsync(new(data.Path) { BinaryDirectories = [] }, NullLogger.Instance));
        refused.Message.ShouldContain("apt-get install -y postgresql");
    }

    [Fact]
    public async Task StartAsync_ClusterOfAnotherMajorVersion_NamesBoth()
    {
        var cluster = Directory.CreateDirectory(Path.Combine(data.Path, "postgres")).FullName;
        await File.WriteAllTextAsync(Path.Combine(cluster, "PG_VERSION"), "9\n");

        var refused = await Should.ThrowAsync<EmbeddedPostgresException>(StartAsync());

        refused.Message.ShouldMatch(@"made by PostgreSQL 9, but the installed version is \d\d");
    }

    [Fact]
    public async Task StartAsync_FolderHoldsSomethingElse_IsRefusedUntouched()
    {
        var precious = Path.Combine(Directory.CreateDirectory(Path.Combine(data.Path, "postgres")).FullName, "precious.txt");
        await File.WriteAllTextAsync(precious, "mine");

        var refused = await Should.ThrowAsync<EmbeddedPostgresException>(StartAsync());

        refused.Message.ShouldContain("PG_VERSION is missing or damaged");
        File.Exists(precious).ShouldBeTrue();
    }

    [Fact]
    public async Task StartAsync_ClusterIsDamaged_RepeatsWhatTheServerSaid()
    {
        await using (await StartAsync())
        {
        }

        File.Delete(Path.Combine(data.Path, "postgres", "global", "pg_control"));

        var refused = await Should.ThrowAsync<EmbeddedPostgresException>(StartAsync());

        refused.Message.ShouldContain("pg_control");
        (await File.ReadAllTextAsync(Path.Combine(data.Path, "postgres.log"))).ShouldContain("pg_control");
    }

    // A process that is killed loses nothing that it has handed to the kernel, so these tests can do without the disk's wait.
    private Task<EmbeddedPostgres> StartAsync(string? folder = null, bool durable = false) =>
        EmbeddedPostgres.StartAsync(new(folder ?? data.Path) { Durable = durable }, NullLogger.Instance);

    private int? Postmaster() =>
        Process.GetProcessesByName("postgres").Select(p => p.Id).Order().Cast<int?>()
            .FirstOrDefault(id => new FileInfo($"/proc/{id}/cwd").LinkTarget == Path.Combine(data.Path, "postgres"));

    private static IEnumerable<Process> ShellsThatRun(string name, string folder)
    {
        // The shells stand on the folder through the descriptor that they were given.
        return Process.GetProcessesByName("sh").Where(shell =>
            File.ReadAllText($"/proc/{shell.Id}/cmdline").Contains(name, StringComparison.Ordinal)
            && new FileInfo($"/proc/{shell.Id}/fd/9").LinkTarget == Path.Combine(folder, "postgres"));
    }

    private static async Task UntilAsync(Func<bool> condition, string because)
    {
        var patience = Stopwatch.StartNew();
        while (!condition())
        {
            patience.Elapsed.ShouldBeLessThan(TimeSpan.FromSeconds(20), because);
            await Task.Delay(20);
        }
    }

    private static async Task ExecuteAsync(string connectionString, string sql)
    {
        await using var source = NpgsqlDataSource.Create(connectionString);
        await using var command = source.CreateCommand(sql);
        await command.ExecuteNonQueryAsync();
    }

    private static async Task<object?> ScalarAsync(string connectionString, string sql)
    {
        await using var source = NpgsqlDataSource.Create(connectionString);
        await using var command = source.CreateCommand(sql);
        return await command.ExecuteScalarAsync();
    }
}
