using Loopai.Core.Webhooks;

namespace Loopai.Portal.Pages.Webhooks;

/// <summary>How webhooks and their deliveries read.</summary>
internal static class WebhookWords
{
    public static readonly IReadOnlyList<Option> DeliveryStates =
        [new("pending", "Waiting"), new("failed", "Failed, tried again"), new("succeeded", "Delivered"), new("dead", "Given up")];

    public static readonly IReadOnlyList<Option> Scopes = [new("dead", "Given up"), new("failed", "Failed and given up"), new("all", "All of them")];

    private static readonly IReadOnlyDictionary<string, string> GroupNames = new Dictionary<string, string>(StringComparer.Ordinal)
    {
        ["execution"] = "Executions", ["validation"] = "Validation", ["experiment"] = "Experiments", ["rollout"] = "Rollouts", ["plugin"] = "Plugins", ["budget"] = "Budgets",
        ["report"] = "Reports", ["task"] = "Tasks", ["key"] = "API keys", ["member"] = "Members",
    };

    public static string Of(WebhookState state) => state switch
    {
        WebhookState.Waiting => "waiting",
        WebhookState.Delivering => "delivering",
        WebhookState.Failing => "failing",
        WebhookState.Paused => "left alone",
        WebhookState.Off => "off",
        WebhookState.Disabled => "gone",
    };

    public static Tone ToneOf(WebhookState state) => state switch
    {
        WebhookState.Delivering => Tone.Good,
        WebhookState.Failing => Tone.Warn,
        WebhookState.Paused or WebhookState.Disabled => Tone.Bad,
        WebhookState.Waiting => Tone.Accent,
        WebhookState.Off => Tone.Neutral,
    };

    public static string Of(WebhookDeliveryState state) => state switch
    {
        WebhookDeliveryState.Pending => "waiting",
        WebhookDeliveryState.Failed => "failed",
        WebhookDeliveryState.Succeeded => "delivered",
        WebhookDeliveryState.Dead => "given up",
    };

    public static Tone ToneOf(WebhookDeliveryState state) => state switch
    {
        WebhookDeliveryState.Pending => Tone.Accent,
        WebhookDeliveryState.Failed => Tone.Warn,
        WebhookDeliveryState.Succeeded => Tone.Good,
        WebhookDeliveryState.Dead => Tone.Bad,
    };

    public static string Group(string group) => GroupNames.GetValueOrDefault(group, group);

    /// <summary>The types of a subscription in one line.</summary>
    public static string Events(IReadOnlyList<string> types) => types.Contains("*", StringComparer.Ordinal) ? "everything"
        : types.Count <= 2 ? string.Join(", ", types)
        : $"{string.Join(", ", types.Take(2))} and {types.Count - 2} more";
}
