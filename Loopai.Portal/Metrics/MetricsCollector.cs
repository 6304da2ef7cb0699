using System.Collections.Concurrent;
using System.Diagnostics.Metrics;

namespace Loopai.Portal.Metrics;

/// <summary>Adds up what Loopai's meters, ASP.NET Core's and the runtime's report, to be read as Prometheus text.</summary>
public sealed class MetricsCollector : IDisposable
{
    private static readonly string[] Meters =
        ["Loopai", "Loopai.Sandbox", "System.Runtime", "Microsoft.AspNetCore.Hosting", "Microsoft.AspNetCore.Server.Kestrel"];

    private readonly ConcurrentDictionary<Instrument, MetricFamily> _families = new();
    private readonly MeterListener _listener = new();
    private readonly Lock _reading = new();

    public MetricsCollector()
    {
        _listener.InstrumentPublished = (instrument, listener) =>
        {
            if (Meters.Contains(instrument.Meter.Name, StringComparer.Ordinal))
            {
                listener.EnableMeasurementEvents(instrument, _families.GetOrAdd(instrument, static i => new MetricFamily(i)));
            }
        };
        _listener.MeasurementsCompleted = (instrument, state) => _families.TryRemove(instrument, out _);
        Add<byte>();
        Add<short>();
        Add<int>();
        Add<long>();
        Add<float>();
        Add<double>();
        Add<decimal>();
        _listener.Start();
    }

    /// <summary>Everything as it stands, in the text format of Prometheus, version 0.0.4.</summary>
    public string Read()
    {
        lock (_reading)
        {
            _listener.RecordObservableInstruments();
            return PrometheusText.Write(_families.Values);
        }
    }

    public void Dispose() => _listener.Dispose();

    private void Add<T>()
        where T : struct, System.Numerics.INumber<T> =>
        _listener.SetMeasurementEventCallback<T>(static (_, value, tags, family) => ((MetricFamily)family!).Record(double.CreateChecked(value), tags));
}
