namespace Loopai.Core.Programs.Models;

/// <summary>What one thread needs to run any program; grows to the largest it has run.</summary>
internal sealed class ScoreBuffer
{
    public ReadBuffer Read { get; } = new();

    /// <summary>How often each feature occurred in the current block; all zero between blocks.</summary>
    public ushort[] Counts { get; private set; } = [];

    /// <summary>The features with a count, in the order they came.</summary>
    public int[] Touched { get; private set; } = [];

    public double[] Sums { get; private set; } = [];

    public bool[] Seen { get; private set; } = [];

    public void Fit(ModelParts parts)
    {
        var outputs = parts.Linear?.Outputs ?? 0;
        if (Counts.Length < parts.Table.Count || Sums.Length < outputs || Seen.Length < parts.RuleFeatures)
        {
            Counts = new ushort[Math.Max(Counts.Length, parts.Table.Count)];
            Touched = new int[Counts.Length];
            Sums = new double[Math.Max(Sums.Length, outputs)];
            Seen = new bool[Math.Max(Seen.Length, parts.RuleFeatures)];
        }
    }
}

/// <summary>Adds the features of an input up into scores.</summary>
internal ref struct ScoreSink : IInputSink
{
    private readonly FeatureTable _table;
    private readonly LinearModel? _linear;
    private readonly ushort[] _counts;
    private readonly int[] _touchedPlaces;
    private readonly Span<double> _sums;
    private readonly Span<bool> _seen;
    private int _touched;

    public ScoreSink(ModelParts parts, ScoreBuffer buffer, Span<double> sums, Span<bool> seen)
    {
        _table = parts.Table;
        _linear = parts.Linear;
        _counts = buffer.Counts;
        _touchedPlaces = buffer.Touched;
        _sums = sums;
        _seen = seen;
    }

    public void Add(uint key, FeatureKind kind, int start, int end)
    {
        var place = _table.Find(key);
        if (place < 0)
        {
            return;
        }

        ref var count = ref _counts[place];
        if (count == 0)
        {
            _touchedPlaces[_touched++] = place;
        }

        if (count < ushort.MaxValue)
        {
            count++;
        }
    }

    public void Value(uint key, FeatureKind kind, int field, double value)
    {
        var place = _table.Find(key);
        if (place < 0)
        {
            return;
        }

        if (place < _seen.Length)
        {
            _seen[place] = true;
        }

        _linear?.Add(place, value, _sums);
    }

    public void EndBlock(TextBlock block)
    {
        var touched = _touchedPlaces.AsSpan(0, _touched);
        _touched = 0;
        if (_linear is not null)
        {
            AddBlock(_linear, touched);
        }

        foreach (var place in touched)
        {
            _counts[place] = 0;
            if (place < _seen.Length)
            {
                _seen[place] = true;
            }
        }
    }

    private readonly void AddBlock(LinearModel linear, ReadOnlySpan<int> touched)
    {
        var squares = 0.0;
        foreach (var place in touched)
        {
            var value = LinearModel.Value(_counts[place], linear.Idf[place]);
            squares += value * value;
        }

        if (squares == 0)
        {
            return;
        }

        var norm = 1 / Math.Sqrt(squares);
        foreach (var place in touched)
        {
            linear.Add(place, LinearModel.Value(_counts[place], linear.Idf[place]) * norm, _sums);
        }
    }
}
