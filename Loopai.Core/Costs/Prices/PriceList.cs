namespace Loopai.Core.Costs.Prices;

/// <param name="Currency">The organization's.</param>
/// <param name="Items">In the order in which they are asked; of one name the newest first.</param>
public sealed record PriceList(string Currency, IReadOnlyList<ListedPrice> Items)
{
    internal static PriceList Of(PriceBook book, DateTimeOffset now)
    {
        var current = book.CurrentAt(now).Select((price, place) => (price.Id, place)).ToDictionary(p => p.Id, p => p.place);
        return new PriceList(
            book.Currency,
            [
                .. book.All.Select(price => new ListedPrice(price, StatusOf(price, book, current, now)))
                    .OrderBy(p => p.Price.Kind).ThenBy(p => p.Price.IsList).ThenBy(p => p.Price.Provider, StringComparer.OrdinalIgnoreCase)
                    .ThenBy(p => p.Price.Name, StringComparer.OrdinalIgnoreCase).ThenByDescending(p => p.Price.EffectiveFrom).ThenByDescending(p => p.Price.CreatedAt),
            ]);
    }

    private static PriceStatus StatusOf(Price price, PriceBook book, Dictionary<Guid, int> current, DateTimeOffset now) =>
        price.Currency != book.Currency ? PriceStatus.OtherCurrency
        : price.Withdrawn ? PriceStatus.End
        : price.EffectiveFrom > now ? PriceStatus.ToCome
        : !current.ContainsKey(price.Id) ? PriceStatus.Over
        : book.Find(price.Kind, price.Provider.Replace("*", "", StringComparison.Ordinal), price.Name.Replace("*", "", StringComparison.Ordinal), now) is { } winner && winner.Id != price.Id && winner.IsAbout(price) ? PriceStatus.Overruled
        : PriceStatus.Counts;
}

/// <param name="Price">The price.</param>
/// <param name="Status">Whether it counts now.</param>
public sealed record ListedPrice(Price Price, PriceStatus Status);

/// <summary>Where a price stands now.</summary>
public enum PriceStatus
{
    /// <summary>It is asked.</summary>
    Counts,

    /// <summary>A list price whose name the organization has priced itself.</summary>
    Overruled,

    ToCome,

    /// <summary>Another of the same name came after it.</summary>
    Over,

    /// <summary>It says that there is no price any more.</summary>
    End,

    /// <summary>It is in a currency that the organization does not reckon in.</summary>
    OtherCurrency,
}
