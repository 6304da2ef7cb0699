using Loopai.Core.Access;
using Loopai.Core.Audit;
using Loopai.Core.Data;
using Microsoft.EntityFrameworkCore;

namespace Loopai.Core.Costs.Prices;

/// <summary>Keeps the price book. Nothing in it is changed or deleted: a new price follows an old one, and an end is an entry too.</summary>
public sealed class PriceService(LoopaiData data, TimeProvider time)
{
    /// <summary>Every price, those of the past and to come included, in the order in which they are asked.</summary>
    public async Task<PriceList> ListAsync(Caller caller, CancellationToken ct)
    {
        caller.Demand(Permissions.CostsRead);
        await using var db = await data.OpenAsync(caller, ct);
        return PriceList.Of(await db.PriceBookAsync(caller.OrganizationId, ct), time.GetUtcNow());
    }

    /// <summary>The price of a language model's tokens at a moment; null for none.</summary>
    public async Task<Price?> FindAsync(Caller caller, string provider, string model, DateTimeOffset at, CancellationToken ct)
    {
        caller.Demand(Permissions.CostsRead);
        await using var db = await data.OpenAsync(caller, ct);
        return (await db.PriceBookAsync(caller.OrganizationId, ct)).Tokens(provider, model, at);
    }

    /// <summary>Puts a price into the book, in the organization's currency. From its moment on it counts instead of the one of the same name.</summary>
    public async Task<Price> AddAsync(Caller caller, PriceDraft draft, CancellationToken ct)
    {
        caller.Demand(Permissions.PricesManage);
        var now = time.GetUtcNow();
        draft.Check(now);
        await using var db = await data.OpenAsync(caller, ct);
        var book = await db.PriceBookAsync(caller.OrganizationId, ct);
        var price = new Price
        {
            Id = Guid.CreateVersion7(), OrganizationId = caller.OrganizationId, Kind = draft.Kind!.Value, Provider = (draft.Provider ?? "").Trim(), Name = draft.Name!.Trim(),
            Currency = book.Currency, Input = draft.Input, CachedInput = draft.CachedInput, Output = draft.Output, Reasoning = draft.Reasoning, PerUnit = draft.PerUnit,
            EffectiveFrom = draft.EffectiveFrom ?? StartOfHour(now), Source = (draft.Source ?? "").Trim(), CreatedBy = caller.Name, CreatedAt = now,
        };
        var before = book.All.Where(p => !p.IsList && p.IsAbout(price)).MaxBy(p => (p.EffectiveFrom, p.CreatedAt));
        await AddAsync(db, caller, price, "price.added", before, ct);
        return price;
    }

    /// <summary>Ends the organization's price of a name with the hour at hand, so that a less special one counts from then on, or none.</summary>
    public async Task<Price> EndAsync(Caller caller, Guid id, CancellationToken ct)
    {
        caller.Demand(Permissions.PricesManage);
        await using var db = await data.OpenAsync(caller, ct);
        var price = await db.Prices.AsNoTracking().FirstOrDefaultAsync(p => p.Id == id, ct) ?? throw CostErrors.PriceNotFound(id);
        var now = time.GetUtcNow();
        var book = await db.PriceBookAsync(caller.OrganizationId, ct);
        if (PriceList.Of(book, now).Items.First(p => p.Price.Id == id).Status is not (PriceStatus.Counts or PriceStatus.ToCome))
        {
            throw CostErrors.PriceEnded();
        }

        var end = new Price
        {
            Id = Guid.CreateVersion7(), OrganizationId = price.OrganizationId, Kind = price.Kind, Provider = price.Provider, Name = price.Name, Currency = price.Currency,
            Withdrawn = true, EffectiveFrom = price.EffectiveFrom > now ? price.EffectiveFrom : StartOfHour(now), CreatedBy = caller.Name, CreatedAt = now,
        };
        await AddAsync(db, caller, end, "price.ended", price, ct);
        return end;
    }

    private static async Task AddAsync(LoopaiDbContext db, Caller caller, Price price, string action, Price? before, CancellationToken ct)
    {
        db.Prices.Add(price);
        db.Record(caller, action, "price", price.Id, new { name = price.Provider.Length > 0 ? $"{price.Provider}/{price.Name}" : price.Name, before = Figures(before), after = Figures(price) });
        await db.SaveChangesAsync(ct);

        static object? Figures(Price? price) => price is null
            ? null
            : new { price.Kind, price.Input, price.CachedInput, price.Output, price.Reasoning, price.PerUnit, price.Currency, price.EffectiveFrom, price.Withdrawn, price.Source };
    }

    private static DateTimeOffset StartOfHour(DateTimeOffset at) => new(at.UtcTicks - (at.UtcTicks % TimeSpan.TicksPerHour), TimeSpan.Zero);
}
