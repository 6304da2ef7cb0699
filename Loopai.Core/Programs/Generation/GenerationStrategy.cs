using Loopai.Core.Errors;

namespace Loopai.Core.Programs.Generation;

/// <summary>The strategies by their names, and how a job's row keeps what was asked for: <c>auto</c>, or <c>auto+activate</c>.</summary>
internal static class GenerationStrategy
{
    private const string Activating = "+activate";

    /// <exception cref="InvalidException">There is no such strategy.</exception>
    public static string Checked(string? name)
    {
        var strategy = string.IsNullOrWhiteSpace(name) ? "auto" : name.Trim().ToLowerInvariant();
        return strategy is "auto" or "rule" or "ml" or "hybrid"
            ? strategy
            : throw new InvalidException("generation.strategy", "strategy", $"strategy is auto, rule, ml or hybrid; got '{name}'.");
    }

    public static string Format(string strategy, bool activate) => activate ? strategy + Activating : strategy;

    public static (string Strategy, bool Activate) Parse(string kept) =>
        kept.EndsWith(Activating, StringComparison.Ordinal) ? (kept[..^Activating.Length], true) : (kept, false);

    public static SynthesisStrategy ForSynthesis(string strategy) => Enum.Parse<SynthesisStrategy>(strategy, ignoreCase: true);
}
