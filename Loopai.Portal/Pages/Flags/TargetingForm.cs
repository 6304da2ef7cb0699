using System.Globalization;
using System.Text.Json;
using Loopai.Core.Flags;

namespace Loopai.Portal.Pages.Flags;

/// <summary>What a flag is in an environment while somebody edits it.</summary>
public sealed class TargetingForm
{
    private TargetingForm()
    {
    }

    public List<FlagRuleForm> Rules { get; } = [];

    public ServeForm Otherwise { get; private init; } = null!;

    public string From { get; set; } = "";

    public string Until { get; set; } = "";

    public string Note { get; set; } = "";

    public static TargetingForm Of(FlagTargeting targeting, IReadOnlyList<FlagVariation> variations)
    {
        var form = new TargetingForm
        {
            Otherwise = ServeForm.Of(targeting.Otherwise, variations), From = Written(targeting.Schedule?.From), Until = Written(targeting.Schedule?.Until),
        };
        form.Rules.AddRange(targeting.Rules.Select(rule => FlagRuleForm.Of(rule, variations)));
        return form;
    }

    /// <summary>What to ask the service for; null, with the faults, where a field cannot be read.</summary>
    public FlagTargetingChange? ToChange(IDictionary<string, string[]> errors)
    {
        var rules = Rules.Select((rule, i) => rule.ToRule(i, errors)).ToList();
        var (from, until) = (Read(From, "schedule", errors), Read(Until, "schedule", errors));
        var schedule = from is null && until is null ? null : new FlagSchedule(from, until);
        return errors.Count > 0
            ? null
            : new FlagTargetingChange { Rules = rules, Otherwise = Otherwise.ToServe(), Schedule = schedule, WithoutSchedule = schedule is null, Note = Note.Length == 0 ? null : Note };
    }

    internal static string Written(DateTimeOffset? time) => time?.UtcDateTime.ToString("yyyy-MM-ddTHH:mm", CultureInfo.InvariantCulture) ?? "";

    internal static DateTimeOffset? Read(string text, string field, IDictionary<string, string[]> errors)
    {
        if (text.Length == 0)
        {
            return null;
        }

        if (DateTimeOffset.TryParse(text, CultureInfo.InvariantCulture, DateTimeStyles.AssumeUniversal | DateTimeStyles.AdjustToUniversal, out var time))
        {
            return time;
        }

        errors[field] = ["Write a day and a time."];
        return null;
    }
}

/// <summary>A rule while somebody edits it.</summary>
public sealed class FlagRuleForm
{
    public string Name { get; set; } = "";

    public string Condition { get; set; } = "";

    public string From { get; set; } = "";

    public string Until { get; set; } = "";

    public required ServeForm Serve { get; init; }

    public static FlagRuleForm Of(FlagRule rule, IReadOnlyList<FlagVariation> variations) => new()
    {
        Name = rule.Name ?? "", Condition = rule.Condition.ValueKind is JsonValueKind.Undefined or JsonValueKind.Null ? "" : rule.Condition.GetRawText(),
        Serve = ServeForm.Of(rule.Serve, variations), From = TargetingForm.Written(rule.Schedule?.From), Until = TargetingForm.Written(rule.Schedule?.Until),
    };

    public FlagRule ToRule(int place, IDictionary<string, string[]> errors)
    {
        JsonElement condition = default;
        try
        {
            condition = string.IsNullOrWhiteSpace(Condition) ? default : JsonElement.Parse(Condition);
        }
        catch (JsonException)
        {
            errors[$"rules[{place}].condition"] = ["The condition is JSON, such as {\"plan\": \"premium\"}."];
        }

        var (from, until) = (TargetingForm.Read(From, $"rules[{place}].schedule", errors), TargetingForm.Read(Until, $"rules[{place}].schedule", errors));
        return new FlagRule
        {
            Name = Name.Length == 0 ? null : Name, Condition = condition, Serve = Serve.ToServe(), Schedule = from is null && until is null ? null : new FlagSchedule(from, until),
        };
    }
}

/// <summary>What is answered, while somebody edits it.</summary>
public sealed class ServeForm
{
    /// <summary>The choice that stands for several by percentage.</summary>
    public const string BySplit = "";

    /// <summary>A variation, or <see cref="BySplit"/>.</summary>
    public required string Choice { get; set; }

    /// <summary>Percentages by variation.</summary>
    public Dictionary<string, double> Percents { get; } = new(StringComparer.Ordinal);

    public string By { get; set; } = "";

    public double Sum => Math.Round(Percents.Values.Sum(), 2);

    public static ServeForm Of(FlagServe? serve, IReadOnlyList<FlagVariation> variations)
    {
        var form = new ServeForm { Choice = serve?.Split is null ? serve?.Variation ?? variations[0].Key! : BySplit, By = serve?.By ?? "" };
        foreach (var (variation, i) in variations.Select((v, i) => (v.Key!, i)))
        {
            form.Percents[variation] = serve?.Split is { } split ? split.FirstOrDefault(s => s.Variation == variation)?.Percent ?? 0 : i == 0 ? 100 : 0;
        }

        return form;
    }

    public FlagServe ToServe() => Choice != BySplit
        ? new FlagServe { Variation = Choice }
        : new FlagServe { Split = [.. Percents.Select(p => new FlagShare(p.Key, p.Value))], By = By.Length == 0 ? null : By };
}
