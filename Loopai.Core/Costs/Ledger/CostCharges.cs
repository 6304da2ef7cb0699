using Loopai.Core.Costs.Prices;
using Loopai.Core.Data;
using Loopai.Core.Reports.Running;
using Loopai.Core.Validation;
using Microsoft.EntityFrameworkCore;

namespace Loopai.Core.Costs.Ledger;

/// <summary>Something that is to be charged.</summary>
/// <param name="Kind">What it is.</param>
/// <param name="SubjectId">The validation, the job or the report's run.</param>
/// <param name="At">When it happened.</param>
/// <param name="PricedAs">What its price is for.</param>
/// <param name="Name">The runtime, plugin or kind of check.</param>
/// <param name="Quantity">Seconds, calls or checks.</param>
internal sealed record CostCharge(CostKind Kind, Guid SubjectId, DateTimeOffset At, PriceKind PricedAs, string Name, decimal Quantity)
{
    public Guid? TaskId { get; init; }

    public int? Version { get; init; }

    public Guid? EnvironmentId { get; init; }

    public Guid? KeyId { get; init; }

    public string Meter => $"{PricedAs.ToString().ToLowerInvariant()}:{Name}";

    /// <summary>An oracle's run, or a person's look, at an answer.</summary>
    public static CostCharge OfCheck(ValidationRecord validation, PriceKind pricedAs, string name, decimal quantity, DateTimeOffset at) =>
        new(CostKind.Validation, validation.Id, at, pricedAs, name, quantity) { TaskId = validation.TaskId, Version = validation.Version, EnvironmentId = validation.EnvironmentId };

    /// <summary>The making of a report's files, by the attempt that came to an end.</summary>
    public static CostCharge OfReport(ReportRun run, Guid environment, TimeSpan took, DateTimeOffset at) =>
        new(CostKind.Report, run.Id, at, PriceKind.Compute, "report", (decimal)took.TotalSeconds) { EnvironmentId = environment, KeyId = run.KeyId };
}

/// <summary>Writes charges into the ledger, in the unit of work of what they are for.</summary>
internal static class CostCharges
{
    /// <summary>Adds what has not been charged yet. What no price fits is written down without an amount, and waits for one.</summary>
    public static async Task ChargeAsync(this LoopaiDbContext db, Guid organizationId, IReadOnlyList<CostCharge> charges, DateTimeOffset now, CancellationToken ct)
    {
        if (charges.Count == 0)
        {
            return;
        }

        var (subjects, tasks) = (charges.Select(c => c.SubjectId).ToArray(), charges.Select(c => c.TaskId).OfType<Guid>().Distinct().ToArray());
        var there = (await db.CostEntries.Where(e => e.OrganizationId == organizationId && subjects.Contains(e.SubjectId) && e.Kind != CostKind.Adjustment)
            .Select(e => new { e.SubjectId, e.Meter }).ToListAsync(ct)).Select(e => (e.SubjectId, e.Meter)).ToHashSet();
        var teams = await db.Tasks.Where(t => tasks.Contains(t.Id)).Select(t => new { t.Id, t.TeamId }).ToDictionaryAsync(t => t.Id, t => t.TeamId, ct);
        var book = await db.PriceBookAsync(organizationId, ct);
        foreach (var charge in charges.Where(c => there.Add((c.SubjectId, c.Meter))))
        {
            var price = book.Find(charge.PricedAs, "", charge.Name, charge.At);
            db.CostEntries.Add(new CostEntry
            {
                Id = Guid.CreateVersion7(), OrganizationId = organizationId, Kind = charge.Kind, SubjectId = charge.SubjectId, At = charge.At, Meter = charge.Meter,
                Quantity = charge.Quantity, Amount = charge.Quantity == 0 ? 0 : price is { PerUnit: { } each } ? Money.Round(each * charge.Quantity) : null, PriceId = price?.Id,
                Currency = book.Currency, TaskId = charge.TaskId, Version = charge.Version, EnvironmentId = charge.EnvironmentId, KeyId = charge.KeyId,
                TeamId = charge.TaskId is { } task ? teams.GetValueOrDefault(task) : null, CreatedAt = now,
            });
        }
    }
}
