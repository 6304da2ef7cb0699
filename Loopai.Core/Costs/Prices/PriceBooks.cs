using System.Collections.Concurrent;
using Loopai.Core.Access;
using Loopai.Core.Data;
using Loopai.Core.Programs;
using Microsoft.EntityFrameworkCore;

namespace Loopai.Core.Costs.Prices;

/// <summary>Keeps every organization's price book in memory, and reads it again when the change feed tells of a change.</summary>
public sealed class PriceBooks(LoopaiData data)
{
    private readonly ConcurrentDictionary<Guid, PriceBook> _books = new();
    private long _forgotten;

    /// <summary>The organization's book; from memory on all but its first use.</summary>
    public ValueTask<PriceBook> OfAsync(Guid organizationId, CancellationToken ct) =>
        _books.TryGetValue(organizationId, out var book) ? ValueTask.FromResult(book) : new ValueTask<PriceBook>(LoadAsync(organizationId, ct));

    /// <summary>Forgets what a change made stale.</summary>
    public void Forget(Change change)
    {
        if (change.IsEverything)
        {
            Interlocked.Increment(ref _forgotten);
            _books.Clear();
        }
        else if (change.Table is "prices" or "organizations")
        {
            Interlocked.Increment(ref _forgotten);
            _books.TryRemove(change.Id, out _);
        }
    }

    private async Task<PriceBook> LoadAsync(Guid organizationId, CancellationToken ct)
    {
        var forgotten = Interlocked.Read(ref _forgotten);
        await using var db = await data.OpenAsync(Caller.System(organizationId), ct);
        var book = await db.PriceBookAsync(organizationId, ct);
        _books[organizationId] = book;
        if (forgotten != Interlocked.Read(ref _forgotten))
        {
            // A change was told while this was read, perhaps of what was read.
            _books.TryRemove(organizationId, out _);
        }

        return book;
    }
}

internal static class PriceQueries
{
    /// <summary>The price book as the database has it now.</summary>
    public static async Task<PriceBook> PriceBookAsync(this LoopaiDbContext db, Guid organizationId, CancellationToken ct)
    {
        var currency = await db.Organizations.Where(o => o.Id == organizationId).Select(o => o.Currency).FirstOrDefaultAsync(ct) ?? "USD";
        return new PriceBook(currency, await db.Prices.AsNoTracking().Where(p => p.OrganizationId == organizationId).ToListAsync(ct), ListPrices.All);
    }

    /// <summary>What running for so long costs; unpriced where the book has no price for the runtime.</summary>
    public static (decimal? Cost, Guid? PriceId) OfRun(this PriceBook book, ProgramLanguage language, long microseconds, DateTimeOffset at) =>
        book.Compute(language, at) is { PerUnit: { } perSecond } price ? (Money.Round(perSecond * microseconds / 1_000_000m), price.Id) : (null, null);
}
