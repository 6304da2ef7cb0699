using System.Diagnostics;

namespace Loopai.Bench.Sandbox;

/// <param name="P50">The median, in milliseconds.</param>
/// <param name="P99">One call in a hundred took longer, in milliseconds.</param>
internal sealed record Latencies(double P50, double P99)
{
    public static Latencies Measure(Action<byte[]> call, int count, byte[] input) =>
        MeasureAsync(() => { call(input); return ValueTask.CompletedTask; }, count).GetAwaiter().GetResult();

    public static async Task<Latencies> MeasureAsync(Func<ValueTask> call, int count, int warmUp = 2000)
    {
        for (var i = 0; i < warmUp; i++)
        {
            await call();
        }

        var times = new double[count];
        for (var i = 0; i < count; i++)
        {
            var started = Stopwatch.GetTimestamp();
            await call();
            times[i] = Stopwatch.GetElapsedTime(started).TotalMilliseconds;
        }

        Array.Sort(times);
        return new Latencies(times[count / 2], times[(int)(count * 0.99)]);
    }
}
