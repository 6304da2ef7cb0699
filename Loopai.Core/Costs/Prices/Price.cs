using Loopai.Core.Data;

namespace Loopai.Core.Costs.Prices;

/// <summary>
/// What something costs from a moment on. Never changed: another price is another row, and counts from its own moment; so a charge can always be
/// retraced to the price that it was made with.
/// </summary>
public sealed class Price : ITenantOwned, IHistory
{
    public required Guid Id { get; init; }

    /// <summary>Whose price book it stands in; empty for list prices, which come with the installation and lie in no table.</summary>
    public required Guid OrganizationId { get; init; }

    public required PriceKind Kind { get; init; }

    /// <summary>Of a language model: who offers it. Empty otherwise. May hold wildcards.</summary>
    public string Provider { get; init; } = "";

    /// <summary>The model, runtime, plugin or kind of check. May hold wildcards.</summary>
    public required string Name { get; init; }

    /// <summary>ISO 4217.</summary>
    public required string Currency { get; init; }

    /// <summary>Of a language model: a million tokens of input.</summary>
    public decimal? Input { get; init; }

    /// <summary>A million tokens of input that the provider had in its cache; null for the price of input.</summary>
    public decimal? CachedInput { get; init; }

    /// <summary>A million tokens of output.</summary>
    public decimal? Output { get; init; }

    /// <summary>A million tokens of output that nobody sees; null for the price of output.</summary>
    public decimal? Reasoning { get; init; }

    /// <summary>Of anything else: a second, a call or a check.</summary>
    public decimal? PerUnit { get; init; }

    /// <summary>Whether there is no price from this moment on, so that a less special one counts, or none.</summary>
    public bool Withdrawn { get; init; }

    /// <summary>From when on it counts, by the time of what is charged.</summary>
    public required DateTimeOffset EffectiveFrom { get; init; }

    /// <summary>Where the figure comes from: a contract, a price list of a date.</summary>
    public string Source { get; init; } = "";

    public required string CreatedBy { get; init; }

    public required DateTimeOffset CreatedAt { get; init; }

    /// <summary>Whether it came with the installation.</summary>
    public bool IsList => OrganizationId == Guid.Empty;

    /// <summary>Whether another price is for the same name, so that of the two the later one counts.</summary>
    public bool IsAbout(Price other) => Kind == other.Kind && Currency == other.Currency
        && string.Equals(Provider, other.Provider, StringComparison.OrdinalIgnoreCase) && string.Equals(Name, other.Name, StringComparison.OrdinalIgnoreCase);

    /// <summary>What a call of a language model costs.</summary>
    public decimal Of(TokenUsage usage) => Money.Round(
        (((usage.Input - usage.CachedInput) * (Input ?? 0)) + (usage.CachedInput * (CachedInput ?? Input ?? 0))
         + ((usage.Output - usage.Reasoning) * (Output ?? 0)) + (usage.Reasoning * (Reasoning ?? Output ?? 0))) / 1_000_000m);
}

/// <summary>What a price is for, and with that, by what it is counted.</summary>
public enum PriceKind
{
    /// <summary>A language model's tokens, by the million.</summary>
    Tokens,

    /// <summary>A runtime of programs, by the second: <c>model</c>, <c>python</c>, <c>javascript</c>.</summary>
    Compute,

    /// <summary>A plugin, by the call.</summary>
    Plugin,

    /// <summary>A check of an answer, by the piece: <c>person</c>.</summary>
    Check,
}

/// <summary>What a call of a language model used up, as OpenTelemetry's conventions count it: the parts are contained in the wholes.</summary>
/// <param name="Input">Tokens of input.</param>
/// <param name="Output">Tokens of output.</param>
/// <param name="CachedInput">Those of the input that came from the provider's cache.</param>
/// <param name="Reasoning">Those of the output that nobody sees.</param>
public readonly record struct TokenUsage(decimal Input, decimal Output, decimal CachedInput = 0, decimal Reasoning = 0);
