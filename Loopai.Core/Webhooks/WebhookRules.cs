using System.Text.Json;
using System.Text.RegularExpressions;
using Loopai.Core.Access;
using Loopai.Core.Errors;
using Loopai.Core.Experiments.Assignment;
using Loopai.Core.Outbound;

namespace Loopai.Core.Webhooks;

/// <summary>What a subscription has to be like. Every fault is told at once, each with what to do.</summary>
internal static partial class WebhookRules
{
    public const int MaxTypes = 100;
    public const int MaxTasks = 200;
    public const int MaxHeaders = 20;
    public const int MaxHeaderLength = 2_000;

    /// <summary>What stands for a header's value.</summary>
    public const string Masked = Audit.AuditMask.Masked;

    /// <summary>What a request says of itself, and nobody may say in its place.</summary>
    private static readonly HashSet<string> Ours = new(StringComparer.OrdinalIgnoreCase)
    {
        "host", "connection", "content-length", "content-type", "content-encoding", "transfer-encoding", "upgrade", "te", "trailer", "expect", "keep-alive", "proxy-connection", "user-agent",
    };

    public static void CheckName(FieldErrors errors, string? name) => errors.AddIf(
        string.IsNullOrWhiteSpace(name) || name.Trim().Length > WebhookSubscription.MaxNameLength, "name", $"Give the webhook a name of at most {WebhookSubscription.MaxNameLength} characters.");

    public static void CheckUrl(FieldErrors errors, OutboundHttp outbound, string? url) => errors.AddIf(
        Address(outbound, url) is null, "url", $"Give a whole https:// address without a user name, of at most {WebhookSubscription.MaxUrlLength} characters.");

    public static Uri? Address(OutboundHttp outbound, string? url) => url?.Length > WebhookSubscription.MaxUrlLength ? null : outbound.Accept(url?.Trim());

    public static void CheckTypes(FieldErrors errors, IReadOnlyList<string>? types)
    {
        errors.AddIf(types is not { Count: >= 1 and <= MaxTypes }, "eventTypes", $"Choose 1 to {MaxTypes} types of events; * stands for all of them.");
        foreach (var (type, i) in (types ?? []).Take(MaxTypes).Select((t, i) => (t, i)))
        {
            errors.AddIf(type is null || !WebhookTypes.Of(type).Any(), $"eventTypes[{i}]", $"There is no event '{type}'. GET /webhooks/event-types lists them; experiment.* stands for a group.");
        }
    }

    /// <summary>Nobody is told by a webhook what they may not read.</summary>
    /// <exception cref="ForbiddenException">The caller may not read what one of the types tells.</exception>
    public static void DemandReadable(Caller caller, IEnumerable<string> types)
    {
        foreach (var type in types.SelectMany(WebhookTypes.Of).Where(type => !caller.May(type.Permission)))
        {
            throw new ForbiddenException(type.Permission, $"The event {type.Name} tells what takes the permission '{type.Permission}' to read, which you do not hold.") { Caller = caller };
        }
    }

    public static void CheckCondition(FieldErrors errors, string? condition)
    {
        if (Condition.Parse(condition, out var faults) is null)
        {
            foreach (var fault in faults)
            {
                errors.Add("condition", fault);
            }
        }
    }

    /// <summary>The condition as it is kept; null for none.</summary>
    public static string? TextOf(JsonElement condition) =>
        condition.ValueKind is JsonValueKind.Undefined or JsonValueKind.Null || (condition.ValueKind == JsonValueKind.Object && !condition.EnumerateObject().Any()) ? null : condition.GetRawText();

    public static void CheckHeaders(FieldErrors errors, IReadOnlyDictionary<string, string> headers, IReadOnlyList<string> known)
    {
        errors.AddIf(headers.Count > MaxHeaders, "headers", $"A webhook has at most {MaxHeaders} headers of its own.");
        foreach (var (name, value) in headers)
        {
            var at = $"headers.{name}";
            errors.AddIf(!HeaderName().IsMatch(name), at, "A header's name has 1 to 100 letters, digits and hyphens.");
            errors.AddIf(Ours.Contains(name) || name.StartsWith("webhook-", StringComparison.OrdinalIgnoreCase), at, "This header is Loopai's to send. Choose another name.");
            errors.AddIf(
                value is null || (value != Masked && (value.Length > MaxHeaderLength || value.Any(c => c is < ' ' or > '~'))), at,
                $"A header's value is printable ASCII of at most {MaxHeaderLength} characters.");
            errors.AddIf(value == Masked && !known.Contains(name, StringComparer.OrdinalIgnoreCase), at, $"{Masked} keeps the value that is there, and there is none. Give one.");
        }
    }

    public static void CheckSecret(FieldErrors errors, string? secret) => errors.AddIf(
        !string.IsNullOrEmpty(secret) && !StandardWebhook.IsSecret(secret), "secret", "A secret is whsec_ and 24 to 64 bytes in base64. Leave it out to have one made.");

    [GeneratedRegex("^[A-Za-z0-9-]{1,100}$", RegexOptions.NonBacktracking)]
    private static partial Regex HeaderName();
}
