using System.Security.Cryptography;
using System.Text;
using Loopai.Core.Access;
using Loopai.Core.ApiKeys;
using Loopai.Core.Audit;
using Loopai.Core.Costs.Prices;
using Loopai.Core.Data;
using Loopai.Core.Errors;
using Loopai.Core.Programs;
using Loopai.Core.Tasks;
using Microsoft.EntityFrameworkCore;

namespace Loopai.Core.Costs.Recommendations;

/// <summary>Says what would cost less, does it when somebody takes it, and tells afterwards whether it kept what it promised.</summary>
public sealed class RecommendationService(
    LoopaiData data, TaskService tasks, ProgramService programs, GenerationService generations, ApiKeyService keys, TimeProvider time)
{
    private const int MostReason = 500;

    /// <summary>Decisions that are shown, the last first.</summary>
    private const int MostDecided = 50;

    /// <summary>A dismissed recommendation comes back when it would save so many times as much.</summary>
    private const decimal ComesBackAt = 2;

    /// <summary>What is recommended now, what saves the most first, and what was decided.</summary>
    public async Task<RecommendationList> ListAsync(Caller caller, CancellationToken ct)
    {
        caller.Demand(Permissions.CostsRead);
        await using var db = await data.OpenCountedAsync(caller, ct);
        var book = await db.PriceBookAsync(caller.OrganizationId, ct);
        var decided = await LastDecisionsAsync(db, ct);
        var all = await FindAllAsync(db, caller, book, ct);
        return new RecommendationList(
            book.Currency,
            [
                .. all.Where(r => !IsSettled(r, decided.GetValueOrDefault(Recommendation.TopicOf(r.Id)))).OrderByDescending(r => r.SavingPerMonth ?? -1).ThenBy(r => r.Kind).ThenBy(r => r.Subject, StringComparer.OrdinalIgnoreCase),
            ],
            await DecidedAsync(db, book, [.. decided.Values.Where(d => d.Answer != RecommendationAnswer.Restored).OrderByDescending(d => d.At).Take(MostDecided)], ct));
    }

    /// <summary>Does what is recommended, as the caller may, and keeps what was promised.</summary>
    public async Task<Recommendation> TakeAsync(Caller caller, string id, CancellationToken ct)
    {
        var (recommendation, currency) = await FindAsync(caller, id, ct);
        await DecideAsync(caller, recommendation, RecommendationAnswer.Taken, null, currency, ct);
        return recommendation;
    }

    /// <summary>Takes a recommendation off the list, for a reason that others can read.</summary>
    public async Task DismissAsync(Caller caller, string id, string? reason, CancellationToken ct)
    {
        caller.Demand(Permissions.BudgetsManage);
        new FieldErrors()
            .AddIf(string.IsNullOrWhiteSpace(reason) || reason.Length > MostReason, "reason", $"Say why in 1 to {MostReason} characters: whoever asks next year will want to know.")
            .ThrowIfAny("recommendation.invalid", "The recommendation cannot be dismissed like this.");
        var (recommendation, currency) = await FindAsync(caller, id, ct);
        await DecideAsync(caller, recommendation, RecommendationAnswer.Dismissed, reason!.Trim(), currency, ct);
    }

    /// <summary>Takes a dismissal back.</summary>
    public async Task RestoreAsync(Caller caller, string id, CancellationToken ct)
    {
        caller.Demand(Permissions.BudgetsManage);
        await using var db = await data.OpenAsync(caller, ct);
        if ((await LastDecisionsAsync(db, ct)).GetValueOrDefault(Recommendation.TopicOf(id)) is not { Answer: RecommendationAnswer.Dismissed } dismissed)
        {
            throw CostErrors.RecommendationNotFound(id);
        }

        db.RecommendationDecisions.Add(new RecommendationDecision
        {
            Id = Guid.CreateVersion7(), OrganizationId = caller.OrganizationId, RecommendationId = dismissed.RecommendationId, Kind = dismissed.Kind, SubjectId = dismissed.SubjectId, Title = dismissed.Title,
            Answer = RecommendationAnswer.Restored, Currency = dismissed.Currency, By = caller.Name, At = time.GetUtcNow(),
        });
        db.Record(caller, "recommendation.restored", SubjectOf(dismissed.Kind), dismissed.SubjectId, new { id, dismissed.Title });
        await db.SaveChangesAsync(ct);
    }

    /// <summary>The services that do it demand the permission for it.</summary>
    private async Task DoAsync(Caller caller, Recommendation recommendation, CancellationToken ct)
    {
        switch (recommendation.Kind)
        {
            case RecommendationKind.LowerSampling:
                var task = await tasks.GetAsync(caller, recommendation.SubjectId, ct);
                await tasks.UpdateAsync(caller, task.Id, new TaskSpecification { Sampling = task.Sampling with { Rate = recommendation.Rate!.Value } }, recommendation.Revision, ct);
                break;
            case RecommendationKind.CheaperVersion:
                await programs.ActivateAsync(caller, recommendation.SubjectId, recommendation.Other!.Value, force: false, ct);
                break;
            case RecommendationKind.LearnProgram:
                await generations.StartAsync(caller, recommendation.SubjectId, null, activate: false, ct);
                break;
            case RecommendationKind.UnusedKey:
                await keys.RevokeAsync(caller, recommendation.SubjectId, ct);
                break;
        }
    }

    private async Task DecideAsync(Caller caller, Recommendation recommendation, RecommendationAnswer answer, string? reason, string currency, CancellationToken ct)
    {
        await using var db = await data.OpenCountedAsync(caller, ct);
        var now = time.GetUtcNow();
        var last = (await LastDecisionsAsync(db, ct)).GetValueOrDefault(Recommendation.TopicOf(recommendation.Id));
        if (IsSettled(recommendation, last))
        {
            throw CostErrors.RecommendationNotFound(recommendation.Id);
        }

        var isMeasured = answer == RecommendationAnswer.Taken && recommendation.Baseline is not null;
        var before = isMeasured ? await db.BeforeAsync(recommendation.Kind, recommendation.SubjectId, currency, now, ct) : null;
        await using var transaction = await db.Database.BeginTransactionAsync(ct);
        db.RecommendationDecisions.Add(new RecommendationDecision
        {
            Id = IdAfter(last, caller.OrganizationId, recommendation), OrganizationId = caller.OrganizationId, RecommendationId = recommendation.Id, Kind = recommendation.Kind,
            SubjectId = recommendation.SubjectId, Title = recommendation.Title, Answer = answer, Reason = reason, PromisedPerMonth = recommendation.SavingPerMonth,
            Baseline = before ?? recommendation.Baseline, Currency = currency, By = caller.Name, At = now,
        });
        try
        {
            await db.SaveChangesAsync(ct);
        }
        catch (DbUpdateException e) when (e.IsRace())
        {
            // Somebody decided at the same moment, and was first.
            throw CostErrors.RecommendationNotFound(recommendation.Id);
        }

        if (answer == RecommendationAnswer.Taken)
        {
            await DoAsync(caller, recommendation, ct);
        }

        db.Record(
            caller, answer == RecommendationAnswer.Taken ? "recommendation.taken" : "recommendation.dismissed", SubjectOf(recommendation.Kind), recommendation.SubjectId,
            new { recommendation.Id, recommendation.Title, recommendation.SavingPerMonth, reason });
        await db.SaveChangesAsync(ct);
        await transaction.CommitAsync(ct);
    }

    /// <summary>
    /// The same for all who decide after the same decision, so that the key lets one of them in: the others wait for the end of its transaction, and are told.
    /// </summary>
    private static Guid IdAfter(RecommendationDecision? last, Guid organization, Recommendation recommendation) =>
        new(SHA256.HashData(Encoding.UTF8.GetBytes($"{organization:n} {Recommendation.TopicOf(recommendation.Id)} {last?.Id:n}")).AsSpan(0, 16));

    private async Task<(Recommendation Recommendation, string Currency)> FindAsync(Caller caller, string id, CancellationToken ct)
    {
        caller.Demand(Permissions.CostsRead);
        await using var db = await data.OpenCountedAsync(caller, ct);
        var book = await db.PriceBookAsync(caller.OrganizationId, ct);
        var decided = await LastDecisionsAsync(db, ct);
        return ((await FindAllAsync(db, caller, book, ct)).Find(r => r.Id == id && !IsSettled(r, decided.GetValueOrDefault(Recommendation.TopicOf(id)))) ?? throw CostErrors.RecommendationNotFound(id), book.Currency);
    }

    private async Task<List<Recommendation>> FindAllAsync(LoopaiDbContext db, Caller caller, PriceBook book, CancellationToken ct)
    {
        var now = time.GetUtcNow();
        var facts = await db.TaskFactsAsync(caller.OrganizationId, book, now, ct);
        var learned = RecommendationQueries.LearnedPerCall(facts, book, now);
        var unused = (caller.May(Permissions.KeysRead) ? await db.KeyFactsAsync(now, ct) : []).Select(key => RecommendationRules.UnusedKey(key, now)).OfType<Recommendation>();
        return [.. facts.SelectMany(task => RecommendationRules.Of(task, learned)).Concat(unused)];
    }

    /// <summary>What was dismissed stays away while it is about as much; what was taken, until it is recommended anew with more data.</summary>
    private bool IsSettled(Recommendation recommendation, RecommendationDecision? last) => last switch
    {
        { Answer: RecommendationAnswer.Dismissed } => !(recommendation.SavingPerMonth > ComesBackAt * last.PromisedPerMonth),

        // The thirty days that speak for it must have begun after it was taken.
        { Answer: RecommendationAnswer.Taken } => time.GetUtcNow() - last.At < TimeSpan.FromDays(30),
        _ => false,
    };

    private static async Task<Dictionary<string, RecommendationDecision>> LastDecisionsAsync(LoopaiDbContext db, CancellationToken ct) =>
        (await db.RecommendationDecisions.AsNoTracking().GroupBy(d => d.RecommendationId).Select(g => g.OrderByDescending(d => d.At).ThenByDescending(d => d.Id).First()).ToListAsync(ct))
            .GroupBy(d => Recommendation.TopicOf(d.RecommendationId)).ToDictionary(g => g.Key, g => g.OrderByDescending(d => d.At).ThenByDescending(d => d.Id).First());

    private async Task<IReadOnlyList<DecidedRecommendation>> DecidedAsync(LoopaiDbContext db, PriceBook book, IReadOnlyList<RecommendationDecision> decisions, CancellationToken ct)
    {
        var (now, decided) = (time.GetUtcNow(), new List<DecidedRecommendation>());
        var subjects = decisions.Select(d => d.SubjectId).ToHashSet();
        var taken = (await db.RecommendationDecisions.AsNoTracking().Where(d => d.Answer == RecommendationAnswer.Taken && subjects.Contains(d.SubjectId))
            .Select(d => new { d.SubjectId, d.Kind, d.At }).ToListAsync(ct)).ToLookup(d => (d.SubjectId, IsOfChecks(d.Kind)), d => d.At);
        foreach (var decision in decisions)
        {
            var measured = decision is { Answer: RecommendationAnswer.Taken, Baseline: not null } && decision.Currency == book.Currency;

            // What the next decision changed is not put down to this one.
            var until = taken[(decision.SubjectId, IsOfChecks(decision.Kind))].Where(at => at > decision.At).DefaultIfEmpty(now).Min();
            var (amount, executions, days) = measured ? await db.SinceAsync(decision, book.Currency, until, ct) : default;
            decided.Add(new DecidedRecommendation(
                decision.RecommendationId, decision.Kind, decision.SubjectId, decision.Title, decision.Answer, decision.Reason, decision.By, decision.At, decision.PromisedPerMonth,
                measured ? RealizedSaving.PerMonth(decision.Baseline, amount, executions, days) : null, executions));
        }

        return decided;
    }

    private static bool IsOfChecks(RecommendationKind kind) => kind == RecommendationKind.LowerSampling;

    private static string SubjectOf(RecommendationKind kind) => kind == RecommendationKind.UnusedKey ? "key" : "task";
}

/// <param name="Currency">ISO 4217: of all amounts.</param>
/// <param name="Open">What is recommended now, what saves the most first.</param>
/// <param name="Decided">What was taken or dismissed, the last first.</param>
public sealed record RecommendationList(string Currency, IReadOnlyList<Recommendation> Open, IReadOnlyList<DecidedRecommendation> Decided)
{
    /// <summary>What all of it would save a month, as far as that can be told.</summary>
    public decimal SavingPerMonth => Open.Sum(r => r.SavingPerMonth ?? 0);
}
