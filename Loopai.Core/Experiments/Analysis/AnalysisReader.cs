using Loopai.Core.Data;
using Loopai.Core.Executions;
using Loopai.Core.Validation;
using Microsoft.EntityFrameworkCore;

namespace Loopai.Core.Experiments.Analysis;

/// <summary>Reads what units did, added up per unit by the database.</summary>
internal static class AnalysisReader
{
    /// <summary>Executions of named units, by unit and variant.</summary>
    /// <param name="windowHours">Only those within so many hours of the unit's first; null for all.</param>
    public static Task<List<UnitRow>> NamedUnitsAsync(this LoopaiDbContext db, AnalysisScope scope, double? windowHours, CancellationToken ct)
    {
        var executions = Counting(db, scope).Where(e => e.Unit != null);
        if (windowHours is { } hours)
        {
            var firsts = Counting(db, scope).Where(e => e.Unit != null).GroupBy(e => e.Unit!).Select(g => new { Unit = g.Key, First = g.Min(e => e.ExecutedAt) });
            executions = executions.Join(firsts, e => e.Unit, f => f.Unit, (e, f) => new { e, f }).Where(p => p.e.ExecutedAt < p.f.First.AddHours(hours)).Select(p => p.e);
        }

        return AddUpAsync(db, scope, executions, ct);
    }

    /// <summary>Executions that are units of their own.</summary>
    public static Task<List<UnitRow>> LoneUnitsAsync(this LoopaiDbContext db, AnalysisScope scope, CancellationToken ct) =>
        (from e in Counting(db, scope)
         where e.Unit == null
         join v in Verdicts(db, scope) on e.Id equals v.ExecutionId into verdicts
         from v in verdicts.DefaultIfEmpty()
         select new UnitRow
         {
             Variant = e.Variant!.Value,
             First = e.ExecutedAt,
             Executions = 1,
             Answered = e.Status == ExecutionStatus.Success ? 1 : 0,
             LatencyUs = e.LatencyUs,
             Checked = v == null ? 0 : 1,
             Weight = v == null ? 0 : 1 / v.Probability!.Value,
             Right = v != null && v.Status == ValidationStatus.Matched ? 1 / v.Probability!.Value : 0,
         }).ToListAsync(ct);

    /// <summary>What the named units of the task did before, whoever answered.</summary>
    public static Task<List<UnitRow>> PastAsync(this LoopaiDbContext db, AnalysisScope scope, int days, CancellationToken ct)
    {
        var past = scope with { From = scope.From.AddDays(-days), Until = scope.From };
        return AddUpAsync(db, past, db.Executions.AsNoTracking().Where(e => e.TaskId == past.TaskId && e.EnvironmentId == past.EnvironmentId && e.Unit != null
            && e.ShadowOf == null && e.ExecutedAt >= past.From && e.ExecutedAt < past.Until), ct);
    }

    /// <summary>Outside events with these names, from a time on.</summary>
    public static Task<List<EventRow>> EventsAsync(
        this LoopaiDbContext db, AnalysisScope scope, IReadOnlyCollection<string> names, DateTimeOffset from, CancellationToken ct) =>
        db.ExperimentEvents.AsNoTracking().Where(e => e.EnvironmentId == scope.EnvironmentId && names.Contains(e.Name) && e.At >= from && e.At < scope.Until)
            .Select(e => new EventRow(e.Unit, e.Name, e.Value, e.At)).ToListAsync(ct);

    /// <summary>Shadow variants, each input beside the control's answer to it. Right is the control's answer where it was found right, else the one that was expected.</summary>
    public static Task<List<ShadowRow>> ShadowsAsync(this LoopaiDbContext db, AnalysisScope scope, CancellationToken ct) =>
        (from s in db.Executions.AsNoTracking()
         where s.TaskId == scope.TaskId && s.ExperimentId == scope.ExperimentId && s.ShadowOf != null && s.ExecutedAt >= scope.From && s.ExecutedAt < scope.Until
         join c in db.Executions on new { Id = s.ShadowOf!.Value, s.ExecutedAt } equals new { c.Id, c.ExecutedAt }
         join v in Verdicts(db, scope) on c.Id equals v.ExecutionId into verdicts
         from v in verdicts.DefaultIfEmpty()
         let known = v != null && (v.Status == ValidationStatus.Matched || v.Expected != null)
         let controlRight = known && v!.Status == ValidationStatus.Matched
         let shadowRight = known && s.Output == (v!.Status == ValidationStatus.Matched ? c.Output : v.Expected)
         let difference = (s.LatencyUs - c.LatencyUs) / 1000.0
         group new { s, c, known, controlRight, shadowRight, difference } by s.Variant!.Value into g
         select new ShadowRow
         {
             Variant = g.Key,
             Inputs = g.LongCount(),
             Agreeing = g.Sum(p => p.s.Output == p.c.Output ? 1L : 0L),
             Checked = g.Sum(p => p.known ? 1L : 0L),
             OnlyControlRight = g.Sum(p => p.controlRight && !p.shadowRight ? 1L : 0L),
             OnlyShadowRight = g.Sum(p => p.shadowRight && !p.controlRight ? 1L : 0L),
             LatencySum = g.Sum(p => p.difference),
             LatencySquares = g.Sum(p => p.difference * p.difference),
         }).ToListAsync(ct);

    /// <summary>Shadows whose text is another than the one it is held against: the database cannot tell whether it is the same answer all the same.</summary>
    public static IAsyncEnumerable<ShadowText> ShadowTextsAsync(this LoopaiDbContext db, AnalysisScope scope) =>
        (from s in db.Executions.AsNoTracking()
         where s.TaskId == scope.TaskId && s.ExperimentId == scope.ExperimentId && s.ShadowOf != null && s.ExecutedAt >= scope.From && s.ExecutedAt < scope.Until && s.Output != null
         join c in db.Executions on new { Id = s.ShadowOf!.Value, s.ExecutedAt } equals new { c.Id, c.ExecutedAt }
         join v in Verdicts(db, scope) on c.Id equals v.ExecutionId into verdicts
         from v in verdicts.DefaultIfEmpty()
         where s.Output != c.Output || (v != null && v.Status == ValidationStatus.Mismatched && s.Output != v.Expected)
         select new ShadowText(s.Variant!.Value, s.Output!, c.Output, v == null ? null : v.Expected, v == null ? null : v.Status == ValidationStatus.Matched)).AsAsyncEnumerable();

    private static IQueryable<Execution> Counting(LoopaiDbContext db, AnalysisScope scope) => db.Executions.AsNoTracking().Where(e => e.TaskId == scope.TaskId
        && e.ExperimentId == scope.ExperimentId && e.ShadowOf == null && e.Variant != null && e.ExecutedAt >= scope.From && e.ExecutedAt < scope.Until);

    /// <summary>Verdicts whose execution was chosen by chance: what was asked for says nothing about the rest.</summary>
    private static IQueryable<ValidationRecord> Verdicts(LoopaiDbContext db, AnalysisScope scope) => db.Validations.AsNoTracking()
        .Where(v => v.TaskId == scope.TaskId && v.ExecutedAt >= scope.From && v.ExecutedAt < scope.Until && v.Probability != null
            && (v.Status == ValidationStatus.Matched || v.Status == ValidationStatus.Mismatched));

    /// <summary>
    /// Asked in two: few executions have a verdict, and these were all sampled; joining every execution to find them takes longer than the second question.
    /// </summary>
    private static async Task<List<UnitRow>> AddUpAsync(LoopaiDbContext db, AnalysisScope scope, IQueryable<Execution> executions, CancellationToken ct)
    {
        var units = await (
            from e in executions
            group e by new { e.Unit, Variant = e.Variant ?? 0 } into g
            select new UnitRow
            {
                Unit = g.Key.Unit,
                Variant = g.Key.Variant,
                First = g.Min(e => e.ExecutedAt),
                Executions = g.LongCount(),
                Answered = g.LongCount(e => e.Status == ExecutionStatus.Success),
                LatencyUs = g.Sum(e => (double)e.LatencyUs),
            }).ToListAsync(ct);
        var verdicts = await (
            from v in Verdicts(db, scope)
            join e in executions.Where(e => e.SamplingProbability != null) on new { Id = v.ExecutionId, v.ExecutedAt } equals new { e.Id, e.ExecutedAt }
            group v by new { e.Unit, Variant = e.Variant ?? 0 } into g
            select new
            {
                g.Key,
                Checked = g.LongCount(),
                Weight = g.Sum(v => 1 / v.Probability!.Value),
                Right = g.Sum(v => v.Status == ValidationStatus.Matched ? 1 / v.Probability!.Value : 0),
            }).ToDictionaryAsync(v => (v.Key.Unit!, v.Key.Variant), ct);
        for (var i = 0; i < units.Count; i++)
        {
            if (verdicts.TryGetValue((units[i].Unit!, units[i].Variant), out var of))
            {
                units[i] = units[i] with { Checked = of.Checked, Weight = of.Weight, Right = of.Right };
            }
        }

        return units;
    }
}
