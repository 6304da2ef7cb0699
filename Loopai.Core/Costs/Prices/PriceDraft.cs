using Loopai.Core.Errors;

namespace Loopai.Core.Costs.Prices;

/// <summary>A price as somebody asks for it. What is null was not given.</summary>
/// <param name="Kind">What it is for.</param>
/// <param name="Provider">Of a language model: who offers it.</param>
/// <param name="Name">The model, runtime, plugin or kind of check; a star stands for any characters.</param>
/// <param name="Input">A million tokens of input.</param>
/// <param name="CachedInput">A million tokens of cached input.</param>
/// <param name="Output">A million tokens of output.</param>
/// <param name="Reasoning">A million tokens of reasoning.</param>
/// <param name="PerUnit">A second, a call or a check.</param>
/// <param name="EffectiveFrom">From when on it counts; null for the hour at hand.</param>
/// <param name="Source">Where the figure comes from.</param>
public sealed record PriceDraft(
    PriceKind? Kind = null, string? Provider = null, string? Name = null, decimal? Input = null, decimal? CachedInput = null, decimal? Output = null, decimal? Reasoning = null,
    decimal? PerUnit = null, DateTimeOffset? EffectiveFrom = null, string? Source = null)
{
    private const decimal Most = 1_000_000;
    private const int MaxSource = 500;
    private static readonly string[] Runtimes = ["model", "python", "javascript", "generation"];
    private static readonly string[] Checks = ["person"];

    internal void Check(DateTimeOffset now)
    {
        var tokens = Kind == PriceKind.Tokens;
        var errors = new FieldErrors()
            .AddIf(Kind is null, "kind", "kind is one of tokens, compute, plugin, check.")
            .AddIf(string.IsNullOrWhiteSpace(Name) || Name.Length > 200, "name", "A price is for something: give its name in 1 to 200 characters. A star stands for any characters.")
            .AddIf(tokens && (string.IsNullOrWhiteSpace(Provider) || Provider.Length > 100), "provider", "Say who offers the model, in 1 to 100 characters, or * for anybody.")
            .AddIf(!tokens && !string.IsNullOrEmpty(Provider), "provider", "Only language models have a provider.")
            .AddIf(Kind == PriceKind.Compute && !Fits(Runtimes), "name", $"Runtimes are {string.Join(", ", Runtimes)}; * is for all of them.")
            .AddIf(Kind == PriceKind.Check && !Fits(Checks), "name", "Checks are: person.")
            .AddIf(tokens && Input is null, "input", "Say what a million tokens of input cost.")
            .AddIf(tokens && Output is null, "output", "Say what a million tokens of output cost.")
            .AddIf(tokens && PerUnit is not null, "perUnit", "Language models are priced by input and output.")
            .AddIf(!tokens && Kind is not null && PerUnit is null, "perUnit", "Say what one costs.")
            .AddIf(!tokens && (Input ?? CachedInput ?? Output ?? Reasoning) is not null, "input", "Only language models are priced by tokens.")
            .AddIf(EffectiveFrom is { } from && from.UtcTicks % TimeSpan.TicksPerHour != 0, "effectiveFrom", "A price begins with a whole hour of UTC.")
            .AddIf(EffectiveFrom < now.AddYears(-2) || EffectiveFrom > now.AddYears(2), "effectiveFrom", "A price begins within two years, back or ahead.")
            .AddIf(Source?.Length > MaxSource, "source", $"The source is {MaxSource} characters at most.");
        foreach (var (field, value) in new[] { ("input", Input), ("cachedInput", CachedInput), ("output", Output), ("reasoning", Reasoning), ("perUnit", PerUnit) })
        {
            errors.AddIf(value is < 0 or > Most || (value is { } v && Money.Round(v) != v), field, $"Prices are 0 to {Most:#,0}, with {Money.Places} places at most.");
        }

        errors.ThrowIfAny("price.invalid", "The price cannot be taken like this.");
    }

    private bool Fits(string[] names) => Name is null || Name.Contains('*', StringComparison.Ordinal) || names.Contains(Name, StringComparer.OrdinalIgnoreCase);
}
