using Loopai.Core.Experiments.Metrics;

namespace Loopai.Core.Experiments.Analysis;

/// <summary>The units of an experiment, each with the variant it met first and what it did.</summary>
internal sealed class UnitTable
{
    private readonly Dictionary<string, int> _named = new(StringComparer.Ordinal);

    private UnitTable(List<UnitRow> rows) => Rows = rows;

    public List<UnitRow> Rows { get; }

    /// <summary>Units that met several variants.</summary>
    public long InSeveral { get; private set; }

    public static UnitTable Of(List<UnitRow> named, List<UnitRow> alone)
    {
        var table = new UnitTable(new List<UnitRow>(named.Count + alone.Count));
        var several = new HashSet<string>(StringComparer.Ordinal);
        table._named.EnsureCapacity(named.Count);
        foreach (var row in named)
        {
            if (table._named.TryAdd(row.Unit!, table.Rows.Count))
            {
                table.Rows.Add(row);
                continue;
            }

            var at = table._named[row.Unit!];
            several.Add(row.Unit!);
            if (row.First < table.Rows[at].First)
            {
                table.Rows[at] = row;
            }
        }

        table.InSeveral = several.Count;
        table.Rows.AddRange(alone);
        return table;
    }

    /// <summary>Where the unit lies; -1 where it is none of them.</summary>
    public int IndexOf(string unit) => _named.GetValueOrDefault(unit, -1);

    /// <summary>Other figures of the same units, in this table's order; null where a unit has none.</summary>
    public UnitRow?[] Align(IEnumerable<UnitRow> others, bool sameVariant)
    {
        var aligned = new UnitRow?[Rows.Count];
        foreach (var other in others)
        {
            if (other.Unit is { } unit && IndexOf(unit) is >= 0 and var at && (!sameVariant || other.Variant == Rows[at].Variant))
            {
                aligned[at] = aligned[at] is { } before ? Sum(before, other) : other;
            }
        }

        return aligned;
    }

    private static UnitRow Sum(UnitRow left, UnitRow right) => left with
    {
        Executions = left.Executions + right.Executions,
        Answered = left.Answered + right.Answered,
        LatencyUs = left.LatencyUs + right.LatencyUs,
        Checked = left.Checked + right.Checked,
        Weight = left.Weight + right.Weight,
        Right = left.Right + right.Right,
    };

    /// <summary>What a metric of executions makes of a unit: its numerator and, of a ratio, its denominator.</summary>
    public static (double Numerator, double Denominator) Measure(MetricDefinition metric, UnitRow? row)
    {
        if (row is null)
        {
            return default;
        }

        var cost = row.LatencyUs / 3.6e9 * (metric.HourlyCost ?? 0);
        return metric.Source switch
        {
            MetricSource.Success => (row.Answered, row.Executions),
            MetricSource.Accuracy => (row.Right, row.Weight),
            MetricSource.Latency => (row.LatencyUs / 1000, row.Executions),
            MetricSource.Cost => (cost, row.Executions),
            MetricSource.CostPerCorrect => (cost, row.Right),
            MetricSource.Event => throw new ArgumentException("Events are not executions.", nameof(metric)),
        };
    }
}
