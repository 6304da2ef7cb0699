using System.IO.Enumeration;
using Loopai.Core.Programs;

namespace Loopai.Core.Costs.Prices;

/// <summary>
/// An organization's prices, ready to be asked. Of all prices whose names fit, the organization's own go before list prices, then the more special name goes
/// first, told by its characters that are no wildcard, then the more special provider. Of one name the price counts whose moment came last before that of the usage.
/// A price in another currency than the organization's is none: nothing is converted unasked.
/// </summary>
public sealed class PriceBook
{
    private readonly Dictionary<PriceKind, List<Entry>> _entries;

    /// <param name="currency">The organization's.</param>
    /// <param name="own">Its prices.</param>
    /// <param name="list">The installation's.</param>
    public PriceBook(string currency, IEnumerable<Price> own, IEnumerable<Price> list)
    {
        Currency = currency;
        All = [.. own, .. list];
        _entries = All.Where(p => p.Currency == currency)
            .GroupBy(p => (p.IsList, p.Kind, Provider: p.Provider.ToLowerInvariant(), Name: p.Name.ToLowerInvariant()))
            .Select(g => new Entry(g.Key.IsList, g.Key.Kind, g.Key.Provider, g.Key.Name, [.. g.OrderByDescending(p => p.EffectiveFrom).ThenByDescending(p => p.CreatedAt).ThenByDescending(p => p.Id)]))
            .OrderBy(e => e.IsList).ThenByDescending(e => Literals(e.Name)).ThenByDescending(e => Literals(e.Provider)).ThenBy(e => e.Name, StringComparer.Ordinal).ThenBy(e => e.Provider, StringComparer.Ordinal)
            .GroupBy(e => e.Kind).ToDictionary(g => g.Key, g => g.ToList());
    }

    public string Currency { get; }

    /// <summary>Every price, those that do not count included.</summary>
    public IReadOnlyList<Price> All { get; }

    /// <summary>The price that counts for what happened at a moment; null when nobody named one.</summary>
    public Price? Find(PriceKind kind, string provider, string name, DateTimeOffset at)
    {
        if (!_entries.TryGetValue(kind, out var entries))
        {
            return null;
        }

        foreach (var entry in entries)
        {
            if (entry.Fits(provider, name) && entry.At(at) is { Withdrawn: false } price)
            {
                return price;
            }
        }

        return null;
    }

    /// <summary>The price of a second of a runtime.</summary>
    public Price? Compute(ProgramLanguage language, DateTimeOffset at) => Find(PriceKind.Compute, "", RuntimeOf(language), at);

    /// <summary>The price of a language model's tokens.</summary>
    public Price? Tokens(string provider, string model, DateTimeOffset at) => Find(PriceKind.Tokens, provider, model, at);

    /// <summary>What price books call a runtime.</summary>
    public static string RuntimeOf(ProgramLanguage language) => language switch
    {
        ProgramLanguage.Model => "model",
        ProgramLanguage.Python => "python",
        ProgramLanguage.JavaScript => "javascript",
    };

    /// <summary>The prices that count at a moment, one of each name, in the order in which they are asked.</summary>
    public IEnumerable<Price> CurrentAt(DateTimeOffset at) => _entries.OrderBy(e => e.Key).SelectMany(e => e.Value).Select(e => e.At(at)).OfType<Price>().Where(p => !p.Withdrawn);

    private static int Literals(string pattern) => pattern.Length - pattern.Count('*');

    private sealed class Entry(bool isList, PriceKind kind, string provider, string name, IReadOnlyList<Price> newestFirst)
    {
        private readonly string? _provider = Pattern(provider);
        private readonly string? _name = Pattern(name);

        public bool IsList => isList;

        public PriceKind Kind => kind;

        public string Provider => provider;

        public string Name => name;

        public bool Fits(string itsProvider, string itsName) => Fits(_provider, provider, itsProvider) && Fits(_name, name, itsName);

        public Price? At(DateTimeOffset at)
        {
            foreach (var price in newestFirst)
            {
                if (price.EffectiveFrom <= at)
                {
                    return price;
                }
            }

            return null;
        }

        private static bool Fits(string? pattern, string literal, string text) =>
            pattern is null ? literal.Equals(text, StringComparison.OrdinalIgnoreCase) : FileSystemName.MatchesSimpleExpression(pattern, text);

        /// <summary>A star stands for any characters; nothing else is special.</summary>
        private static string? Pattern(string text) => text.Contains('*', StringComparison.Ordinal)
            ? text.Replace("\\", "\\\\", StringComparison.Ordinal).Replace("?", "\\?", StringComparison.Ordinal)
            : null;
    }
}
