using System.Runtime.InteropServices;
using System.Text.Json;
using Loopai.Core.Programs.Models;

namespace Loopai.Core.Programs.Synthesis;

/// <summary>The features that training knows, most frequent first, which also keeps the ones in use close together in memory.</summary>
internal sealed record Vocabulary(uint[] Keys, ushort[] Idf, FeatureKind[] Kinds, FeatureTable Table)
{
    public static Vocabulary Of(FeaturePlan plan, IReadOnlyList<JsonElement> inputs, int leastExamples, int mostFeatures, CancellationToken ct)
    {
        var counter = new ExampleCounter();
        var buffer = new ReadBuffer();
        foreach (var input in inputs)
        {
            ct.ThrowIfCancellationRequested();
            counter.NextExample();
            FeatureReader.Read(plan, input, buffer, ref counter);
        }

        var kept = counter.Features.Where(feature => feature.Examples >= leastExamples).ToArray();
        Array.Sort(kept, (a, b) => a.Examples != b.Examples ? b.Examples.CompareTo(a.Examples) : a.Key.CompareTo(b.Key));
        kept = kept[..Math.Min(kept.Length, mostFeatures)];

        // Smoothed inverse document frequency, as scikit-learn's TfidfTransformer has it: ln((1 + n) / (1 + df)) + 1.
        double Idf(int examples) => Math.Log((1.0 + inputs.Count) / (1.0 + examples)) + 1;
        var unit = ushort.MaxValue / Idf(0);
        var keys = kept.Select(feature => feature.Key).ToArray();
        return new Vocabulary(
            keys,
            [.. kept.Select(feature => (ushort)Math.Round(Idf(feature.Examples) * unit))],
            [.. kept.Select(feature => feature.Kind)],
            new FeatureTable(keys));
    }
}

/// <summary>In how many examples each feature occurs. When there are too many features, those seen once so far are forgotten.</summary>
internal struct ExampleCounter : IInputSink
{
    private const int MostFeatures = 3_000_000;

    private Entry[] _slots = new Entry[1 << 14];
    private int _count;
    private int _example;

    public ExampleCounter()
    {
    }

    public readonly IEnumerable<(uint Key, FeatureKind Kind, int Examples)> Features =>
        _slots.Where(slot => slot.Examples > 0).Select(slot => (slot.Key, slot.Kind, slot.Examples));

    public void NextExample()
    {
        _example++;
        if (_count > MostFeatures)
        {
            Resize(_slots.Length, leastExamples: 2);
        }
    }

    public void Add(uint key, FeatureKind kind, int start, int end)
    {
        ref var slot = ref Slot(_slots, key);
        if (slot.Examples == 0)
        {
            slot = new Entry { Key = key, Kind = kind, Examples = 1, LastExample = _example };
            if (++_count * 2 > _slots.Length)
            {
                Resize(_slots.Length * 2, leastExamples: 1);
            }
        }
        else if (slot.LastExample != _example)
        {
            slot.Examples++;
            slot.LastExample = _example;
        }
    }

    public void Value(uint key, FeatureKind kind, int field, double value) => Add(key, kind, 0, 0);

    public readonly void EndBlock(TextBlock block)
    {
    }

    private static ref Entry Slot(Entry[] slots, uint key)
    {
        var at = (int)((key * 2654435769u) >> (32 - int.Log2(slots.Length)));
        while (slots[at].Examples > 0 && slots[at].Key != key)
        {
            at = (at + 1) & (slots.Length - 1);
        }

        return ref slots[at];
    }

    private void Resize(int size, int leastExamples)
    {
        var old = _slots;
        _slots = new Entry[size];
        _count = 0;
        foreach (var entry in old)
        {
            if (entry.Examples >= leastExamples)
            {
                Slot(_slots, entry.Key) = entry;
                _count++;
            }
        }
    }

    [StructLayout(LayoutKind.Auto)]
    private struct Entry
    {
        public uint Key;
        public FeatureKind Kind;
        public int Examples;
        public int LastExample;
    }
}
