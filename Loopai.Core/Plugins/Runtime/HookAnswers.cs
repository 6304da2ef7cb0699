using System.Text.Json;
using System.Text.Json.Nodes;
using Loopai.Core.Data;
using Loopai.Core.Plugins.Installations;

namespace Loopai.Core.Plugins.Runtime;

/// <summary>A validator's verdict.</summary>
public sealed record ValidatorAnswer(VerdictKind Verdict, string? Reason, double? Score);

/// <summary>A sampler's decision; the probability counts whether or not it sampled.</summary>
public sealed record SamplerAnswer(bool Sample, double Probability, JsonObject? State);

/// <summary>What a webhook handler wants sent: nothing, another body, or requests of its own.</summary>
public sealed record HandlerAnswer(JsonNode? Payload, IReadOnlyList<PluginRequest>? Requests)
{
    public bool IsDropped => Payload is null && Requests is null;
}

/// <summary>Reads what hooks return. What is none of their answers is said in words that the plugin's author can act on.</summary>
public static class HookAnswers
{
    public const int MaxReasonLength = 500;
    public const int MaxStateBytes = 16 * 1024;
    public const int MaxRequests = 10;

    /// <summary>The verdict, or what is wrong with the answer.</summary>
    /// <param name="answer">What the hook returned.</param>
    /// <param name="secrets">What the reason must not tell; null for nothing.</param>
    public static (ValidatorAnswer? Answer, string? Error) Verdict(PluginAnswer answer, SecretMask? secrets = null) => Guarded(answer, said => ReadVerdict(said, secrets ?? SecretMask.None));

    /// <summary>The decision, or what is wrong with the answer.</summary>
    public static (SamplerAnswer? Answer, string? Error) Sample(PluginAnswer answer) => Guarded(answer, ReadSample);

    /// <summary>What is to be sent, or what is wrong with the answer.</summary>
    public static (HandlerAnswer? Answer, string? Error) Handle(PluginAnswer answer) => Guarded(answer, ReadHandle);

    private static (T? Answer, string? Error) Guarded<T>(PluginAnswer answer, Func<PluginAnswer, (T? Answer, string? Error)> read)
        where T : class
    {
        if (answer.Status != PluginCallStatus.Answered)
        {
            return (null, answer.Error);
        }

        try
        {
            return read(answer);
        }
        catch (Exception broken) when (broken is InvalidOperationException or ArgumentException)
        {
            return (null, "The answer holds half of a character, or the same header twice.");
        }
    }

    private static (ValidatorAnswer? Answer, string? Error) ReadVerdict(PluginAnswer answer, SecretMask secrets)
    {
        if (answer.Value is not JsonObject said || Text(said["verdict"]) is not { } word || VerdictOf(word) is not { } verdict)
        {
            return (null, "validate answers {\"verdict\": \"pass\" | \"fail\" | \"unknown\", \"reason\": …, \"score\": …}.");
        }

        var score = Number(said["score"]);
        return said["score"] is not null && score is not (>= 0 and <= 1)
            ? (null, "The score of a verdict is a number from 0 to 1, or null.")
            : (new ValidatorAnswer(verdict, Text(said["reason"]) is { Length: > 0 } reason ? StorableText.Of(secrets.In(reason), MaxReasonLength) : null, score), null);
    }

    private static (SamplerAnswer? Answer, string? Error) ReadSample(PluginAnswer answer)
    {
        if (answer.Value is not JsonObject said || said["sample"]?.GetValueKind() is not (JsonValueKind.True or JsonValueKind.False))
        {
            return (null, "sample answers {\"sample\": true | false, \"probability\": …, \"state\": …}.");
        }

        if (Number(said["probability"]) is not (> 0 and <= 1) and not null || Number(said["probability"]) is not { } probability)
        {
            return (null, "The probability of a decision is a number above 0 and at most 1: without it, estimates are biased.");
        }

        var state = said["state"] as JsonObject;
        return state is not null && state.ToJsonString().Length > MaxStateBytes
            ? (null, $"The state of a sampler has at most {MaxStateBytes / 1024} KB.")
            : (new SamplerAnswer(said["sample"]!.GetValue<bool>(), probability, state), null);
    }

    private static (HandlerAnswer? Answer, string? Error) ReadHandle(PluginAnswer answer)
    {
        return answer.Value switch
        {
            null => (new HandlerAnswer(null, null), null),
            JsonObject said when said["payload"] is { } payload && !said.ContainsKey("requests") => (new HandlerAnswer(payload.DeepClone(), null), null),
            JsonObject said when !said.ContainsKey("payload") && said["requests"] is JsonArray { Count: > 0 and <= MaxRequests } requests && requests.All(IsRequest) =>
                (new HandlerAnswer(null, [.. requests.Select(r => RequestOf(r!.AsObject()))]), null),
            _ => (null, $"handle answers null, {{\"payload\": …}}, or {{\"requests\": [{{\"method\", \"url\", \"headers\", \"body\"}}]}} with at most {MaxRequests} requests."),
        };
    }

    private static VerdictKind? VerdictOf(string word) => word switch
    {
        "pass" => VerdictKind.Pass,
        "fail" => VerdictKind.Fail,
        "unknown" => VerdictKind.Unknown,
        _ => null,
    };

    private static bool IsRequest(JsonNode? node) => node is JsonObject request && Text(request["url"]) is not null
        && (request["method"] is null || Text(request["method"]) is not null) && request["headers"] is null or JsonObject
        && (request["headers"] as JsonObject)?.All(h => Text(h.Value) is not null) is not false;

    private static PluginRequest RequestOf(JsonObject request) => new(
        Text(request["method"]) ?? "POST", Text(request["url"])!,
        (request["headers"] as JsonObject)?.ToDictionary(h => h.Key, h => Text(h.Value)!, StringComparer.OrdinalIgnoreCase) ?? [],
        request["body"] is null ? null : Text(request["body"]) ?? request["body"]!.ToJsonString());

    /// <exception cref="InvalidOperationException">It holds half of a character, which JSON can escape and no text can hold.</exception>
    private static string? Text(JsonNode? node) => node is JsonValue value && value.TryGetValue<string>(out var text) ? text : null;

    private static double? Number(JsonNode? node) => node?.GetValueKind() == JsonValueKind.Number ? node.GetValue<double>() : null;
}
