using System.Collections.Frozen;
using System.Text.Json;
using Loopai.Core.Experiments.Assignment;

namespace Loopai.Core.Flags;

/// <summary>What programs can ask for by its key.</summary>
public interface IFlag
{
    Guid Id { get; }

    string Key { get; }

    /// <summary>Differs whenever it may answer otherwise than before.</summary>
    string Revision { get; }

    /// <summary>When its answers may change without anybody changing it.</summary>
    IEnumerable<DateTimeOffset> Boundaries { get; }

    /// <summary>What it is for a context with a targeting key, and why. A context that it needs more of gets a failure.</summary>
    /// <param name="context">The evaluation context.</param>
    /// <param name="now">When.</param>
    /// <param name="trace">Is told of every step on the way; null for the hot path.</param>
    FlagAnswer Evaluate(JsonElement context, DateTimeOffset now, ICollection<FlagStep>? trace = null);
}

/// <summary>A flag as one environment answers it, read once.</summary>
public sealed class CompiledFlag : IFlag
{
    private readonly FrozenDictionary<string, JsonElement> _values;
    private readonly string _off;
    private readonly bool _on;
    private readonly FlagSchedule? _schedule;
    private readonly IReadOnlyList<CompiledRule> _rules;
    private readonly CompiledServe _otherwise;

    private CompiledFlag(FeatureFlag flag, FlagEnvironment? environment)
    {
        var targeting = environment is null ? new FlagTargeting() : FlagJson.TargetingOf(environment);
        (Id, Key, Type, Revision) = (flag.Id, flag.Key, flag.Type, flag.Revision + ":" + (environment?.Revision ?? 0));
        _values = FlagJson.VariationsOf(flag).ToFrozenDictionary(v => v.Key!, v => v.Value, StringComparer.Ordinal);
        (_off, _on, _schedule) = (flag.OffVariation, targeting.On, targeting.Schedule);
        _rules = [.. targeting.Rules.Select((rule, i) => new CompiledRule(
            rule.Name is { Length: > 0 } name ? name : $"Rule {i + 1}", Condition.Parse(FlagRules.TextOf(rule.Condition), out _)!, new CompiledServe(rule.Serve!), rule.Schedule))];
        _otherwise = new CompiledServe(targeting.Otherwise ?? new FlagServe { Variation = flag.OffVariation });
    }

    public Guid Id { get; }

    public string Key { get; }

    public FlagType Type { get; }

    /// <inheritdoc/>
    public string Revision { get; }

    /// <inheritdoc/>
    public IEnumerable<DateTimeOffset> Boundaries =>
        _rules.Select(r => r.Schedule).Append(_schedule).OfType<FlagSchedule>().SelectMany(s => new[] { s.From, s.Until }).OfType<DateTimeOffset>();

    /// <param name="flag">The flag.</param>
    /// <param name="environment">What it is in an environment; null where nobody has said, and it is off.</param>
    public static CompiledFlag Of(FeatureFlag flag, FlagEnvironment? environment) => new(flag, environment);

    /// <inheritdoc/>
    public FlagAnswer Evaluate(JsonElement context, DateTimeOffset now, ICollection<FlagStep>? trace = null)
    {
        if (!_on || _schedule?.Covers(now) == false)
        {
            trace?.Add(new FlagStep("State", true, _on ? "The flag is on at other times only." : "The flag is off."));
            return Answer(_off, FlagReason.Disabled, null);
        }

        foreach (var rule in _rules)
        {
            if (rule.Schedule?.Covers(now) == false)
            {
                trace?.Add(new FlagStep(rule.Name, false, "It counts at other times only."));
                continue;
            }

            if (!rule.Condition.Matches(context))
            {
                trace?.Add(new FlagStep(rule.Name, false, "The context does not match."));
                continue;
            }

            trace?.Add(new FlagStep(rule.Name, true, "The context matches."));
            return Serve(rule.Serve, rule.Name, FlagReason.TargetingMatch, context, trace);
        }

        trace?.Add(new FlagStep("Otherwise", true, _rules.Count == 0 ? "There are no rules." : "No rule matched."));
        return Serve(_otherwise, null, FlagReason.Static, context, trace);
    }

    private FlagAnswer Serve(CompiledServe serve, string? rule, FlagReason reason, JsonElement context, ICollection<FlagStep>? trace)
    {
        if (serve.Variation is { } variation)
        {
            return Answer(variation, reason, rule);
        }

        if (UnitOf(context, serve.By) is not { } unit)
        {
            trace?.Add(new FlagStep(rule ?? "Otherwise", false, $"The context has no '{serve.By}' to split by."));
            return new FlagAnswer(this, null, default, FlagReason.Unknown, rule, serve.By);
        }

        var bucket = (int)Math.Round(Hashing.Bucket(Key, unit) * 10_000);
        trace?.Add(new FlagStep(rule ?? "Otherwise", true, string.Create(System.Globalization.CultureInfo.InvariantCulture, $"'{unit}' falls on {bucket / 100.0:0.00} of 100.")));
        return Answer(serve.At(bucket), FlagReason.Split, rule);
    }

    private static string? UnitOf(JsonElement context, string by) =>
        !context.TryGetProperty(by, out var value) ? null
        : value.ValueKind switch
        {
            JsonValueKind.String => value.GetString() is { Length: > 0 } text ? text : null,
            JsonValueKind.Number or JsonValueKind.True or JsonValueKind.False => value.GetRawText(),
            _ => null,
        };

    /// <summary>A variation that is not there is answered by the off-variation: one flag that is broken must not keep all others from being evaluated.</summary>
    private FlagAnswer Answer(string variation, FlagReason reason, string? rule) =>
        _values.TryGetValue(variation, out var value) ? new(this, variation, value, reason, rule, null) : new(this, _off, _values[_off], FlagReason.Unknown, rule, null);

    private sealed record CompiledRule(string Name, Condition Condition, CompiledServe Serve, FlagSchedule? Schedule);

    private sealed class CompiledServe(FlagServe serve)
    {
        private readonly IReadOnlyList<(string Variation, int Below)> _shares = Shares(serve.Split ?? []);

        public string? Variation { get; } = serve.Variation;

        public string By { get; } = serve.By ?? FlagRules.TargetingKey;

        public string At(int bucket)
        {
            foreach (var (variation, below) in _shares)
            {
                if (bucket < below)
                {
                    return variation;
                }
            }

            return _shares[^1].Variation;
        }

        private static List<(string Variation, int Below)> Shares(IReadOnlyList<FlagShare> split)
        {
            var (shares, below) = (new List<(string Variation, int Below)>(), 0);
            foreach (var share in split)
            {
                below += FlagRules.HundredthsOf(share.Percent);
                shares.Add((share.Variation!, below));
            }

            return shares;
        }
    }
}

/// <summary>What came of evaluating a flag.</summary>
/// <param name="Flag">The flag.</param>
/// <param name="Variation">The variation; null where the context lacks what the flag goes by.</param>
/// <param name="Value">Its value.</param>
/// <param name="Reason">Why.</param>
/// <param name="Rule">The rule that decided; null where none did.</param>
/// <param name="Missing">The attribute that the context lacks.</param>
public readonly record struct FlagAnswer(IFlag Flag, string? Variation, JsonElement Value, FlagReason Reason, string? Rule, string? Missing);

/// <param name="Name">The rule, or what else was asked.</param>
/// <param name="Matched">Whether it took the context.</param>
/// <param name="Why">In words.</param>
public sealed record FlagStep(string Name, bool Matched, string Why);

/// <summary>Why a flag is what it is, in the words of OpenFeature.</summary>
public enum FlagReason
{
    /// <summary>The same for everybody whom no rule takes.</summary>
    Static,

    /// <summary>A rule took the context.</summary>
    TargetingMatch,

    /// <summary>By percentage.</summary>
    Split,

    /// <summary>The flag is off.</summary>
    Disabled,

    /// <summary>It could not be told.</summary>
    Unknown,
}
