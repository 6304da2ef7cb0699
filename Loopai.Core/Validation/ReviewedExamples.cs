using Loopai.Core.Data;
using Loopai.Core.Tasks;
using Microsoft.EntityFrameworkCore;

namespace Loopai.Core.Validation;

/// <summary>Labelled examples that come from verdicts.</summary>
internal static class ReviewedExamples
{
    public const string Source = "review";

    /// <summary>Adds the example, unless the input has a label already: a labelled data set is not changed by the way. Answers whether it was added.</summary>
    public static async Task<bool> AddExampleAsync(
        this LoopaiDbContext db, ValidationRecord validation, string output, DateTimeOffset at, CancellationToken ct)
    {
        var executions = await db.ExecutionsOfAsync([validation], ct);
        if (!executions.TryGetValue(validation.ExecutionId, out var execution))
        {
            return false;
        }

        var hash = CanonicalJson.Hash(execution.Input);
        if (await db.Examples.AnyAsync(e => e.TaskId == validation.TaskId && e.InputHash == hash, ct))
        {
            return false;
        }

        db.Examples.Add(new Example
        {
            Id = Guid.CreateVersion7(),
            OrganizationId = validation.OrganizationId,
            TaskId = validation.TaskId,
            Input = execution.Input,
            Output = output,
            InputHash = hash,
            Source = Source,
            CreatedAt = at,
        });
        return true;
    }

    /// <summary>Takes the example of an undone verdict away again: the one that was made at its time, for its input, with its output.</summary>
    public static async Task RemoveExampleAsync(this LoopaiDbContext db, ValidationRecord validation, CancellationToken ct)
    {
        var executions = await db.ExecutionsOfAsync([validation], ct);
        if (validation.Expected is { } expected && executions.TryGetValue(validation.ExecutionId, out var execution))
        {
            var hash = CanonicalJson.Hash(execution.Input);
            await db.Examples
                .Where(e => e.TaskId == validation.TaskId && e.InputHash == hash && e.Source == Source && e.CreatedAt == validation.DecidedAt && e.Output == expected)
                .ExecuteDeleteAsync(ct);
        }
    }
}
