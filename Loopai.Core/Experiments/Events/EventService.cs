using Loopai.Core.Access;
using Loopai.Core.Data;
using Loopai.Core.Errors;
using Loopai.Core.Executions;
using Microsoft.EntityFrameworkCore;

namespace Loopai.Core.Experiments.Events;

/// <summary>Takes what units did outside of Loopai.</summary>
public sealed class EventService(LoopaiData data, TimeProvider time)
{
    private const int ShownErrors = 100;
    private const int Attempts = 3;

    /// <summary>Keeps the events that are new and sound, once each, and says what became of every other.</summary>
    public async Task<EventResult> TakeAsync(Caller caller, ReadOnlyMemory<byte> body, bool isLines, CancellationToken ct)
    {
        caller.Demand(Permissions.EventsWrite);
        var now = time.GetUtcNow();
        var rows = EventReader.Read(body, isLines, now);
        for (var attempt = 1; ; attempt++)
        {
            await using var db = await data.OpenAsync(caller, ct);
            var sorted = await SortAsync(db, caller, rows, ct);
            db.ExperimentEvents.AddRange(sorted.New.Select(e => new ExperimentEvent
            {
                OrganizationId = caller.OrganizationId,
                EnvironmentId = caller.EnvironmentId,
                EventId = e.Id,
                Unit = e.Unit,
                Name = e.Name,
                Value = e.Value,
                At = e.At,
                ReceivedAt = now,
            }));
            try
            {
                await db.SaveChangesAsync(ct);
            }
            catch (DbUpdateException) when (!ct.IsCancellationRequested)
            {
                // The same event came in by another request at this moment: what is there now is sorted out anew.
                if (attempt < Attempts)
                {
                    continue;
                }

                throw new UnavailableException("events.not_saved", "The same events come in by several requests at once, so that these could not be saved. Send them again: each counts once.");
            }

            return new EventResult(
                rows.Count, sorted.New.Count, sorted.Duplicates, sorted.Errors.Count, await BeforeExposureAsync(db, caller, sorted.New, ct),
                [.. sorted.Errors.OrderBy(e => e.Row).Take(ShownErrors)]);
        }
    }

    /// <summary>Which rows are new, which were there before, and which contradict what was there.</summary>
    private static async Task<(List<EventDraft> New, int Duplicates, List<EventError> Errors)> SortAsync(
        LoopaiDbContext db, Caller caller, IReadOnlyList<EventRow> rows, CancellationToken ct)
    {
        var errors = rows.Where(r => r.Error is not null).Select(r => r.Error!).ToList();
        var ids = rows.Where(r => r.Draft is not null).Select(r => r.Draft!.Id).Distinct(StringComparer.Ordinal).ToList();
        var known = await db.ExperimentEvents.AsNoTracking().Where(e => e.EnvironmentId == caller.EnvironmentId && ids.Contains(e.EventId))
            .ToDictionaryAsync(e => e.EventId, e => (e.Unit, e.Name, e.Value), StringComparer.Ordinal, ct);
        var (fresh, duplicates) = (new List<EventDraft>(), 0);
        foreach (var (row, draft) in rows.Where(r => r.Draft is not null).Select(r => (r.Row, r.Draft!)))
        {
            var content = (draft.Unit, draft.Name, draft.Value);
            if (!known.TryGetValue(draft.Id, out var earlier))
            {
                known[draft.Id] = content;
                fresh.Add(draft);
            }
            else if (earlier == content)
            {
                duplicates++;
            }
            else
            {
                errors.Add(new EventError(row, "id", $"The id '{draft.Id}' belongs to another event that came before. Give each event an id of its own."));
            }
        }

        return (fresh, duplicates, errors);
    }

    /// <summary>How many events lie before their unit was first in a running experiment: they tell what the unit was like before, and count as no result.</summary>
    private static async Task<int> BeforeExposureAsync(LoopaiDbContext db, Caller caller, List<EventDraft> events, CancellationToken ct)
    {
        var running = await db.Experiments.Where(e => e.EnvironmentId == caller.EnvironmentId && (e.Status == ExperimentStatus.Running || e.Status == ExperimentStatus.Paused))
            .Select(e => (Guid?)e.Id).ToListAsync(ct);
        if (running.Count == 0 || events.Count == 0)
        {
            return 0;
        }

        var units = events.Select(e => e.Unit).Distinct(StringComparer.Ordinal).ToList();
        var exposed = await db.Executions.Where(e => running.Contains(e.ExperimentId) && units.Contains(e.Unit!) && e.ShadowOf == null)
            .GroupBy(e => e.Unit!).Select(g => new { Unit = g.Key, First = g.Min(e => e.ExecutedAt) }).ToDictionaryAsync(g => g.Unit, g => g.First, StringComparer.Ordinal, ct);
        return events.Count(e => (exposed.TryGetValue(e.Unit, out var first) ? first
            : Guid.TryParse(e.Unit, out var execution) ? ExecutionQueries.TimeOf(execution) : null) is { } at && e.At < at);
    }
}

/// <summary>What became of a request's events.</summary>
/// <param name="Received">Events that were sent; the sum of the next three.</param>
/// <param name="Accepted">Events that were new.</param>
/// <param name="Duplicates">Events that had come before; nothing was done with them.</param>
/// <param name="Rejected">Events that were left out.</param>
/// <param name="BeforeExposure">Accepted events from before their unit's first exposure: they count as no result.</param>
/// <param name="Errors">Why events were left out; the first hundred.</param>
public sealed record EventResult(int Received, int Accepted, int Duplicates, int Rejected, int BeforeExposure, IReadOnlyList<EventError> Errors);
