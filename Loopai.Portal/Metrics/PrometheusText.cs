using System.Globalization;
using System.Text;

namespace Loopai.Portal.Metrics;

/// <summary>The text format of Prometheus, version 0.0.4, with names as OpenTelemetry's exporter would write them.</summary>
internal static class PrometheusText
{
    public const string ContentType = "text/plain; version=0.0.4; charset=utf-8";

    public static string Write(IEnumerable<MetricFamily> families)
    {
        var text = new StringBuilder();

        // Two instruments may share a name, say of two servers in one process; their family is told once.
        foreach (var group in families.GroupBy(f => f.Name, StringComparer.Ordinal).OrderBy(g => g.Key, StringComparer.Ordinal))
        {
            var first = group.First();
            if (first.Help.Length > 0)
            {
                text.Append(CultureInfo.InvariantCulture, $"# HELP {first.Name} {Escape(first.Help)}\n");
            }

            text.Append(CultureInfo.InvariantCulture, $"# TYPE {first.Name} {(first.IsHistogram ? "histogram" : first.IsCounter ? "counter" : "gauge")}\n");
            foreach (var series in group.SelectMany(f => f.Series).DistinctBy(s => LabelsOf(s), StringComparer.Ordinal))
            {
                Write(text, first.Name, series);
            }
        }

        return text.ToString();
    }

    /// <summary><c>http.server.request.duration</c> in <c>s</c> is <c>http_server_request_duration_seconds</c>; a counter ends in <c>_total</c>.</summary>
    public static string NameOf(string name, string? unit, bool isCounter)
    {
        var text = new StringBuilder(name.Length + 16);
        foreach (var c in name)
        {
            text.Append(char.IsAsciiLetterOrDigit(c) ? c : '_');
        }

        var suffix = unit switch
        {
            "s" => "_seconds",
            "ms" => "_milliseconds",
            "us" => "_microseconds",
            "By" => "_bytes",
            "1" when !isCounter => "_ratio",
            _ => "",
        };
        return $"{text}{suffix}{(isCounter ? "_total" : "")}";
    }

    private static void Write(StringBuilder text, string name, MetricSeries series)
    {
        var labels = LabelsOf(series);
        var (value, buckets) = series.Read();
        if (buckets.Count == 0)
        {
            text.Append(name).Append(labels.Length > 0 ? $"{{{labels}}}" : "").Append(' ').Append(Number(value)).Append('\n');
            return;
        }

        var comma = labels.Length > 0 ? "," : "";
        foreach (var (upTo, count) in buckets)
        {
            text.Append(CultureInfo.InvariantCulture, $"{name}_bucket{{{labels}{comma}le=\"{Number(upTo)}\"}} {count}\n");
        }

        var own = labels.Length > 0 ? $"{{{labels}}}" : "";
        text.Append(CultureInfo.InvariantCulture, $"{name}_sum{own} {Number(value)}\n{name}_count{own} {buckets[^1].Count}\n");
    }

    private static string LabelsOf(MetricSeries series) => string.Join(',', series.Tags
        .Where(t => t.Value is not null)
        .OrderBy(t => t.Key, StringComparer.Ordinal)
        .Select(t => $"{NameOf(t.Key, null, isCounter: false)}=\"{Escape(Convert.ToString(t.Value, CultureInfo.InvariantCulture)!).Replace("\"", "\\\"", StringComparison.Ordinal)}\""));

    private static string Number(double value) => value switch
    {
        double.PositiveInfinity => "+Inf",
        double.NegativeInfinity => "-Inf",
        _ => value.ToString("R", CultureInfo.InvariantCulture),
    };

    private static string Escape(string text) => text.Replace("\\", "\\\\", StringComparison.Ordinal).Replace("\n", "\\n", StringComparison.Ordinal);
}
