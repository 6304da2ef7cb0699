using System.Text.Encodings.Web;
using System.Text.Json;
using Loopai.Core.Data;
using Microsoft.EntityFrameworkCore;

namespace Loopai.Core.Tasks;

/// <summary>Puts examples into a task, one an input: what is new is added, another output replaces the one there is. Runs in the caller's transaction.</summary>
internal sealed class ExampleWriter
{
    private static readonly JsonSerializerOptions Readable = new() { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping };

    private readonly LoopaiDbContext _db;
    private readonly TaskDefinition _task;
    private readonly string _source;
    private readonly DateTimeOffset _now;

    /// <param name="db">The unit of work; its change tracker is emptied after each batch.</param>
    /// <param name="task">Whose examples they are.</param>
    /// <param name="source">Where they come from: <c>upload</c>, <c>review</c>, <c>portal</c>.</param>
    /// <param name="now">When they came.</param>
    public ExampleWriter(LoopaiDbContext db, TaskDefinition task, string source, DateTimeOffset now)
    {
        (_db, _task, _source, _now) = (db, task, source, now);
        db.ChangeTracker.AutoDetectChangesEnabled = false;
    }

    public int Added { get; private set; }

    public int Updated { get; private set; }

    public int Unchanged { get; private set; }

    /// <summary>Writes one batch, and answers its rows as they now are, one an input.</summary>
    public async Task<IReadOnlyList<Example>> WriteAsync(IReadOnlyList<ExampleDraft> drafts, CancellationToken ct)
    {
        var hashed = drafts.Select(d => (Draft: d, Hash: CanonicalJson.Hash(d.Input))).ToList();
        var hashes = hashed.Select(d => d.Hash).ToList();
        var known = await _db.Examples.AsNoTracking()
            .Where(e => e.TaskId == _task.Id && hashes.Contains(e.InputHash))
            .Select(e => new Known(e.Id, e.InputHash, e.Output, e.ForTraining, e.Source, e.CreatedAt))
            .ToDictionaryAsync(e => Convert.ToHexString(e.InputHash), ct);

        var rows = new Dictionary<string, Row>();
        foreach (var (draft, hash) in hashed)
        {
            Take(draft, hash, known, rows);
        }

        _db.Examples.AddRange(rows.Values.Where(r => r.IsNew).Select(r => r.Example));
        foreach (var row in rows.Values.Where(r => !r.IsNew && r.IsChanged))
        {
            var entry = _db.Examples.Attach(row.Example);
            entry.Property(e => e.Output).IsModified = true;
            entry.Property(e => e.ForTraining).IsModified = true;
            entry.Property(e => e.Source).IsModified = true;
        }

        await _db.SaveChangesAsync(ct);
        _db.ChangeTracker.Clear();
        return [.. rows.Values.Select(r => r.Example)];
    }

    private void Take(ExampleDraft draft, byte[] hash, Dictionary<string, Known> known, Dictionary<string, Row> rows)
    {
        // The canonical text, so that equal outputs are equal rows: they are counted and filtered by it.
        var output = CanonicalJson.Text(draft.Output);
        var key = Convert.ToHexString(hash);
        if (!rows.TryGetValue(key, out var row))
        {
            var isNew = !known.TryGetValue(key, out var before);
            rows[key] = row = new Row(isNew, new Example
            {
                Id = before?.Id ?? Guid.CreateVersion7(_now),
                OrganizationId = _task.OrganizationId,
                TaskId = _task.Id,
                Input = JsonSerializer.Serialize(draft.Input, Readable),
                Output = before?.Output ?? output,
                InputHash = hash,
                Source = before?.Source ?? _source,
                ForTraining = before?.ForTraining ?? draft.ForTraining ?? true,
                CreatedAt = before?.CreatedAt ?? _now,
            });
            if (isNew)
            {
                Added++;
                return;
            }
        }

        var forTraining = draft.ForTraining ?? row.Example.ForTraining;
        if (row.Example.Output == output && row.Example.ForTraining == forTraining)
        {
            Unchanged++;
            return;
        }

        row.Example.Output = output;
        row.Example.ForTraining = forTraining;
        row.Example.Source = _source;
        row.IsChanged = true;
        Updated++;
    }

    private sealed record Known(Guid Id, byte[] InputHash, string Output, bool ForTraining, string Source, DateTimeOffset CreatedAt);

    private sealed record Row(bool IsNew, Example Example)
    {
        public bool IsChanged { get; set; }
    }
}
