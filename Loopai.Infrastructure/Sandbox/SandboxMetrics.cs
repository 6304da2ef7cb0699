using System.Diagnostics;
using System.Diagnostics.Metrics;
using Loopai.Core.Executions;
using Loopai.Core.Programs;

namespace Loopai.Infrastructure.Sandbox;

/// <summary>What the sandbox tells its operator: how many workers live, how many were started and killed, and how long calls take.</summary>
internal sealed class SandboxMetrics : IDisposable
{
    /// <summary>The name of the meter.</summary>
    public const string MeterName = "Loopai.Sandbox";

    private readonly Meter _meter = new(MeterName);
    private readonly UpDownCounter<int> _workers;
    private readonly Counter<int> _starts;
    private readonly Counter<int> _kills;
    private readonly Histogram<double> _latency;
    private readonly KeyValuePair<string, object?> _of;

    public SandboxMetrics(WorkerKind kind)
    {
        _of = new("of", kind.Noun);
        _workers = _meter.CreateUpDownCounter<int>("loopai.sandbox.workers", "{worker}", "Workers alive, by language.");
        _starts = _meter.CreateCounter<int>("loopai.sandbox.starts", "{worker}", "Workers started, by language.");
        _kills = _meter.CreateCounter<int>("loopai.sandbox.kills", "{worker}", "Workers ended, by language and reason.");
        _latency = _meter.CreateHistogram<double>("loopai.sandbox.latency", "ms", "Time of a call with its wait for a worker, by language and status.");
    }

    public void Started(ProgramLanguage language)
    {
        _starts.Add(1, Language(language), _of);
        _workers.Add(1, Language(language), _of);
    }

    public void Ended(ProgramLanguage language, WorkerEnd reason)
    {
        _kills.Add(1, Language(language), _of, new("reason", reason.ToString()));
        _workers.Add(-1, Language(language), _of);
    }

    public void Answered(ProgramLanguage language, ExecutionStatus status, long started)
    {
        if (_latency.Enabled)
        {
            _latency.Record(Stopwatch.GetElapsedTime(started).TotalMilliseconds, Language(language), _of, new("status", status.ToString()));
        }
    }

    public void Dispose() => _meter.Dispose();

    private static KeyValuePair<string, object?> Language(ProgramLanguage language) => new("language", language.ToString());
}
