using System.Text.Json;
using Loopai.Core.Access;
using Loopai.Core.Costs.Ledger;
using Loopai.Core.Costs.Prices;
using Loopai.Core.Data;
using Loopai.Core.Executions;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.Logging;

namespace Loopai.Core.Validation;

/// <summary>
/// Brings pending validations to their oracles, over all organizations, oldest first. Several portals may run it at once: each claims a batch
/// for a while, and a verdict is written only where the validation still waits, so nothing is decided twice even when a claim runs out.
/// </summary>
public sealed class ValidationProcessor(LoopaiData data, IVersionRunner versions, TimeProvider time, ILogger<ValidationProcessor> log)
{
    public const int BatchSize = 200;

    /// <summary>After this a portal that claimed a batch is taken to be gone, or the oracle to be worth asking again.</summary>
    public static readonly TimeSpan ClaimFor = TimeSpan.FromMinutes(2);

    /// <summary>What no oracle could be asked about for so long stays undecided.</summary>
    public static readonly TimeSpan GiveUpAfter = TimeSpan.FromDays(1);

    /// <summary>One round.</summary>
    /// <returns>How many validations were taken up: fewer than <see cref="BatchSize"/> means that no more wait.</returns>
    public async Task<int> RunOnceAsync(CancellationToken ct)
    {
        List<ValidationRecord> batch;
        OracleKnowledge knowledge;
        await using (var db = await data.OpenAsync(Caller.Installation, ct))
        {
            batch = await ClaimAsync(db, ct);
            if (batch.Count == 0)
            {
                return 0;
            }

            knowledge = await OracleKnowledge.LoadAsync(db, batch, ct);
        }

        // No connection is held while programs run.
        var answers = new List<(ValidationRecord Validation, OracleAnswer Answer)>();
        foreach (var validation in batch)
        {
            try
            {
                if (await AskAsync(validation, knowledge, ct) is { } answer)
                {
                    answers.Add((validation, answer));
                }
            }
            catch (Exception e) when (e is JsonException or InvalidOperationException)
            {
                // One output that cannot be compared must not keep the others of its batch waiting for ever.
                log.LogWarning(e, "Validation {Validation} cannot be judged", validation.Id);
                answers.Add((validation, OracleAnswer.NobodyKnows));
            }
        }

        await WriteAsync(answers, ct);
        return batch.Count;
    }

    private async Task<List<ValidationRecord>> ClaimAsync(LoopaiDbContext db, CancellationToken ct)
    {
        var now = time.GetUtcNow();
        var waiting = db.Validations.Where(v => v.Status == ValidationStatus.Pending && (v.ClaimedUntil == null || v.ClaimedUntil < now));
        var ids = await waiting.OrderBy(v => v.CreatedAt).ThenBy(v => v.Id).Select(v => v.Id).Take(BatchSize).ToArrayAsync(ct);
        if (ids.Length == 0)
        {
            return [];
        }

        // The random microseconds make the time this claim's own, so that reading it back finds what this portal won and nothing else.
        var until = now.AddTicks(-(now.Ticks % TimeSpan.TicksPerSecond)) + ClaimFor + TimeSpan.FromMicroseconds(Random.Shared.Next(1_000_000));
        await waiting.Where(v => ids.Contains(v.Id)).ExecuteUpdateAsync(set => set.SetProperty(v => v.ClaimedUntil, until), ct);
        return await db.Validations.AsNoTracking()
            .Where(v => ids.Contains(v.Id) && v.Status == ValidationStatus.Pending && v.ClaimedUntil == until).OrderBy(v => v.CreatedAt).ToListAsync(ct);
    }

    /// <summary>Null when the oracle could not be asked now.</summary>
    private async Task<OracleAnswer?> AskAsync(ValidationRecord validation, OracleKnowledge knowledge, CancellationToken ct)
    {
        if (knowledge.PolicyOf(validation) is not { } policy || knowledge.InputOf(validation) is not { } input)
        {
            return OracleAnswer.NobodyKnows; // The execution is past its retention.
        }

        return policy.Oracle switch
        {
            Oracle.Person => OracleAnswer.AskAPerson,
            Oracle.Labels => knowledge.LabelOf(validation) is { } label ? OracleAnswer.OfLabel(validation, label) : OracleAnswer.NobodyKnows,
            Oracle.LabelsThenPerson => knowledge.LabelOf(validation) is { } label ? OracleAnswer.OfLabel(validation, label) : OracleAnswer.AskAPerson,
            Oracle.Version => await AskVersionAsync(validation, policy.OracleVersion, input, ct),
        };
    }

    private async Task<OracleAnswer?> AskVersionAsync(ValidationRecord validation, int? version, string input, CancellationToken ct)
    {
        // A version that judged itself would always be right.
        if (version is not { } oracle || oracle == validation.Version)
        {
            return OracleAnswer.NobodyKnows;
        }

        try
        {
            var answer = await versions.RunAsync(validation.OrganizationId, validation.TaskId, oracle, input, ct);
            var said = answer is { Status: ExecutionStatus.Success, Output: { } output } ? OracleAnswer.OfVersion(validation, output, oracle) : OracleAnswer.NobodyKnows;
            return answer.Language is { } language ? said with { Runtime = PriceBook.RuntimeOf(language), LatencyUs = answer.LatencyUs } : said;
        }
        catch (Exception e) when (!ct.IsCancellationRequested)
        {
            log.LogWarning(e, "Version {Version} of task {Task} could not be asked about validation {Validation}", oracle, validation.TaskId, validation.Id);
            return time.GetUtcNow() - validation.CreatedAt > GiveUpAfter ? OracleAnswer.NobodyKnows : null;
        }
    }

    /// <summary>One statement for all that got the same answer: with classes there are few different ones.</summary>
    private async Task WriteAsync(List<(ValidationRecord Validation, OracleAnswer Answer)> answers, CancellationToken ct)
    {
        if (answers.Count == 0)
        {
            return;
        }

        await using var db = await data.OpenAsync(Caller.Installation, ct);
        var now = time.GetUtcNow();
        await using var transaction = await db.Database.BeginTransactionAsync(ct);
        foreach (var same in answers.GroupBy(a => a.Answer with { Runtime = null, LatencyUs = 0 }, a => a.Validation.Id))
        {
            var ids = same.ToArray();
            var answer = same.Key;
            var decidedAt = answer.DecidedBy is null ? (DateTimeOffset?)null : now;
            await db.Validations.Where(v => ids.Contains(v.Id) && v.Status == ValidationStatus.Pending).ExecuteUpdateAsync(
                set => set
                    .SetProperty(v => v.Status, answer.Status).SetProperty(v => v.Expected, answer.Expected).SetProperty(v => v.DecidedBy, answer.DecidedBy)
                    .SetProperty(v => v.DecidedByName, answer.DecidedByName).SetProperty(v => v.DecidedAt, decidedAt)
                    .SetProperty(v => v.ClaimedUntil, (DateTimeOffset?)null),
                ct);
        }

        foreach (var organization in answers.Where(a => a.Answer.Status != ValidationStatus.InReview).GroupBy(a => a.Validation.OrganizationId))
        {
            await db.ChargeAsync(organization.Key, [.. organization.Select(a => ChargeOf(a.Validation, a.Answer, now))], now, ct);
        }

        await PublishWrongAsync(db, answers, ct);
        await db.SaveChangesAsync(ct);
        await transaction.CommitAsync(ct);
    }

    /// <summary>Wrong answers may be many: where nobody has ever asked for news, none is written.</summary>
    private static async Task PublishWrongAsync(LoopaiDbContext db, List<(ValidationRecord Validation, OracleAnswer Answer)> answers, CancellationToken ct)
    {
        var wrong = answers.FindAll(a => a.Answer.Status == ValidationStatus.Mismatched);
        var organizations = wrong.Select(a => a.Validation.OrganizationId).Distinct().ToArray();
        if (organizations.Length == 0)
        {
            return;
        }

        var listening = await db.WebhookOutboxes.Where(o => organizations.Contains(o.OrganizationId)).Select(o => o.OrganizationId).ToListAsync(ct);
        foreach (var (validation, answer) in wrong.Where(a => listening.Contains(a.Validation.OrganizationId)))
        {
            db.PublishWrong(validation, answer.DecidedBy);
        }
    }

    /// <summary>A label is looked up, which costs nothing that could be told from nothing: the ledger says so with an amount of zero.</summary>
    private static CostCharge ChargeOf(ValidationRecord validation, OracleAnswer answer, DateTimeOffset now) => answer.Runtime is { } runtime
        ? CostCharge.OfCheck(validation, PriceKind.Compute, runtime, answer.LatencyUs / 1_000_000m, now)
        : CostCharge.OfCheck(validation, PriceKind.Check, "labels", 0, now);
}
