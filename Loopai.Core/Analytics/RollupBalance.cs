using Loopai.Core.Executions;
using Loopai.Core.Validation;

namespace Loopai.Core.Analytics;

/// <summary>
/// What roll-ups ought to say less what they say, by bucket. Written as one more writer's rows it sets them right, while other writers go on: each of those adds
/// to both sides alike.
/// </summary>
internal sealed class RollupBalance
{
    private readonly Dictionary<Bucket, Executed> _executions = [];
    private readonly Dictionary<Bucket, Judged> _verdicts = [];

    public void Add(ExecutionRollup row, int sign)
    {
        if (!_executions.TryGetValue(Bucket.Of(row), out var sum))
        {
            _executions[Bucket.Of(row)] = sum = new Executed();
        }

        sum.Add(row, sign);
    }

    public void Add(VerdictRollup row, int sign)
    {
        var sum = _verdicts.GetValueOrDefault(Bucket.Of(row));
        _verdicts[Bucket.Of(row)] = new Judged(
            sum.Validated + (sign * row.Validated), sum.Matched + (sign * row.Matched), sum.Weights + (sign * row.Weights),
            sum.MatchedWeights + (sign * row.MatchedWeights), sum.SquaredWeights + (sign * row.SquaredWeights));
    }

    /// <summary>A verdict that counts, in the buckets of its execution.</summary>
    public void Add(ValidationRecord validation)
    {
        var probability = validation.Probability!.Value;
        var (weight, squared) = (Weight(1 / probability), Weight(1 / (probability * probability)));
        var matched = validation.Status == ValidationStatus.Matched;
        foreach (var level in RollupLevels.All)
        {
            Add(
                new VerdictRollup
                {
                    OrganizationId = validation.OrganizationId, EnvironmentId = validation.EnvironmentId, TaskId = validation.TaskId, Version = validation.Version,
                    KeyId = validation.ApiKeyId ?? ExecutionRollup.None, TeamId = validation.TeamId ?? ExecutionRollup.None,
                    ExperimentId = validation.ExperimentId ?? ExecutionRollup.None, Variant = validation.Variant ?? ExecutionRollup.NoVariant,
                    Level = level, StartsAt = level.StartOf(validation.ExecutedAt), Validated = 1, Matched = matched ? 1 : 0, Weights = weight,
                    MatchedWeights = matched ? weight : 0, SquaredWeights = squared,
                },
                1);
        }
    }

    public List<ExecutionRollup> Executions(Guid writerId) => [.. _executions.Where(e => !e.Value.IsNothing).Select(e => e.Value.ToRow(e.Key, writerId))];

    public List<VerdictRollup> Verdicts(Guid correctionId) =>
    [
        .. _verdicts.Where(v => v.Value != default).Select(v => new VerdictRollup
        {
            OrganizationId = v.Key.OrganizationId, EnvironmentId = v.Key.EnvironmentId, TaskId = v.Key.TaskId, Version = v.Key.Version, KeyId = v.Key.KeyId,
            TeamId = v.Key.TeamId, ExperimentId = v.Key.ExperimentId, Variant = v.Key.Variant, Level = v.Key.Level, StartsAt = v.Key.StartsAt,
            CorrectionId = correctionId, Validated = v.Value.Validated, Matched = v.Value.Matched, Weights = v.Value.Weights,
            MatchedWeights = v.Value.MatchedWeights, SquaredWeights = v.Value.SquaredWeights,
        }),
    ];

    /// <summary>As the database rounds it.</summary>
    private static decimal Weight(double value) => Math.Round((decimal)value, VerdictRollup.Places, MidpointRounding.AwayFromZero);

    private readonly record struct Bucket(
        Guid OrganizationId, Guid EnvironmentId, Guid TaskId, int Version, Guid KeyId, Guid TeamId, Guid ExperimentId, short Variant, RollupLevel Level,
        DateTimeOffset StartsAt)
    {
        public static Bucket Of(IRollup r) =>
            new(r.OrganizationId, r.EnvironmentId, r.TaskId, r.Version, r.KeyId, r.TeamId, r.ExperimentId, r.Variant, r.Level, r.StartsAt.ToUniversalTime());
    }

    private readonly record struct Judged(long Validated, long Matched, decimal Weights, decimal MatchedWeights, decimal SquaredWeights);

    private sealed class Executed
    {
        private readonly LatencyHistogram _latencies = new();
        private readonly AnalyticsSum _sum = new();

        public bool IsNothing =>
            _latencies.IsEmpty && (_sum.Executions, _sum.Errors, _sum.Timeouts, _sum.InvalidOutputs, _sum.Sampled, _sum.LatencySumUs, _sum.Cost, _sum.Unpriced) == default;

        public void Add(ExecutionRollup row, int sign)
        {
            _sum.Add(new AnalyticsSum
            {
                Executions = sign * row.Executions, Errors = sign * row.Errors, Timeouts = sign * row.Timeouts, InvalidOutputs = sign * row.InvalidOutputs,
                Sampled = sign * row.Sampled, LatencySumUs = sign * row.LatencySumUs, Cost = sign * row.Cost, Unpriced = sign * row.Unpriced,
            });
            var latencies = new LatencyHistogram();
            latencies.AddEncoded(row.Latencies);
            if (sign > 0)
            {
                _latencies.Add(latencies);
            }
            else
            {
                _latencies.Subtract(latencies);
            }
        }

        public ExecutionRollup ToRow(Bucket bucket, Guid writerId) => new()
        {
            OrganizationId = bucket.OrganizationId, EnvironmentId = bucket.EnvironmentId, TaskId = bucket.TaskId, Version = bucket.Version, KeyId = bucket.KeyId,
            TeamId = bucket.TeamId, ExperimentId = bucket.ExperimentId, Variant = bucket.Variant, Level = bucket.Level, StartsAt = bucket.StartsAt, WriterId = writerId,
            Executions = _sum.Executions, Errors = _sum.Errors, Timeouts = _sum.Timeouts, InvalidOutputs = _sum.InvalidOutputs, Sampled = _sum.Sampled,
            LatencySumUs = _sum.LatencySumUs, Cost = _sum.Cost, Unpriced = _sum.Unpriced, Latencies = _latencies.Encode(),
        };
    }
}
