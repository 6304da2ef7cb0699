using Loopai.Core.Access;
using Loopai.Core.Audit;
using Loopai.Core.Costs.Ledger;
using Loopai.Core.Costs.Prices;
using Loopai.Core.Data;
using Microsoft.EntityFrameworkCore;

namespace Loopai.Core.Validation;

/// <summary>Lists what was checked, serves the review queue, and takes and takes back verdicts.</summary>
public sealed class ValidationService(LoopaiData data, TimeProvider time)
{
    /// <summary>One window of the validations, newest execution first.</summary>
    public async Task<Page<ValidationRecord>> ListAsync(Caller caller, ValidationFilter filter, PageRequest page, CancellationToken ct)
    {
        var mine = caller.DemandOnTasks(Permissions.ValidationsRead);
        page = page.Validated();
        await using var db = await data.OpenAsync(caller, ct);
        var validations = filter.Apply(db.Validations.AsNoTracking().OfTasks(mine), caller);
        if (Cursor.Decode<Key>(page.Cursor) is { } after)
        {
            validations = validations.Where(v => v.ExecutedAt < after.At || (v.ExecutedAt == after.At && v.Id.CompareTo(after.Id) < 0));
        }

        return PageOf(await validations.OrderByDescending(v => v.ExecutedAt).ThenByDescending(v => v.Id).Take(page.Limit + 1).ToListAsync(ct), page);
    }

    /// <summary>The same with inputs and outputs, for lists that people read.</summary>
    public async Task<Page<ValidationDetail>> ListDetailsAsync(Caller caller, ValidationFilter filter, PageRequest page, CancellationToken ct)
    {
        var window = await ListAsync(caller, filter, page, ct);
        await using var db = await data.OpenAsync(caller, ct);
        return new Page<ValidationDetail>(await DetailsAsync(db, window.Items, ct), window.NextCursor);
    }

    /// <summary>A validation with its execution's input and output.</summary>
    public async Task<ValidationDetail> GetAsync(Caller caller, Guid id, CancellationToken ct)
    {
        caller.DemandOnTasks(Permissions.ValidationsRead);
        await using var db = await data.OpenAsync(caller, ct);
        return (await DetailsAsync(db, [await FindAsync(db, caller, Permissions.ValidationsRead, id, ct)], ct))[0];
    }

    /// <summary>One window of the review queue: what waits for a person, oldest execution first.</summary>
    public async Task<Page<ValidationDetail>> ListInReviewAsync(Caller caller, Guid? taskId, Guid? environmentId, PageRequest page, CancellationToken ct)
    {
        var mine = caller.DemandOnTasks(Permissions.ValidationsRead);
        page = page.Validated();
        await using var db = await data.OpenAsync(caller, ct);
        var waiting = InReview(taskId, environmentId).Apply(db.Validations.AsNoTracking().OfTasks(mine), caller);
        if (Cursor.Decode<Key>(page.Cursor) is { } after)
        {
            waiting = waiting.Where(v => v.ExecutedAt > after.At || (v.ExecutedAt == after.At && v.Id.CompareTo(after.Id) > 0));
        }

        var window = PageOf(await waiting.OrderBy(v => v.ExecutedAt).ThenBy(v => v.Id).Take(page.Limit + 1).ToListAsync(ct), page);
        return new Page<ValidationDetail>(await DetailsAsync(db, window.Items, ct), window.NextCursor);
    }

    /// <summary>How many wait for a person.</summary>
    public async Task<int> CountInReviewAsync(Caller caller, Guid? taskId, Guid? environmentId, CancellationToken ct)
    {
        var mine = caller.DemandOnTasks(Permissions.ValidationsRead);
        await using var db = await data.OpenAsync(caller, ct);
        return await InReview(taskId, environmentId).Apply(db.Validations.OfTasks(mine), caller).CountAsync(ct);
    }

    /// <summary>Gives the verdict. Of two who decide at once the second gets a conflict; another verdict needs <see cref="UndoAsync"/> first.</summary>
    public async Task<ValidationRecord> DecideAsync(Caller caller, Guid id, Verdict verdict, CancellationToken ct)
    {
        caller.DemandOnTasks(Permissions.ValidationsDecide);
        VerdictRules.Check(verdict);
        await using var db = await data.OpenAsync(caller, ct);
        var validation = await FindAsync(db, caller, Permissions.ValidationsDecide, id, ct);
        if (IsDecided(validation.Status))
        {
            throw ValidationErrors.AlreadyDecided(validation.DecidedByName);
        }

        var task = await db.Tasks.AsNoTracking().FirstAsync(t => t.Id == validation.TaskId, ct);
        var (status, expected) = VerdictRules.Resolve(verdict, validation, task);
        var now = Milliseconds(time.GetUtcNow());
        var decidedBy = caller.Kind == CallerKind.ApiKey ? DecidedBy.Key : DecidedBy.Person;

        await using var transaction = await db.Database.BeginTransactionAsync(ct);
        var written = await db.Validations
            .Where(v => v.Id == id && v.Status != ValidationStatus.Matched && v.Status != ValidationStatus.Mismatched)
            .ExecuteUpdateAsync(
                set => set
                    .SetProperty(v => v.Status, status).SetProperty(v => v.Expected, expected).SetProperty(v => v.DecidedAt, now)
                    .SetProperty(v => v.DecidedBy, decidedBy).SetProperty(v => v.DecidedByName, caller.Name).SetProperty(v => v.DecidedById, caller.Id)
                    .SetProperty(v => v.ClaimedUntil, (DateTimeOffset?)null),
                ct);
        if (written == 0)
        {
            throw ValidationErrors.AlreadyDecided(byName: null);
        }

        if (decidedBy == DecidedBy.Person)
        {
            await db.ChargeAsync(validation.OrganizationId, [CostCharge.OfCheck(validation, PriceKind.Check, "person", 1, now)], now, ct);
        }

        var added = verdict.AddExample && expected is not null && await db.AddExampleAsync(validation, expected, now, ct);
        if (status == ValidationStatus.Mismatched)
        {
            db.PublishWrong(validation, decidedBy);
        }

        db.Record(caller, "validation.decided", "validation", id, new { validation.TaskId, validation.Version, status, expected, exampleAdded = added });
        return await CommitAsync(db, id, ct);

        async Task<ValidationRecord> CommitAsync(LoopaiDbContext db, Guid id, CancellationToken ct)
        {
            try
            {
                await db.SaveChangesAsync(ct);
            }
            catch (DbUpdateException) when (added && !ct.IsCancellationRequested)
            {
                throw ValidationErrors.ExampleMeanwhile();
            }

            var decided = await db.Validations.AsNoTracking().FirstAsync(v => v.Id == id, ct);
            await transaction.CommitAsync(ct);
            return decided;
        }
    }

    /// <summary>
    /// Takes a verdict back: the validation waits in the review queue again, and an example that came from it is gone. Everybody may take back
    /// their own; somebody else's, or an oracle's, takes the right to change the task.
    /// </summary>
    public async Task<ValidationRecord> UndoAsync(Caller caller, Guid id, CancellationToken ct)
    {
        caller.DemandOnTasks(Permissions.ValidationsDecide);
        await using var db = await data.OpenAsync(caller, ct);
        var validation = await FindAsync(db, caller, Permissions.ValidationsDecide, id, ct);
        if (!IsDecided(validation.Status))
        {
            throw ValidationErrors.NotDecided();
        }

        if (validation.DecidedById is null || validation.DecidedById != caller.Id)
        {
            caller.Demand(Permissions.TasksWrite, validation.TaskId);
        }

        await using var transaction = await db.Database.BeginTransactionAsync(ct);
        var written = await db.Validations
            .Where(v => v.Id == id && v.Status == validation.Status && v.DecidedAt == validation.DecidedAt)
            .ExecuteUpdateAsync(
                set => set
                    .SetProperty(v => v.Status, ValidationStatus.InReview).SetProperty(v => v.Expected, (string?)null)
                    .SetProperty(v => v.DecidedAt, (DateTimeOffset?)null).SetProperty(v => v.DecidedBy, (string?)null)
                    .SetProperty(v => v.DecidedByName, (string?)null).SetProperty(v => v.DecidedById, (Guid?)null),
                ct);
        if (written == 0)
        {
            throw ValidationErrors.NotDecided();
        }

        await db.RemoveExampleAsync(validation, ct);
        db.Record(caller, "validation.undone", "validation", id, new
        {
            validation.TaskId, validation.Version, validation.Status, validation.Expected, validation.DecidedBy, validation.DecidedByName,
        });
        await db.SaveChangesAsync(ct);
        var undone = await db.Validations.AsNoTracking().FirstAsync(v => v.Id == id, ct);
        await transaction.CommitAsync(ct);
        return undone;
    }

    private static ValidationFilter InReview(Guid? taskId, Guid? environmentId) =>
        new(TaskId: taskId, Status: ValidationStatus.InReview, EnvironmentId: environmentId);

    private static async Task<ValidationRecord> FindAsync(LoopaiDbContext db, Caller caller, string permission, Guid id, CancellationToken ct)
    {
        var validation = await db.Validations.AsNoTracking().OfTasks(caller.TasksWith(permission)).FirstOrDefaultAsync(v => v.Id == id, ct);
        return validation is null || (!caller.ReachesOtherEnvironments(permission) && validation.EnvironmentId != caller.EnvironmentId)
            ? throw ValidationErrors.NotFound(id)
            : validation;
    }

    private static async Task<IReadOnlyList<ValidationDetail>> DetailsAsync(
        LoopaiDbContext db, IReadOnlyList<ValidationRecord> validations, CancellationToken ct)
    {
        var taskIds = validations.Select(v => v.TaskId).Distinct().ToArray();
        var tasks = (await db.Tasks.AsNoTracking().Where(t => taskIds.Contains(t.Id)).Select(t => new { t.Id, t.Name, t.OutputSchema }).ToListAsync(ct))
            .ToDictionary(t => t.Id, t => (t.Name, Classes: OutputClasses.Of(t.OutputSchema)));
        var executions = await db.ExecutionsOfAsync(validations, ct);
        return
        [
            .. validations.Select(v => new ValidationDetail(
                v, tasks[v.TaskId].Name, executions.GetValueOrDefault(v.ExecutionId)?.Input, v.Actual, tasks[v.TaskId].Classes)),
        ];
    }

    private static Page<ValidationRecord> PageOf(List<ValidationRecord> rows, PageRequest page) => rows.Count > page.Limit
        ? new Page<ValidationRecord>(rows[..page.Limit], Cursor.Encode(new Key(rows[page.Limit - 1].ExecutedAt, rows[page.Limit - 1].Id)))
        : new Page<ValidationRecord>(rows, null);

    private static bool IsDecided(ValidationStatus status) => status is ValidationStatus.Matched or ValidationStatus.Mismatched;

    /// <summary>Databases keep fewer digits than the clock has; a time that is compared with what was stored has to have no more than they.</summary>
    private static DateTimeOffset Milliseconds(DateTimeOffset at) => new(at.UtcTicks - (at.UtcTicks % TimeSpan.TicksPerMillisecond), TimeSpan.Zero);

    private sealed record Key(DateTimeOffset At, Guid Id);
}
