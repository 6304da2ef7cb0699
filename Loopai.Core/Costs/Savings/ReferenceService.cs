using Loopai.Core.Access;
using Loopai.Core.Audit;
using Loopai.Core.Costs.Prices;
using Loopai.Core.Data;
using Loopai.Core.Errors;
using Loopai.Core.Tasks;
using Microsoft.EntityFrameworkCore;

namespace Loopai.Core.Costs.Savings;

/// <summary>Which language model a task is compared with, and how many tokens a call of it would take.</summary>
public sealed class ReferenceService(LoopaiData data, TimeProvider time)
{
    /// <summary>Examples that are enough for a mean length.</summary>
    private const int MostExamples = 500;

    private const int MostTokens = 1_000_000;

    /// <summary>What the task is compared with now, and what its examples say about tokens.</summary>
    public async Task<ReferenceState> GetAsync(Caller caller, Guid taskId, CancellationToken ct)
    {
        caller.Demand(Permissions.CostsRead);
        await using var db = await data.OpenCountedAsync(caller, ct);
        var task = await db.FindTaskAsync(taskId, ct);
        var reference = await db.TaskReferences.AsNoTracking().FirstOrDefaultAsync(r => r.TaskId == taskId, ct);
        return await StateAsync(db, caller, task, reference, ct);
    }

    /// <summary>Compares the task with a model. Tokens that are not given are reckoned from the examples.</summary>
    public async Task<ReferenceState> SetAsync(Caller caller, Guid taskId, ReferenceDraft draft, CancellationToken ct)
    {
        caller.Demand(Permissions.PricesManage);
        new FieldErrors()
            .AddIf(string.IsNullOrWhiteSpace(draft.Provider) || draft.Provider.Length > 100, "provider", "Say who offers the model, as the price book calls them.")
            .AddIf(string.IsNullOrWhiteSpace(draft.Model) || draft.Model.Length > 200, "model", "Name the model, as the price book calls it.")
            .AddIf(draft.InputTokens is < 1 or > MostTokens, "inputTokens", $"A call takes 1 to {MostTokens:#,0} tokens of input.")
            .AddIf(draft.OutputTokens is < 1 or > MostTokens, "outputTokens", $"A call takes 1 to {MostTokens:#,0} tokens of output.")
            .AddIf((draft.InputTokens is null) != (draft.OutputTokens is null), "outputTokens", "Give the tokens of both, input and output, or of neither.")
            .ThrowIfAny("reference.invalid", "The task cannot be compared like this.");
        await using var db = await data.OpenCountedAsync(caller, ct);
        var task = await db.FindTaskAsync(taskId, ct);
        var (provider, model) = (draft.Provider!.Trim(), draft.Model!.Trim());
        if ((await db.PriceBookAsync(caller.OrganizationId, ct)).Tokens(provider, model, time.GetUtcNow()) is null)
        {
            throw new InvalidException("reference.unpriced", "model", $"The price book has no price for {provider}/{model} in the organization's currency. Add one first.");
        }

        var measured = await MeasureAsync(db, task, ct);
        var reference = await db.TaskReferences.FirstOrDefaultAsync(r => r.TaskId == taskId, ct);
        var before = reference is null ? null : new { reference.Provider, reference.Model, reference.InputTokens, reference.OutputTokens };
        if (reference is null)
        {
            db.TaskReferences.Add(reference = new TaskReference { OrganizationId = caller.OrganizationId, TaskId = taskId, Provider = provider, Model = model, UpdatedBy = caller.Name });
        }

        (reference.Provider, reference.Model, reference.UpdatedBy, reference.UpdatedAt) = (provider, model, caller.Name, time.GetUtcNow());
        (reference.InputTokens, reference.OutputTokens, reference.Estimated) =
            (draft.InputTokens ?? measured.Tokens.Input, draft.OutputTokens ?? measured.Tokens.Output, draft.InputTokens is null);
        db.Record(caller, "task.reference_set", "task", taskId, new { task.Name, before, after = new { reference.Provider, reference.Model, reference.InputTokens, reference.OutputTokens } });
        await db.SaveChangesAsync(ct);
        return await StateAsync(db, caller, task, reference, ct);
    }

    /// <summary>Compares the task with nothing any more.</summary>
    public async Task ClearAsync(Caller caller, Guid taskId, CancellationToken ct)
    {
        caller.Demand(Permissions.PricesManage);
        await using var db = await data.OpenAsync(caller, ct);
        var task = await db.FindTaskAsync(taskId, ct);
        if (await db.TaskReferences.FirstOrDefaultAsync(r => r.TaskId == taskId, ct) is { } reference)
        {
            db.TaskReferences.Remove(reference);
            db.Record(caller, "task.reference_cleared", "task", taskId, new { task.Name, before = new { reference.Provider, reference.Model } });
            await db.SaveChangesAsync(ct);
        }
    }

    private async Task<ReferenceState> StateAsync(LoopaiDbContext db, Caller caller, TaskDefinition task, TaskReference? reference, CancellationToken ct)
    {
        var book = await db.PriceBookAsync(caller.OrganizationId, ct);
        var price = reference is null ? null : book.Tokens(reference.Provider, reference.Model, time.GetUtcNow());
        return new ReferenceState(task.Id, task.Name, reference, price?.Of(new TokenUsage(reference!.InputTokens, reference.OutputTokens)), book.Currency, await MeasureAsync(db, task, ct));
    }

    /// <summary>
    /// The mean length of what goes in and out, at four characters a token. To the input belongs what a model has to be told each time: what the task is, and the
    /// schema of the answer.
    /// </summary>
    private static async Task<MeasuredTokens> MeasureAsync(LoopaiDbContext db, TaskDefinition task, CancellationToken ct)
    {
        var lengths = await db.Examples.Where(e => e.TaskId == task.Id).OrderBy(e => e.InputHash).Take(MostExamples)
            .Select(e => new { Input = e.Input.Length, Output = e.Output.Length }).ToListAsync(ct);
        var told = task.Name.Length + task.Description.Length + task.OutputSchema.Length;
        return new MeasuredTokens(
            lengths.Count,
            new TokenCount(
                Math.Max(1, SavingsMath.Tokens(told + (lengths.Count > 0 ? lengths.Average(l => l.Input) : task.InputSchema.Length))),
                Math.Max(1, SavingsMath.Tokens(lengths.Count > 0 ? lengths.Average(l => l.Output) : 1))));
    }
}

/// <param name="Provider">Who offers the model.</param>
/// <param name="Model">The model.</param>
/// <param name="InputTokens">Tokens of a call's input, instructions included; null to reckon both from the examples.</param>
/// <param name="OutputTokens">Tokens of a call's output.</param>
public sealed record ReferenceDraft(string? Provider = null, string? Model = null, int? InputTokens = null, int? OutputTokens = null);

/// <param name="TaskId">The task.</param>
/// <param name="Task">Its name.</param>
/// <param name="Reference">What it is compared with; null for nothing.</param>
/// <param name="PerCall">What a call would cost now; null without a reference, or where its price has ended.</param>
/// <param name="Currency">The organization's.</param>
/// <param name="Measured">What its examples say.</param>
public sealed record ReferenceState(Guid TaskId, string Task, TaskReference? Reference, decimal? PerCall, string Currency, MeasuredTokens Measured);

/// <param name="Examples">How many were measured; with none, the schemas are.</param>
/// <param name="Tokens">Tokens of one call.</param>
public sealed record MeasuredTokens(int Examples, TokenCount Tokens);
