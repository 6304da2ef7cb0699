using System.Diagnostics;
using System.Text;
using System.Text.Json;
using Loopai.Core.Access;
using Loopai.Core.Configuration;
using Loopai.Core.Costs.Budgets;
using Loopai.Core.Costs.Prices;
using Loopai.Core.Errors;
using Loopai.Core.Experiments.Live;
using Loopai.Core.Plugins.Runtime;
using Loopai.Core.Programs;
using Loopai.Core.Schemas;
using Loopai.Core.Tasks;
using Loopai.Core.Usage;
using Loopai.Core.Validation;
using Microsoft.Extensions.Options;

namespace Loopai.Core.Executions;

/// <summary>
/// The hot path: check the input, choose the version, run it, check the output, decide whether it is validated, wait for the group commit.
/// Everything it reads is in memory. Refusals are results, not exceptions: a caller's mistakes must not cost more than its answers.
/// </summary>
public sealed class ExecutionService(
    ExecutionCatalog catalog, QuotaGate quotas, BudgetGate budgets, PriceBooks prices, ExecutionWriter writer, IProgramSandbox sandbox, ShadowRunner shadows, ExecutionPlugins plugins,
    IOptions<ExecutionSettings> settings, TimeProvider time)
{
    public async ValueTask<ExecutionOutcome> ExecuteAsync(Caller caller, ExecutionRequest request, CancellationToken ct)
    {
        if (caller.Refusal(Permissions.ExecutionsRun, request.TaskId) is { } forbidden)
        {
            return forbidden;
        }

        if (Refuse(caller, request) is { } refusal)
        {
            return refusal;
        }

        var task = await catalog.FindAsync(caller, request.TaskId);
        if (task is null)
        {
            return TaskErrors.NotFound(request.TaskId);
        }

        if (task.Task.Status == Tasks.TaskStatus.Archived)
        {
            return TaskErrors.Archived(task.Task.Name);
        }

        if (!task.Input.IsValid(request.Input))
        {
            return ExecutionErrors.InvalidInput(task.Input.Validate(request.Input));
        }

        var place = Place(caller, request, task);
        if ((request.Version ?? place.Taken.Variant?.Variant.Version ?? RolledOut(caller, request, task) ?? request.Fallback ?? task.Task.ActiveVersion) is not { } version)
        {
            return ExecutionErrors.NoActiveVersion(task.Task.Name);
        }

        var program = await catalog.FindProgramAsync(task, version);
        if (program is null)
        {
            return ExecutionErrors.UnknownVersion(task.Task.Name, version);
        }

        // Past executions are not done now, so they use up nothing.
        if (request.ExecutedAt is null && await quotas.TakeAsync(caller, ct) is { } over)
        {
            return over;
        }

        var timeoutMs = request.TimeoutMs ?? settings.Value.DefaultTimeoutMs;
        var book = await prices.OfAsync(caller.OrganizationId, ct);
        var budget = request.ExecutedAt is null
            ? await budgets.TakeAsync(caller, task.Task.Id, task.Task.TeamId, BudgetLimits.Most(book, program.Language, timeoutMs, time.GetUtcNow()), ct)
            : default;
        if (budget.Refusal is { } spent)
        {
            quotas.GiveBack(caller);
            return spent;
        }

        var cost = 0m;
        try
        {
            var run = await RunAsync(task, program, request.Input, timeoutMs, ct);
            ExecutionOutcome outcome = run.Unavailable is { } reason
                ? ExecutionErrors.SandboxUnavailable(reason)
                : await RecordAsync(caller, request, task, program, run, place, book);
            if (outcome.Failure is UnavailableException && request.ExecutedAt is null)
            {
                quotas.GiveBack(caller);
            }

            cost = outcome.Execution?.Cost ?? 0;
            return outcome;
        }
        finally
        {
            budget.Hold.Settle(cost);
        }
    }

    /// <summary>Which experiment takes the execution. A task without experiments is asked nothing, and neither is who names a version or tries one out.</summary>
    private ExecutionPlace Place(Caller caller, in ExecutionRequest request, CatalogTask task)
    {
        if (task.Experiments is not { } experiments || request.Version is not null || request.Source == ExecutionSource.Portal)
        {
            return default;
        }

        // Without a unit the execution is one itself, so that its id has to be known before.
        var at = WholeMilliseconds(request.ExecutedAt ?? time.GetUtcNow());
        var id = Guid.CreateVersion7(at);
        Span<char> ownUnit = stackalloc char[36];
        id.TryFormat(ownUnit, out _);
        var attributes = request.Attributes.ValueKind == JsonValueKind.Object ? request.Attributes : request.Input;
        return new ExecutionPlace(
            experiments.Find(caller.EnvironmentId, at, request.Unit ?? (ReadOnlySpan<char>)ownUnit, request.Unit is not null, attributes), id, at);
    }

    /// <summary>The version that is rolled out to the unit; none for executions of the past and for who tries one out, which tell nothing of it.</summary>
    private static int? RolledOut(Caller caller, in ExecutionRequest request, CatalogTask task) =>
        task.Rollout is { } rollout && request.ExecutedAt is null && request.Source != ExecutionSource.Portal ? rollout.Choose(caller.EnvironmentId, request.Unit) : null;

    /// <summary>Runs a version without putting it on record.</summary>
    internal ValueTask<ProgramRun> RunAsync(CatalogTask task, LoadedProgram program, JsonElement input, int timeoutMs, CancellationToken ct) =>
        ProgramRun.OfAsync(sandbox, task, program, input, timeoutMs, ct);

    private async ValueTask<ExecutionOutcome> RecordAsync(
        Caller caller, ExecutionRequest request, CatalogTask task, LoadedProgram program, ProgramRun run, ExecutionPlace place, PriceBook book)
    {
        var executedAt = place.Taken.Experiment is null ? WholeMilliseconds(request.ExecutedAt ?? time.GetUtcNow()) : place.At;
        var executionsBefore = task.Live.CountExecution(program.Version, program.ExecutionsBefore);
        var (cost, priceId) = book.OfRun(program.Language, run.LatencyUs, executedAt);
        var execution = new Execution
        {
            Id = place.Taken.Experiment is null ? Guid.CreateVersion7(executedAt) : place.Id,
            OrganizationId = caller.OrganizationId,
            EnvironmentId = caller.EnvironmentId,
            TaskId = task.Task.Id,
            Version = program.Version,
            Status = run.Status,
            Input = request.Input.GetRawText(),
            Output = run.Output.IsEmpty ? null : Encoding.UTF8.GetString(run.Output.Span),
            Error = run.Error,
            Confidence = run.Confidence,
            LatencyUs = run.LatencyUs,
            Cost = cost,
            PriceId = priceId,
            Unit = request.Unit,
            ExperimentId = place.Taken.Counts ? place.Taken.Experiment!.Experiment.Id : null,
            Variant = place.Taken.Counts ? place.Taken.Variant!.Index : null,
            Source = request.ExecutedAt is null ? request.Source : ExecutionSource.Import,
            ApiKeyId = caller.Kind == CallerKind.ApiKey ? caller.Id : null,
            TeamId = task.Task.TeamId,
            TraceId = Activity.Current?.TraceId.ToString(),
            ExecutedAt = executedAt,
        };

        // A plugin decides in the policy's place where one is attached. The rule that a caller forced the check stands above both.
        var installed = await plugins.OfAsync(caller.OrganizationId);
        var sampling = run.Status != ExecutionStatus.Success && !request.ForceValidation ? default
            : (request.ForceValidation ? null : await plugins.DecideAsync(installed, execution, task.Task.Name))
            ?? task.Live.SamplerOf(caller.EnvironmentId).Decide(
                task.Task.Sampling,
                new SamplingContext(Sampler.OutputKey(run.Output.Span), run.Confidence, executionsBefore, request.ForceValidation, executedAt));
        (execution.SampledBy, execution.SamplingProbability) = (sampling.SampledBy, sampling.Probability);
        try
        {
            await writer.WriteAsync(execution, sampling.Sampled ? ToValidation(execution) : null);
        }
        catch (UnavailableException e)
        {
            return e;
        }

        plugins.Offer(installed, execution, task.Task.Name, sampling.Sampled);
        if (place.Taken is { Counts: true, Experiment: { Shadows.Count: > 0 } experiment, Variant.Index: 0 })
        {
            shadows.Offer(execution, task, experiment);
        }

        return new ExecutionOutcome(execution, run.Status == ExecutionStatus.Success ? null : new ProgramFailedException(execution)) { Variant = place.Taken.Variant };
    }

    private ValidationRecord ToValidation(Execution execution) => new()
    {
        Id = Guid.CreateVersion7(),
        OrganizationId = execution.OrganizationId,
        EnvironmentId = execution.EnvironmentId,
        TaskId = execution.TaskId,
        ExecutionId = execution.Id,
        Version = execution.Version,
        SampledBy = execution.SampledBy!,
        Probability = execution.SamplingProbability,
        Actual = execution.Output,
        Confidence = execution.Confidence,
        ApiKeyId = execution.ApiKeyId,
        TeamId = execution.TeamId,
        ExperimentId = execution.ExperimentId,
        Variant = execution.Variant,
        ExecutedAt = execution.ExecutedAt,
        CreatedAt = time.GetUtcNow(),
    };

    /// <summary>What can be said without knowing the task.</summary>
    private LoopaiException? Refuse(Caller caller, in ExecutionRequest request)
    {
        if (request.Input.ValueKind == JsonValueKind.Undefined)
        {
            return ExecutionErrors.MissingInput();
        }

        if (request.TimeoutMs is { } timeout && (timeout < 1 || timeout > settings.Value.MaxTimeoutMs))
        {
            return ExecutionErrors.InvalidTimeout(settings.Value.MaxTimeoutMs);
        }

        if (request.Unit is { } unit && (unit.Length > Execution.MaxUnitLength || string.IsNullOrWhiteSpace(unit)))
        {
            return ExecutionErrors.InvalidUnit();
        }

        if (request.ExecutedAt is not { } executedAt)
        {
            return null;
        }

        if (!caller.May(Permissions.ExecutionsImport))
        {
            return new ForbiddenException(Permissions.ExecutionsImport);
        }

        var now = time.GetUtcNow();
        return executedAt > now || executedAt < now.AddDays(-settings.Value.RetentionDays)
            ? ExecutionErrors.InvalidClock(settings.Value.RetentionDays)
            : null;
    }

    /// <summary>The id carries whole milliseconds, and an id alone has to lead to the row.</summary>
    private static DateTimeOffset WholeMilliseconds(DateTimeOffset at) => DateTimeOffset.FromUnixTimeMilliseconds(at.ToUnixTimeMilliseconds());
}

/// <summary>The experiment that takes an execution, and what the execution is then called.</summary>
internal readonly record struct ExecutionPlace(Taken Taken, Guid Id, DateTimeOffset At);
