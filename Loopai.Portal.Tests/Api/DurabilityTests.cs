using System.Collections.Concurrent;
using System.Diagnostics;
using System.Net;
using System.Net.Http.Json;
using System.Runtime.Versioning;
using System.Text.Json;
using Loopai.Infrastructure.Postgres.Embedded;
using Loopai.Portal.Tests.Postgres;
using Microsoft.Extensions.Logging.Abstractions;
using Npgsql;

namespace Loopai.Portal.Tests.Api;

[SupportedOSPlatform("linux")]
public sealed class DurabilityTests : IDisposable
{
    private readonly TemporaryDirectory _data = new();

    public void Dispose() => _data.Dispose();

    [Fact]
    public async Task Execute_PortalIsKilled_WhatWasAcknowledgedIsThereOnceAndCounted()
    {
        var acknowledged = new ConcurrentBag<Guid>();
        using (var portal = await PortalProcess.StartAsync(_data.Path))
        {
            var load = Enumerable.Range(0, 16).Select(_ => Task.Run(() => ExecuteUntilItDiesAsync(portal, acknowledged))).ToArray();
            await Task.WhenAny(Task.WhenAll(load), UntilAsync(() => acknowledged.Count > 2000, TimeSpan.FromSeconds(20)));
            await portal.KillAsync();
            await Task.WhenAll(load);
        }

        acknowledged.Count.ShouldBeGreaterThan(100);
        using (var again = await PortalProcess.StartAsync(_data.Path))
        {
            var after = await again.Client.ExecuteAsync(again.Announcement.Task);
            after.StatusCode.ShouldBe(HttpStatusCode.OK, await after.Content.ReadAsStringAsync());
            acknowledged.Add((await after.Content.ReadFromJsonAsync<JsonElement>()).GetProperty("id").GetGuid());
            foreach (var id in acknowledged.Take(5))
            {
                (await again.Client.GetAsync($"executions/{id}")).StatusCode.ShouldBe(HttpStatusCode.OK);
            }

            // What the first had not counted, the second does once it takes it for dead.
            await Eventually.BecomesAsync(() => CountAsync(RunningDatabase(), "SELECT count(*) FROM uncounted_commits WHERE committed_at < now() - interval '1 second'"), 0);
            await again.StopAsync();
        }

        await using var database = await EmbeddedPostgres.StartAsync(new EmbeddedPostgresOptions(_data.Path), NullLogger.Instance);
        (await CountAsync(database, "SELECT count(*) FROM executions WHERE id = ANY($1)", acknowledged.ToArray())).ShouldBe(acknowledged.Count);
        (await CountAsync(database, "SELECT count(*) - count(DISTINCT id) FROM executions")).ShouldBe(0);
        (await CountAsync(database, $"SELECT count(*) FROM ({Differences}) AS d")).ShouldBe(0);
        (await CountAsync(database, "SELECT sum(executions)::bigint FROM execution_rollups WHERE level = 1")).ShouldBe(
            await CountAsync(database, "SELECT count(*) FROM executions"));
    }

    [Fact]
    public async Task Execute_DatabaseStalls_IsRefusedSoonAndWorksAgainAfterwards()
    {
        using var portal = await PortalProcess.StartAsync(_data.Path);
        (await portal.Client.ExecuteAsync(portal.Announcement.Task)).StatusCode.ShouldBe(HttpStatusCode.OK);
        Signal("-STOP");
        try
        {
            var clock = Stopwatch.StartNew();
            var first = await Task.WhenAll(Enumerable.Range(0, 32).Select(_ => portal.Client.ExecuteAsync(portal.Announcement.Task)));
            clock.Elapsed.ShouldBeLessThan(TimeSpan.FromSeconds(12)); // Five for the commit, and a busy machine.
            foreach (var answer in first)
            {
                await answer.ShouldBeProblemAsync(HttpStatusCode.ServiceUnavailable, "execution.not_committed");
                answer.Headers.RetryAfter!.Delta!.Value.ShouldBeGreaterThan(TimeSpan.Zero);
            }

            // From here on callers are told at once, instead of waiting in line.
            clock.Restart();
            var told = await Task.WhenAll(Enumerable.Range(0, 100).Select(_ => portal.Client.ExecuteAsync(portal.Announcement.Task)));
            clock.Elapsed.ShouldBeLessThan(TimeSpan.FromSeconds(3));
            told.ShouldAllBe(a => a.StatusCode == HttpStatusCode.ServiceUnavailable);
        }
        finally
        {
            Signal("-CONT");
        }

        var until = DateTime.UtcNow.AddSeconds(20);
        while (!(await portal.Client.ExecuteAsync(portal.Announcement.Task)).IsSuccessStatusCode)
        {
            DateTime.UtcNow.ShouldBeLessThan(until);
            await Task.Delay(50);
        }

        await portal.StopAsync();
    }

    /// <summary>Minutes of a version whose roll-ups and rows differ.</summary>
    private const string Differences = """
        SELECT * FROM
          (SELECT task_id, version, starts_at, sum(executions) AS counted, sum(errors + timeouts + invalid_outputs) AS failed
           FROM execution_rollups WHERE level = 0 GROUP BY 1, 2, 3) AS rollups
          FULL JOIN
          (SELECT task_id, version, date_trunc('minute', executed_at) AS starts_at, count(*) AS counted, count(*) FILTER (WHERE status <> 0) AS failed
           FROM executions GROUP BY 1, 2, 3) AS rows
          USING (task_id, version, starts_at)
        WHERE rollups.counted IS DISTINCT FROM rows.counted OR rollups.failed IS DISTINCT FROM rows.failed
        """;

    private static async Task UntilAsync(Func<bool> condition, TimeSpan atMost)
    {
        for (var clock = Stopwatch.StartNew(); clock.Elapsed < atMost && !condition();)
        {
            await Task.Delay(20);
        }
    }

    private static async Task ExecuteUntilItDiesAsync(PortalProcess portal, ConcurrentBag<Guid> acknowledged)
    {
        try
        {
            while (true)
            {
                using var answer = await portal.Client.ExecuteAsync(portal.Announcement.Task);
                acknowledged.Add((await answer.Content.ReadFromJsonAsync<JsonElement>()).GetProperty("id").GetGuid());
            }
        }
        catch (Exception e) when (e is HttpRequestException or IOException or JsonException or OperationCanceledException)
        {
            // It is dead.
        }
    }

    /// <summary>To every process of the embedded database, which work in its folder.</summary>
    private void Signal(string signal)
    {
        var folder = Path.Combine(_data.Path, "postgres");
        var pids = Directory.EnumerateDirectories("/proc").Where(p => int.TryParse(Path.GetFileName(p), out _) && WorkingDirectory(p) == folder).Select(Path.GetFileName).ToArray();
        pids.Length.ShouldBeGreaterThan(3);
        using var kill = Process.Start("kill", [signal, .. pids!]);
        kill.WaitForExit();
    }

    private static string? WorkingDirectory(string process)
    {
        try
        {
            return new FileInfo(Path.Combine(process, "cwd")).LinkTarget;
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            return null; // It has ended, or is another user's.
        }
    }

    /// <summary>The fourth line of the server's own file is its port, the fifth the folder of its socket.</summary>
    private string RunningDatabase()
    {
        var lines = File.ReadAllLines(Path.Combine(_data.Path, "postgres", "postmaster.pid"));
        return $"Host={lines[4]};Port={lines[3]};Username={EmbeddedPostgres.OwnerRole};Database=loopai;Pooling=false";
    }

    private static Task<long> CountAsync(EmbeddedPostgres database, string sql, Guid[]? ids = null) => CountAsync(database.OwnerConnectionString, sql, ids);

    private static async Task<long> CountAsync(string database, string sql, Guid[]? ids = null)
    {
        await using var source = NpgsqlDataSource.Create(database);
        await using var command = source.CreateCommand(sql);
        if (ids is not null)
        {
            command.Parameters.Add(new NpgsqlParameter { Value = ids });
        }

        return (long)(await command.ExecuteScalarAsync())!;
    }
}
