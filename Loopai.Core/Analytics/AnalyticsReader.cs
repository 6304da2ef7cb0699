using System.Globalization;
using System.Linq.Expressions;
using Loopai.Core.Data;
using Loopai.Core.Executions;
using Loopai.Core.Validation;
using Microsoft.EntityFrameworkCore;

namespace Loopai.Core.Analytics;

/// <summary>Where a sum belongs: its series, and the start of the roll-ups that it is made of.</summary>
internal readonly record struct AnalyticsPlace(DateTimeOffset StartsAt, long Width, string First, string Second);

/// <summary>
/// Reads the roll-ups of a plan, added up by the database as far as it can: counts by series and start. Histograms it cannot add, so where percentiles are
/// wanted they come joined, and are merged here.
/// </summary>
internal sealed class AnalyticsReader(LoopaiDbContext db, AnalyticsScope scope, AnalyticsQuery query, AnalyticsNeeds needs)
{
    private readonly Dictionary<AnalyticsPlace, AnalyticsSum> _sums = [];

    public async Task<Dictionary<AnalyticsPlace, AnalyticsSum>> ReadAsync(IReadOnlyList<Stretch> stretches, bool overTime, CancellationToken ct)
    {
        foreach (var stretch in stretches)
        {
            await ReadCountsAsync(stretch, overTime, ct);
            if (needs.HasFlag(AnalyticsNeeds.Verdicts))
            {
                await ReadVerdictsAsync(stretch, overTime, ct);
            }
        }

        return Has(AnalyticsDimensions.Status) || query.Filters.Any(f => f.Dimension == AnalyticsDimensions.Status) ? ByStatus() : _sums;
    }

    /// <summary>Each status has a count of its own in a row, so that it is a series of its own only now.</summary>
    private Dictionary<AnalyticsPlace, AnalyticsSum> ByStatus()
    {
        var wanted = Enum.GetValues<ExecutionStatus>().Where(status => query.Filters.Where(f => f.Dimension == AnalyticsDimensions.Status)
            .All(f => f.Values.Contains(AnalyticsRules.WordOf(status)) == (f.Operator == AnalyticsOperator.In))).ToList();
        var (isFirst, isSecond) = (query.Dimensions.ElementAtOrDefault(0) == AnalyticsDimensions.Status, query.Dimensions.ElementAtOrDefault(1) == AnalyticsDimensions.Status);
        var split = new Dictionary<AnalyticsPlace, AnalyticsSum>();
        foreach (var (place, sum) in _sums)
        {
            foreach (var status in wanted.Where(status => sum.Of(status) > 0))
            {
                var word = AnalyticsRules.WordOf(status);
                var own = place with { First = isFirst ? word : place.First, Second = isSecond ? word : place.Second };
                var counted = split.GetValueOrDefault(own) ?? (split[own] = new AnalyticsSum());
                counted.Executions += sum.Of(status);
            }
        }

        return split;
    }

    private async Task ReadCountsAsync(Stretch stretch, bool overTime, CancellationToken ct)
    {
        var (task, version, environment, key, team, experiment, variant) = Wanted();
        var withLatencies = needs.HasFlag(AnalyticsNeeds.Histogram);
        var rows = await Rows(db.ExecutionRollups.AsNoTracking(), stretch)
            .GroupBy(r => new
            {
                At = overTime ? r.StartsAt : (DateTimeOffset?)null, Task = task ? r.TaskId : (Guid?)null, Version = version ? r.Version : (int?)null,
                Environment = environment ? r.EnvironmentId : (Guid?)null, Key = key ? r.KeyId : (Guid?)null, Team = team ? r.TeamId : (Guid?)null,
                Experiment = experiment ? r.ExperimentId : (Guid?)null, Variant = variant ? r.Variant : (short?)null,
            })
            .Select(g => new
            {
                g.Key, Executions = g.Sum(r => r.Executions), Errors = g.Sum(r => r.Errors), Timeouts = g.Sum(r => r.Timeouts),
                InvalidOutputs = g.Sum(r => r.InvalidOutputs), Sampled = g.Sum(r => r.Sampled), LatencySumUs = g.Sum(r => r.LatencySumUs),
                Cost = g.Sum(r => r.Cost), Unpriced = g.Sum(r => r.Unpriced), Latencies = withLatencies ? Histograms.Joined(g.Select(r => r.Latencies)) : null,
            })
            .ToListAsync(ct);
        foreach (var row in rows)
        {
            var k = row.Key;
            var sum = new AnalyticsSum
            {
                Executions = row.Executions, Errors = row.Errors, Timeouts = row.Timeouts, InvalidOutputs = row.InvalidOutputs, Sampled = row.Sampled,
                LatencySumUs = row.LatencySumUs, Cost = row.Cost, Unpriced = row.Unpriced,
            };
            sum.Add(row.Latencies);
            Count(Place(stretch, k.At ?? stretch.From, k.Task, k.Version, k.Environment, k.Key, k.Team, k.Experiment, k.Variant), sum);
        }
    }

    private async Task ReadVerdictsAsync(Stretch stretch, bool overTime, CancellationToken ct)
    {
        var (task, version, environment, key, team, experiment, variant) = Wanted();
        var rows = await Rows(db.VerdictRollups.AsNoTracking(), stretch)
            .GroupBy(r => new
            {
                At = overTime ? r.StartsAt : (DateTimeOffset?)null, Task = task ? r.TaskId : (Guid?)null, Version = version ? r.Version : (int?)null,
                Environment = environment ? r.EnvironmentId : (Guid?)null, Key = key ? r.KeyId : (Guid?)null, Team = team ? r.TeamId : (Guid?)null,
                Experiment = experiment ? r.ExperimentId : (Guid?)null, Variant = variant ? r.Variant : (short?)null,
            })
            .Select(g => new
            {
                g.Key, Validated = g.Sum(r => r.Validated), Matched = g.Sum(r => r.Matched), Weights = g.Sum(r => r.Weights),
                MatchedWeights = g.Sum(r => r.MatchedWeights), SquaredWeights = g.Sum(r => r.SquaredWeights),
            })
            .ToListAsync(ct);
        foreach (var row in rows)
        {
            var k = row.Key;
            Count(Place(stretch, k.At ?? stretch.From, k.Task, k.Version, k.Environment, k.Key, k.Team, k.Experiment, k.Variant), new AnalyticsSum
            {
                Validated = row.Validated, Matched = row.Matched, Weights = row.Weights, MatchedWeights = row.MatchedWeights, SquaredWeights = row.SquaredWeights,
            });
        }
    }

    private IQueryable<T> Rows<T>(IQueryable<T> rows, Stretch stretch)
        where T : class, IRollup
    {
        rows = rows.OfTasks(scope.Tasks).Where(r => r.OrganizationId == scope.OrganizationId && r.Level == stretch.Level && r.StartsAt >= stretch.From && r.StartsAt < stretch.To);
        if (scope.Environment is { } environment)
        {
            rows = rows.Where(r => r.EnvironmentId == environment);
        }

        foreach (var filter in query.Filters)
        {
            rows = filter.Dimension switch
            {
                AnalyticsDimensions.Task => rows.Where(Among<T, Guid>(r => r.TaskId, filter, Guid.Parse)),
                AnalyticsDimensions.Version => rows.Where(Among<T, int>(r => r.Version, filter, Int)),
                AnalyticsDimensions.Environment => rows.Where(Among<T, Guid>(r => r.EnvironmentId, filter, Guid.Parse)),
                AnalyticsDimensions.Key => rows.Where(Among<T, Guid>(r => r.KeyId, filter, Id)),
                AnalyticsDimensions.Team => rows.Where(Among<T, Guid>(r => r.TeamId, filter, Id)),
                AnalyticsDimensions.Experiment => rows.Where(Among<T, Guid>(r => r.ExperimentId, filter, Id)),
                AnalyticsDimensions.Variant => rows.Where(Among<T, short>(r => r.Variant, filter, Short)),
                _ => rows,
            };
        }

        return rows;
    }

    /// <summary><c>row => values.Contains(row.Column)</c>, or its opposite.</summary>
    private static Expression<Func<TRow, bool>> Among<TRow, T>(Expression<Func<TRow, T>> column, AnalyticsFilter filter, Func<string, T> parse)
    {
        var values = filter.Values.Select(parse).ToArray();
        Expression<Func<T, bool>> among = filter.Operator == AnalyticsOperator.In ? value => values.AsEnumerable().Contains(value) : value => !values.AsEnumerable().Contains(value);
        return Expression.Lambda<Func<TRow, bool>>(new Substitution(among.Parameters[0], column.Body).Visit(among.Body), column.Parameters);
    }

    private static Guid Id(string value) => value == AnalyticsDimensions.None ? ExecutionRollup.None : Guid.Parse(value);

    private static int Int(string value) => int.Parse(value, CultureInfo.InvariantCulture);

    private static short Short(string value) => value == AnalyticsDimensions.None ? ExecutionRollup.NoVariant : short.Parse(value, CultureInfo.InvariantCulture);

    private (bool Task, bool Version, bool Environment, bool Key, bool Team, bool Experiment, bool Variant) Wanted() => (
        Has(AnalyticsDimensions.Task) || query.SplitsVersionsByTask, Has(AnalyticsDimensions.Version), Has(AnalyticsDimensions.Environment), Has(AnalyticsDimensions.Key), Has(AnalyticsDimensions.Team),
        Has(AnalyticsDimensions.Experiment), Has(AnalyticsDimensions.Variant));

    private bool Has(string dimension) => query.Dimensions.Contains(dimension);

    private AnalyticsPlace Place(
        Stretch stretch, DateTimeOffset at, Guid? task, int? version, Guid? environment, Guid? key, Guid? team, Guid? experiment, short? variant)
    {
        return new AnalyticsPlace(at, stretch.Level.Ticks(), Value(0), Value(1));

        string Value(int index) => query.Dimensions.ElementAtOrDefault(index) switch
        {
            AnalyticsDimensions.Task => $"{task}",
            AnalyticsDimensions.Version => query.SplitsVersionsByTask ? TaskVersion.Of(task!.Value, version!.Value) : string.Create(CultureInfo.InvariantCulture, $"{version}"),
            AnalyticsDimensions.Environment => $"{environment}",
            AnalyticsDimensions.Key => OrNone(key),
            AnalyticsDimensions.Team => OrNone(team),
            AnalyticsDimensions.Experiment => OrNone(experiment),
            AnalyticsDimensions.Variant => variant == ExecutionRollup.NoVariant ? AnalyticsDimensions.None : string.Create(CultureInfo.InvariantCulture, $"{variant}"),
            _ => "",
        };
    }

    private static string OrNone(Guid? id) => id == ExecutionRollup.None ? AnalyticsDimensions.None : $"{id}";

    private void Count(AnalyticsPlace place, AnalyticsSum sum) => SumAt(place).Add(sum);

    private AnalyticsSum SumAt(AnalyticsPlace place)
    {
        if (!_sums.TryGetValue(place, out var sum))
        {
            _sums[place] = sum = new AnalyticsSum();
        }

        return sum;
    }

    private sealed class Substitution(ParameterExpression parameter, Expression by) : ExpressionVisitor
    {
        protected override Expression VisitParameter(ParameterExpression node) => node == parameter ? by : node;
    }
}

/// <summary>Whose figures they are.</summary>
/// <param name="OrganizationId">Of this organization.</param>
/// <param name="Environment">Of this environment; null for all of them.</param>
/// <param name="Tasks">Of these tasks; null for all of them.</param>
internal sealed record AnalyticsScope(Guid OrganizationId, Guid? Environment, IReadOnlyCollection<Guid>? Tasks);

/// <summary>A version of a task as one part of a place, where the task is not asked for apart.</summary>
internal static class TaskVersion
{
    private const char Separator = '/';

    public static string Of(Guid task, int version) => string.Create(CultureInfo.InvariantCulture, $"{task}{Separator}{version}");

    public static (string Task, string Version) Parse(string text) => text.IndexOf(Separator, StringComparison.Ordinal) is > 0 and var at ? (text[..at], text[(at + 1)..]) : ("", text);
}
