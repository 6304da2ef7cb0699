using System.Text;
using System.Text.Json.Nodes;
using Loopai.Core.Plugins.Packages;

namespace Loopai.Core.Plugins.Publishing.Testing;

/// <summary>The shape that a hook's answer has.</summary>
public static class HookAnswers
{
    private const int MaxReason = 500;
    private const int MaxState = 16 * 1024;
    private const int MaxRequests = 10;

    /// <summary>What is wrong with the answer; null when nothing is.</summary>
    public static string? Check(PluginKind kind, JsonNode? value) => kind switch
    {
        PluginKind.Validator => Verdict(value as JsonObject),
        PluginKind.Sampler => Decision(value as JsonObject),
        PluginKind.WebhookHandler => value is null ? null : Handled(value as JsonObject),
        _ => throw new ArgumentOutOfRangeException(nameof(kind), kind, null),
    };

    /// <summary>Whether the answer has all that is expected; objects may have more.</summary>
    public static bool Has(JsonNode? value, JsonNode? expected) => (value, expected) switch
    {
        (JsonObject all, JsonObject some) => some.All(p => all.TryGetPropertyValue(p.Key, out var found) && Has(found, p.Value)),
        (JsonArray all, JsonArray some) => all.Count == some.Count && all.Zip(some).All(p => Has(p.First, p.Second)),
        _ => JsonNode.DeepEquals(value, expected),
    };

    private static string? Verdict(JsonObject? answer) => answer switch
    {
        null => "it is no object",
        _ when Text(answer["verdict"]) is not ("pass" or "fail" or "unknown") => "'verdict' is not pass, fail or unknown",
        _ when answer["reason"] is { } reason && (Text(reason) is not { } text || text.Length > MaxReason) => $"'reason' is no text of at most {MaxReason} characters",
        _ when answer["score"] is { } score && Number(score) is not (>= 0 and <= 1) => "'score' is no number from 0 to 1",
        _ => null,
    };

    private static string? Decision(JsonObject? answer) => answer switch
    {
        null => "it is no object",
        _ when answer["sample"] is not JsonValue sample || !sample.TryGetValue<bool>(out _) => "'sample' is neither true nor false",
        _ when Number(answer["probability"]) is not (> 0 and <= 1) => "'probability' is no number above 0 and up to 1, so that estimates could not be weighed",
        _ when answer["state"] is { } state && Encoding.UTF8.GetByteCount(state.ToJsonString()) > MaxState => $"'state' has more than {MaxState / 1024} KB",
        _ => null,
    };

    private static string? Handled(JsonObject? answer) => answer switch
    {
        null => "it is neither null nor an object",
        _ when answer.ContainsKey("payload") == answer.ContainsKey("requests") => "it has not one of 'payload' and 'requests'",
        _ when answer.ContainsKey("requests") && (answer["requests"] is not JsonArray { Count: <= MaxRequests } requests || requests.Any(r => Text((r as JsonObject)?["url"]) is null)) =>
            $"'requests' is no list of at most {MaxRequests} objects with a url",
        _ => null,
    };

    private static string? Text(JsonNode? node) => node is JsonValue value && value.TryGetValue<string>(out var text) ? text : null;

    private static double? Number(JsonNode? node) => node is JsonValue value && value.TryGetValue<double>(out var number) ? number : null;
}
