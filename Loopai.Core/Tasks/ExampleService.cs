using System.Runtime.InteropServices;
using System.Text.Json;
using Loopai.Core.Access;
using Loopai.Core.Audit;
using Loopai.Core.Data;
using Loopai.Core.Tasks.Import;
using Loopai.Core.Usage;
using Microsoft.EntityFrameworkCore;

namespace Loopai.Core.Tasks;

/// <summary>The labelled examples of a task: taken in, read, counted and deleted.</summary>
public sealed class ExampleService(LoopaiData data, TimeProvider time)
{
    /// <summary>The most rows that one upload takes.</summary>
    public const int MaxRows = 100_000;

    private const int ShownErrors = 100;
    private const int ShownOutputs = 100;
    private const int BatchRows = 1_000;
    private const int BatchBytes = 4 * 1024 * 1024;

    /// <summary>
    /// Takes an upload in as it arrives. Rows that do not fit are left out and told; an upload that is too large or cannot be read to its end is
    /// refused whole, and nothing of it stays.
    /// </summary>
    public async Task<ImportResult> ImportAsync(Caller caller, Guid taskId, Stream body, ExampleFormat format, CancellationToken ct)
    {
        caller.Demand(Permissions.TasksWrite, taskId);
        await using var db = await data.OpenAsync(caller, ct);
        var task = await db.FindOpenTaskAsync(taskId, ct);
        await using var transaction = await db.Database.BeginTransactionAsync(ct);
        var writer = new ExampleWriter(db, task, "upload", time.GetUtcNow());
        var batch = new List<ExampleDraft>(BatchRows);
        var errors = new List<RowError>();
        var (received, rejected, bytes) = (0, 0, 0);
        try
        {
            await foreach (var row in ExampleReader.ReadAsync(body, format, ExampleSchemas.Of(task), ct))
            {
                if (++received > MaxRows)
                {
                    throw ExampleErrors.TooMany(MaxRows);
                }

                if (row.Draft is null)
                {
                    rejected++;
                    errors.AddRange(errors.Count < ShownErrors ? [row.Error!] : []);
                    continue;
                }

                batch.Add(row.Draft);
                bytes += JsonMarshal.GetRawUtf8Value(row.Draft.Input).Length;
                if (batch.Count == BatchRows || bytes > BatchBytes)
                {
                    await writer.WriteAsync(batch, ct);
                    batch.Clear();
                    bytes = 0;
                }
            }

            if (received == 0)
            {
                throw ExampleErrors.Empty();
            }

            await writer.WriteAsync(batch, ct);
            await db.DemandRoomAsync(caller.OrganizationId, ct);
            var result = new ImportResult(received, writer.Added, writer.Updated, writer.Unchanged, rejected, errors);
            db.Record(caller, "examples.imported", "task", taskId, new { result.Received, result.Added, result.Updated, result.Unchanged, result.Rejected });
            await db.SaveChangesAsync(ct);
            await transaction.CommitAsync(ct);
            return result;
        }
        catch (DbUpdateException e) when (e.IsRace())
        {
            throw ExampleErrors.Concurrent();
        }
    }

    /// <summary>Adds examples that came with a request: all of them, or none when one does not fit.</summary>
    public async Task<IReadOnlyList<Example>> AddManyAsync(Caller caller, Guid taskId, IReadOnlyList<ExampleInput> rows, CancellationToken ct)
    {
        caller.Demand(Permissions.TasksWrite, taskId);
        return await AddManyAsync(caller, taskId, rows, "upload", i => $"examples[{i}]", ct);
    }

    /// <summary>Adds one example; another output for an input that is there replaces it.</summary>
    /// <param name="caller">Who acts.</param>
    /// <param name="taskId">The task.</param>
    /// <param name="example">The input and what is right for it.</param>
    /// <param name="source">Where it comes from: <c>portal</c> or <c>review</c>.</param>
    /// <param name="ct">Ends the work.</param>
    public async Task<Example> AddAsync(Caller caller, Guid taskId, ExampleInput example, string source, CancellationToken ct)
    {
        caller.Demand(Permissions.TasksWrite, taskId);
        return (await AddManyAsync(caller, taskId, [example], source, _ => "", ct))[0];
    }

    /// <summary>One window of the examples, newest first.</summary>
    public async Task<Page<Example>> ListAsync(Caller caller, Guid taskId, ExampleFilter filter, PageRequest page, CancellationToken ct)
    {
        caller.Demand(Permissions.TasksRead, taskId);
        page = page.Validated();
        await using var db = await data.OpenAsync(caller, ct);
        await db.RequireTaskAsync(taskId, ct);
        var examples = filter.Apply(db.Examples.AsNoTracking().Where(e => e.TaskId == taskId));
        if (Cursor.Decode<After>(page.Cursor) is { } after)
        {
            examples = examples.Where(e => e.Id.CompareTo(after.Id) < 0);
        }

        var rows = await examples.OrderByDescending(e => e.Id).Take(page.Limit + 1).ToListAsync(ct);
        return new Page<Example>([.. rows.Take(page.Limit)], rows.Count > page.Limit ? Cursor.Encode(new After(rows[page.Limit - 1].Id)) : null);
    }

    /// <summary>How many examples there are, and of which outputs.</summary>
    public async Task<ExampleCounts> CountsAsync(Caller caller, Guid taskId, CancellationToken ct)
    {
        caller.Demand(Permissions.TasksRead, taskId);
        await using var db = await data.OpenAsync(caller, ct);
        await db.RequireTaskAsync(taskId, ct);
        var examples = db.Examples.Where(e => e.TaskId == taskId);
        var total = await examples.CountAsync(ct);
        var training = await examples.CountAsync(e => e.ForTraining, ct);
        var distinct = await examples.Select(e => e.Output).Distinct().CountAsync(ct);
        var outputs = await examples.GroupBy(e => e.Output)
            .Select(g => new { Output = g.Key, Count = g.Count(), Training = g.Sum(e => e.ForTraining ? 1 : 0) })
            .OrderByDescending(g => g.Count).ThenBy(g => g.Output)
            .Take(ShownOutputs)
            .ToListAsync(ct);
        return new ExampleCounts(total, training, distinct, [.. outputs.Select(o => new OutputCount(JsonElement.Parse(o.Output), o.Count, o.Training))]);
    }

    /// <summary>The right outputs of those inputs that are among the examples: hash of the input in lower-case hexadecimal → output as JSON.</summary>
    public async Task<IReadOnlyDictionary<string, string>> LabelsForAsync(
        Caller caller, Guid taskId, IReadOnlyCollection<byte[]> inputHashes, CancellationToken ct)
    {
        caller.Demand(Permissions.TasksRead, taskId);
        await using var db = await data.OpenAsync(caller, ct);
        return await db.Examples.Where(e => e.TaskId == taskId && inputHashes.Contains(e.InputHash))
            .Select(e => new { e.InputHash, e.Output })
            .ToDictionaryAsync(e => Convert.ToHexStringLower(e.InputHash), e => e.Output, ct);
    }

    /// <summary>Deletes one example.</summary>
    public async Task DeleteAsync(Caller caller, Guid taskId, Guid exampleId, CancellationToken ct)
    {
        caller.Demand(Permissions.TasksWrite, taskId);
        await using var db = await data.OpenAsync(caller, ct);
        await db.FindOpenTaskAsync(taskId, ct);
        await using var transaction = await db.Database.BeginTransactionAsync(ct);
        if (await db.Examples.Where(e => e.TaskId == taskId && e.Id == exampleId).ExecuteDeleteAsync(ct) == 0)
        {
            throw ExampleErrors.NotFound(exampleId);
        }

        db.Record(caller, "example.deleted", "task", taskId, new { exampleId });
        await db.SaveChangesAsync(ct);
        await transaction.CommitAsync(ct);
    }

    /// <summary>Deletes all examples of the task, and answers how many there were.</summary>
    public async Task<int> DeleteAllAsync(Caller caller, Guid taskId, CancellationToken ct)
    {
        caller.Demand(Permissions.TasksWrite, taskId);
        await using var db = await data.OpenAsync(caller, ct);
        await db.FindOpenTaskAsync(taskId, ct);
        await using var transaction = await db.Database.BeginTransactionAsync(ct);
        var deleted = await db.Examples.Where(e => e.TaskId == taskId).ExecuteDeleteAsync(ct);
        db.Record(caller, "examples.deleted", "task", taskId, new { deleted });
        await db.SaveChangesAsync(ct);
        await transaction.CommitAsync(ct);
        return deleted;
    }

    private async Task<IReadOnlyList<Example>> AddManyAsync(
        Caller caller, Guid taskId, IReadOnlyList<ExampleInput> rows, string source, Func<int, string> nameOf, CancellationToken ct)
    {
        await using var db = await data.OpenAsync(caller, ct);
        var task = await db.FindOpenTaskAsync(taskId, ct);
        await using var transaction = await db.Database.BeginTransactionAsync(ct);
        try
        {
            var written = await AddManyAsync(db, caller, task, rows, source, nameOf, time.GetUtcNow(), ct);
            await transaction.CommitAsync(ct);
            return written;
        }
        catch (DbUpdateException e) when (e.IsRace())
        {
            throw ExampleErrors.Concurrent();
        }
    }

    /// <summary>Adds examples within a transaction of the caller's.</summary>
    internal static async Task<IReadOnlyList<Example>> AddManyAsync(
        LoopaiDbContext db, Caller caller, TaskDefinition task, IReadOnlyList<ExampleInput> rows, string source, Func<int, string> nameOf, DateTimeOffset now,
        CancellationToken ct)
    {
        if (rows.Count > MaxRows)
        {
            throw ExampleErrors.TooMany(MaxRows);
        }

        var writer = new ExampleWriter(db, task, source, now);
        var written = new List<Example>();
        foreach (var batch in DraftedExamples.Of(rows, ExampleSchemas.Of(task), nameOf).Chunk(BatchRows))
        {
            written.AddRange(await writer.WriteAsync(batch, ct));
        }

        await db.DemandRoomAsync(caller.OrganizationId, ct);
        db.Record(caller, "examples.added", "task", task.Id, new { source, writer.Added, writer.Updated, writer.Unchanged });
        await db.SaveChangesAsync(ct);
        return written;
    }

    private sealed record After(Guid Id);
}
