using System.Diagnostics.Metrics;
using System.Globalization;
using System.Text.RegularExpressions;
using Loopai.Portal.Metrics;

namespace Loopai.Portal.Tests.Api;

[Collection(PortalCollection.Name)]
public sealed class MetricsTests(PortalFixture portal)
{
    [Fact]
    public async Task Metrics_AfterExecutions_CountThemAndNameNoTenant()
    {
        var task = await portal.CreateSpamFilterAsync(portal.Acme);
        using var client = portal.Client(portal.Acme);
        var before = ValueOf(await ReadAsync(), "loopai_executions_total{status=\"success\"}");

        for (var i = 0; i < 5; i++)
        {
            await client.ExecuteAsync(task);
        }

        var text = await ReadAsync();
        (ValueOf(text, "loopai_executions_total{status=\"success\"}") - before).ShouldBeGreaterThanOrEqualTo(5);
        ValueOf(text, "loopai_commit_size_bucket{le=\"+Inf\"}").ShouldBe(ValueOf(text, "loopai_commit_size_count"));
        text.ShouldContain("# TYPE http_server_request_duration_seconds histogram");
        text.ShouldContain("http_route=\"/api/v1/tasks/execute\"");
        text.ShouldContain("# TYPE dotnet_gc_collections_total counter");
        text.ShouldNotContain(portal.Acme.Id.ToString(), Case.Insensitive);
        text.ShouldNotContain(task.ToString(), Case.Insensitive);

        // The process counts for every portal in it, and another may be at work.
        await Eventually.BecomesAsync(async () => ValueOf(await ReadAsync(), "loopai_executions_queued"), 0);
    }

    [Fact]
    public async Task Metrics_Text_IsWellFormed()
    {
        using var client = new HttpClient { BaseAddress = portal.Address };
        var answer = await client.GetAsync("metrics");
        answer.Content.Headers.ContentType!.ToString().ShouldBe("text/plain; version=0.0.4; charset=utf-8");
        var lines = (await answer.Content.ReadAsStringAsync()).Split('\n', StringSplitOptions.RemoveEmptyEntries);

        lines.Where(l => l[0] != '#').ShouldAllBe(l => IsSample(l));
        lines.Where(l => l.StartsWith("# TYPE", StringComparison.Ordinal)).ShouldBeUnique();
        lines.Where(l => l[0] != '#').Select(l => l[..l.LastIndexOf(' ')]).ShouldBeUnique();
    }

    [Fact]
    public void Record_EndlessLabels_EndInOneSeries()
    {
        using var meter = new Meter("Test");
        var family = new MetricFamily(meter.CreateCounter<int>("test.counter"));
        for (var i = 0; i < 10_000; i++)
        {
            family.Record(1, [new("path", $"/{i}")]);
        }

        family.Series.Count().ShouldBe(MetricFamily.MaxSeries + 1);
        family.Series.Sum(s => s.Read().Value).ShouldBe(10_000);
    }

    [Fact]
    public void Write_Histogram_IsCumulativeAndEscaped()
    {
        using var meter = new Meter("Test");
        var family = new MetricFamily(meter.CreateHistogram("test.time", "s", "How long.", null, new InstrumentAdvice<double> { HistogramBucketBoundaries = [1, 2] }));
        foreach (var value in new[] { 0.5, 1, 1.5, 9 })
        {
            family.Record(value, [new("b", "say \"x\"\n"), new("a", 1)]);
            family.Record(value, [new("a", 1), new("b", "say \"x\"\n")]);
        }

        PrometheusText.Write([family]).ShouldBe(
            """
            # HELP test_time_seconds How long.
            # TYPE test_time_seconds histogram
            test_time_seconds_bucket{a="1",b="say \"x\"\n",le="1"} 4
            test_time_seconds_bucket{a="1",b="say \"x\"\n",le="2"} 6
            test_time_seconds_bucket{a="1",b="say \"x\"\n",le="+Inf"} 8
            test_time_seconds_sum{a="1",b="say \"x\"\n"} 24
            test_time_seconds_count{a="1",b="say \"x\"\n"} 8

            """);
    }

    private async Task<string> ReadAsync()
    {
        using var client = new HttpClient { BaseAddress = portal.Address };
        return await client.GetStringAsync("metrics");
    }

    private static bool IsSample(string line) =>
        Regex.IsMatch(line, """^[a-zA-Z_][a-zA-Z0-9_]*(\{([a-zA-Z_]+="([^"\\\n]|\\.)*",?)+\})? (\+Inf|-?[0-9.]+(E[+-]?[0-9]+)?)$""", RegexOptions.NonBacktracking);

    private static double ValueOf(string text, string series) =>
        text.Split('\n').FirstOrDefault(l => l.StartsWith(series + " ", StringComparison.Ordinal)) is { } line
            ? double.Parse(line[(series.Length + 1)..], CultureInfo.InvariantCulture)
            : 0;
}
