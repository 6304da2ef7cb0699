using System.Text.Json;
using Loopai.Core.Flags;

namespace Loopai.Portal.Api;

/// <summary>A flag as the API shows it.</summary>
public sealed record FlagResponse(
    Guid Id, string Key, string Description, FlagType Type, IReadOnlyList<FlagVariation> Variations, string OffVariation, int Revision, string CreatedBy,
    DateTimeOffset CreatedAt, DateTimeOffset UpdatedAt, DateTimeOffset? ArchivedAt, IReadOnlyList<FlagEnvironmentResponse> Environments)
{
    public static FlagResponse Of(FlagDetail detail) => new(
        detail.Flag.Id, detail.Flag.Key, detail.Flag.Description, detail.Flag.Type, detail.Variations, detail.Flag.OffVariation, detail.Flag.Revision, detail.Flag.CreatedBy,
        detail.Flag.CreatedAt, detail.Flag.UpdatedAt, detail.Flag.ArchivedAt, [.. detail.Environments.Select(FlagEnvironmentResponse.Of)]);
}

/// <summary>A flag in a list, with what it is in the key's environment.</summary>
public sealed record FlagListItem(
    Guid Id, string Key, string Description, FlagType Type, bool On, int Rules, FlagServe? Otherwise, FlagSchedule? Schedule, DateTimeOffset ChangedAt, DateTimeOffset? ArchivedAt)
{
    public static FlagListItem Of(FlagItem item) => new(
        item.Flag.Id, item.Flag.Key, item.Flag.Description, item.Flag.Type, item.Targeting.On, item.Targeting.Rules.Count, item.Targeting.Otherwise, item.Targeting.Schedule,
        item.ChangedAt, item.Flag.ArchivedAt);
}

/// <summary>What a flag is in one environment.</summary>
public sealed record FlagEnvironmentResponse(
    string Environment, bool On, IReadOnlyList<FlagRuleResponse> Rules, FlagServe? Otherwise, FlagSchedule? Schedule, int Revision)
{
    public static FlagEnvironmentResponse Of(FlagInEnvironment here) => new(
        here.Key, here.Targeting.On, [.. here.Targeting.Rules.Select(FlagRuleResponse.Of)], here.Targeting.Otherwise, here.Targeting.Schedule, here.Revision);
}

/// <summary>A rule as the API shows it.</summary>
public sealed record FlagRuleResponse(string? Name, JsonElement? Condition, FlagServe? Serve, FlagSchedule? Schedule)
{
    public static FlagRuleResponse Of(FlagRule rule) => new(
        rule.Name, rule.Condition.ValueKind is JsonValueKind.Undefined or JsonValueKind.Null ? null : rule.Condition, rule.Serve, rule.Schedule);
}

/// <summary>What a flag is asked to be in an environment; what is left out stays.</summary>
public sealed record FlagTargetingRequest
{
    public bool? On { get; init; }

    /// <summary>The first rule that matches decides; given, they replace all rules.</summary>
    public IReadOnlyList<FlagRuleRequest>? Rules { get; init; }

    /// <summary>What everybody else gets.</summary>
    public FlagServe? Otherwise { get; init; }

    /// <summary>When the flag is on.</summary>
    public FlagSchedule? Schedule { get; init; }

    /// <summary>Takes the schedule away.</summary>
    public bool? WithoutSchedule { get; init; }

    /// <summary>Why, for the history.</summary>
    public string? Note { get; init; }

    public FlagTargetingChange ToChange() => new()
    {
        On = On, Rules = Rules is null ? null : [.. Rules.Select(r => r.ToRule())], Otherwise = Otherwise, Schedule = Schedule, WithoutSchedule = WithoutSchedule ?? false, Note = Note,
    };
}

/// <summary>A rule as it is asked for.</summary>
public sealed record FlagRuleRequest
{
    public string? Name { get; init; }

    /// <summary>A condition on the context, such as <c>{"plan": "premium"}</c>; left out for everybody.</summary>
    public JsonElement? Condition { get; init; }

    public FlagServe? Serve { get; init; }

    public FlagSchedule? Schedule { get; init; }

    public FlagRule ToRule() => new() { Name = Name, Condition = Condition ?? default, Serve = Serve, Schedule = Schedule };
}

/// <summary>One change of a flag.</summary>
public sealed record FlagChangeResponse(Guid Id, Guid? EnvironmentId, string Action, string? Note, JsonElement? Before, JsonElement? After, string By, DateTimeOffset At)
{
    public static FlagChangeResponse Of(FlagChange change) => new(change.Id, change.EnvironmentId, change.Action, change.Note, Json(change.Before), Json(change.After), change.By, change.At);

    private static JsonElement? Json(string? text) => text is null ? null : JsonElement.Parse(text);
}

/// <summary>For whom a flag is evaluated.</summary>
public sealed record FlagEvaluationRequest
{
    /// <summary>The evaluation context, as an OpenFeature SDK would send it.</summary>
    public JsonElement? Context { get; init; }

    /// <summary>The environment's short name; the key's own unless given.</summary>
    public string? Environment { get; init; }
}

/// <summary>What a flag is for a context, and every step on the way.</summary>
public sealed record FlagEvaluationResponse(string Key, string? Variation, JsonElement? Value, FlagReason Reason, string? Rule, IReadOnlyList<FlagStep> Steps)
{
    public static FlagEvaluationResponse Of(FlagExplanation explanation) => new(
        explanation.Answer.Flag.Key, explanation.Answer.Variation, explanation.Answer.Variation is null ? null : explanation.Answer.Value, explanation.Answer.Reason,
        explanation.Answer.Rule, explanation.Steps);
}
