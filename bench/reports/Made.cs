using System.Collections;

namespace Loopai.Bench.Reports;

/// <summary>Rows that are nowhere until they are read. A collection every fifty thousand tells what is held meanwhile.</summary>
internal sealed class Made(int count) : IReadOnlyList<IReadOnlyList<object?>>
{
    private static readonly DateTimeOffset Start = new(2026, 1, 1, 0, 0, 0, TimeSpan.Zero);

    public long Most { get; private set; }

    public int Count => count;

    public IReadOnlyList<object?> this[int index] =>
        [Start.AddSeconds(index), $"Task {index % 97}", $"key-{index * 7919L % 1_000_003:x}", (long)(index % 1000), index * 7919L % 1000 / 1000.0, index % 1013 / 1_000_000m];

    public IEnumerator<IReadOnlyList<object?>> GetEnumerator()
    {
        for (var i = 0; i < count; i++)
        {
            Most = i % 50_000 == 0 || i == count - 1 ? Math.Max(Most, GC.GetTotalMemory(forceFullCollection: true)) : Most;
            yield return this[i];
        }
    }

    IEnumerator IEnumerable.GetEnumerator() => GetEnumerator();
}
