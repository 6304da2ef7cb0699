using System.Text.Json.Nodes;
using Loopai.Core.Plugins.Packages;
using Loopai.Core.Plugins.Runtime;

namespace Loopai.Core.Plugins.Publishing.Testing;

/// <summary>What a hook's answer is held against: what the portal takes, and what a case expects.</summary>
public static class AnswerCheck
{
    /// <summary>What is wrong with the answer; null when nothing is.</summary>
    public static string? Fault(PluginKind kind, JsonNode? value) => kind switch
    {
        PluginKind.Validator => HookAnswers.Verdict(Answered(value)).Error,
        PluginKind.Sampler => HookAnswers.Sample(Answered(value)).Error,
        PluginKind.WebhookHandler => HookAnswers.Handle(Answered(value)).Error,
        _ => throw new ArgumentOutOfRangeException(nameof(kind), kind, null),
    };

    /// <summary>Whether the answer has all that is expected; objects may have more.</summary>
    public static bool Has(JsonNode? value, JsonNode? expected) => (value, expected) switch
    {
        (JsonObject all, JsonObject some) => some.All(p => all.TryGetPropertyValue(p.Key, out var found) && Has(found, p.Value)),
        (JsonArray all, JsonArray some) => all.Count == some.Count && all.Zip(some).All(p => Has(p.First, p.Second)),
        _ => JsonNode.DeepEquals(value, expected),
    };

    private static PluginAnswer Answered(JsonNode? value) => new(PluginCallStatus.Answered, value, null, TimeSpan.Zero, "");
}
