using System.Text.Json;
using Loopai.Core.Programs.Models;

namespace Loopai.Core.Programs.Synthesis;

/// <summary>The examples as sparse vectors, row after row, and what rules ask beside them: numbers and lengths.</summary>
/// <param name="Starts">Where each row starts; one more than rows.</param>
/// <param name="Places">The features of the rows.</param>
/// <param name="Values">Their values, as the program computes them.</param>
/// <param name="Numbers">Per row, the number of each field; NaN when missing.</param>
/// <param name="Lengths">Per row, the characters of each field.</param>
/// <param name="Features">How many features there are.</param>
internal sealed record SparseRows(int[] Starts, int[] Places, float[] Values, double[][] Numbers, int[][] Lengths, int Features)
{
    private const int ChunkSize = 256;

    public int Count => Starts.Length - 1;

    public ReadOnlySpan<int> PlacesOf(int row) => Places.AsSpan(Starts[row], Starts[row + 1] - Starts[row]);

    public ReadOnlySpan<float> ValuesOf(int row) => Values.AsSpan(Starts[row], Starts[row + 1] - Starts[row]);

    public double Dot(int row, ReadOnlySpan<double> weights)
    {
        var places = PlacesOf(row);
        var values = ValuesOf(row);
        var sum = 0.0;
        for (var i = 0; i < places.Length; i++)
        {
            sum += values[i] * weights[places[i]];
        }

        return sum;
    }

    public static SparseRows Of(FeaturePlan plan, Vocabulary vocabulary, IReadOnlyList<JsonElement> inputs, CancellationToken ct)
    {
        var chunks = new Chunk[(inputs.Count + ChunkSize - 1) / ChunkSize];
        Parallel.For(0, chunks.Length, LearningThreads.Options(ct), index =>
        {
            var chunk = new Chunk(vocabulary);
            var buffer = new ReadBuffer();
            var end = Math.Min(inputs.Count, (index + 1) * ChunkSize);
            for (var row = index * ChunkSize; row < end; row++)
            {
                FeatureReader.Read(plan, inputs[row], buffer, ref chunk);
                chunk.EndRow(buffer.Numbers[..plan.Fields.Length], buffer.Lengths[..plan.Fields.Length]);
            }

            chunks[index] = chunk;
        });

        var starts = new int[inputs.Count + 1];
        foreach (var (row, length) in chunks.SelectMany(chunk => chunk.RowLengths).Index())
        {
            starts[row + 1] = starts[row] + length;
        }

        return new SparseRows(
            starts,
            Concat(chunks, chunk => chunk.Places, starts[^1]),
            Concat(chunks, chunk => chunk.Values, starts[^1]),
            [.. chunks.SelectMany(chunk => chunk.Numbers)],
            [.. chunks.SelectMany(chunk => chunk.Lengths)],
            vocabulary.Keys.Length);
    }

    private static T[] Concat<T>(Chunk[] chunks, Func<Chunk, List<T>> part, int length)
    {
        var all = new T[length];
        var at = 0;
        foreach (var chunk in chunks)
        {
            part(chunk).CopyTo(all, at);
            at += part(chunk).Count;
        }

        return all;
    }

    private struct Chunk(Vocabulary vocabulary) : IInputSink
    {
        private readonly ushort[] _counts = new ushort[vocabulary.Keys.Length];
        private readonly List<int> _touched = [];
        private int _rowStart;

        public List<int> Places { get; } = [];

        public List<float> Values { get; } = [];

        public List<int> RowLengths { get; } = [];

        public List<double[]> Numbers { get; } = [];

        public List<int[]> Lengths { get; } = [];

        public readonly void Add(uint key, FeatureKind kind, int start, int end)
        {
            var place = vocabulary.Table.Find(key);
            if (place < 0)
            {
                return;
            }

            if (_counts[place] == 0)
            {
                _touched.Add(place);
            }

            _counts[place] = (ushort)Math.Min(_counts[place] + 1, ushort.MaxValue);
        }

        public readonly void Value(uint key, FeatureKind kind, int field, double value)
        {
            var place = vocabulary.Table.Find(key);
            if (place >= 0)
            {
                Places.Add(place);
                Values.Add((float)value);
            }
        }

        public readonly void EndBlock(TextBlock block)
        {
            var squares = 0.0;
            foreach (var place in _touched)
            {
                var value = LinearModel.Value(_counts[place], vocabulary.Idf[place]);
                squares += value * value;
            }

            var norm = squares == 0 ? 0 : 1 / Math.Sqrt(squares);
            foreach (var place in _touched)
            {
                Places.Add(place);
                Values.Add((float)(LinearModel.Value(_counts[place], vocabulary.Idf[place]) * norm));
                _counts[place] = 0;
            }

            _touched.Clear();
        }

        public void EndRow(double[] numbers, int[] lengths)
        {
            RowLengths.Add(Places.Count - _rowStart);
            _rowStart = Places.Count;
            Numbers.Add(numbers);
            Lengths.Add(lengths);
        }
    }
}

/// <summary>Learning shares the machine with the traffic it serves.</summary>
internal static class LearningThreads
{
    public static ParallelOptions Options(CancellationToken ct) =>
        new() { MaxDegreeOfParallelism = Math.Clamp(Environment.ProcessorCount, 1, 2), CancellationToken = ct };
}
