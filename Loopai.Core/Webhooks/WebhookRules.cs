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

    /// <summary>Patterns of a condition: every event is held against them, of everybody's.</summary>
    public const int MaxPatterns = 5;

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
    /// <param name="caller">Who chooses them.</param>
    /// <param name="types">The types, also as groups.</param>
    /// <param name="environmentId">The environment the subscription is narrowed to; null for all.</param>
    /// <exception cref="ForbiddenException">The caller may not read what one of the types tells.</exception>
    public static void DemandReadable(Caller caller, IEnumerable<string> types, Guid? environmentId)
    {
        foreach (var type in types.SelectMany(WebhookTypes.Of).Where(type => !(type.IsOfEnvironment ? MayIn(caller, type, environmentId) : caller.May(type.Permission))))
        {
            if (type.IsOfEnvironment && caller.May(type.Permission))
            {
                throw new ForbiddenException(type.Permission, $"You hold '{type.Permission}', which the event {type.Name} takes, in the environment at hand only. Narrow the webhook to this environment.") { Caller = caller };
            }

            throw new ForbiddenException(type.Permission, $"The event {type.Name} tells what takes the permission '{type.Permission}' to read, which you do not hold.") { Caller = caller };
        }
    }

    /// <summary>Whether the caller may read what one event told.</summary>
    public static bool MayRead(Caller caller, string type, Guid? environmentId) =>
        WebhookTypes.Find(type) is not { } known || (environmentId is null ? caller.May(known.Permission) : MayIn(caller, known, environmentId));

    /// <exception cref="ForbiddenException">The caller may not read what such an event told.</exception>
    public static void DemandRead(Caller caller, string type, Guid? environmentId)
    {
        if (!MayRead(caller, type, environmentId))
        {
            var permission = WebhookTypes.Find(type)!.Permission;
            throw new ForbiddenException(permission, $"Events {type} of this environment take the permission '{permission}' there to read, which you do not hold.") { Caller = caller };
        }
    }

    private static bool MayIn(Caller caller, WebhookType type, Guid? environmentId) =>
        caller.MayHandOn(type.Permission, GrantScope.Organization) || (environmentId is not null && environmentId == caller.EnvironmentIdOrNull && caller.May(type.Permission));

    public static void CheckCondition(FieldErrors errors, string? condition)
    {
        if (Condition.Parse(condition, out var faults) is null)
        {
            foreach (var fault in faults)
            {
                errors.Add("condition", fault);
            }
        }
        else if (condition is not null)
        {
            errors.AddIf(PatternsOf(JsonElement.Parse(condition)) > MaxPatterns, "condition", $"A webhook's condition has at most {MaxPatterns} patterns ($regex). Join them by |, or compare texts with $in.");
        }
    }

    /// <summary>The condition as it is kept; null for none.</summary>
    public static string? TextOf(JsonElement condition) =>
        condition.ValueKind is JsonValueKind.Undefined or JsonValueKind.Null || (condition.ValueKind == JsonValueKind.Object && !condition.EnumerateObject().Any()) ? null : condition.GetRawText();

    public static void CheckHeaders(FieldErrors errors, IReadOnlyDictionary<string, string> headers, IReadOnlyList<string> known)
    {
        errors.AddIf(headers.Count > MaxHeaders, "headers", $"A webhook has at most {MaxHeaders} headers of its own.");
        foreach (var twice in headers.Keys.GroupBy(name => name, StringComparer.OrdinalIgnoreCase).SelectMany(names => names.Skip(1)))
        {
            errors.Add($"headers.{twice}", "This header stands there twice: upper and lower case are the same. Give it once.");
        }

        using var request = new HttpRequestMessage();
        foreach (var (name, value) in headers)
        {
            var at = $"headers.{name}";
            errors.AddIf(!HeaderName().IsMatch(name), at, "A header's name has 1 to 100 letters, digits and hyphens.");
            errors.AddIf(
                Ours.Contains(name) || name.StartsWith("webhook-", StringComparison.OrdinalIgnoreCase) || (HeaderName().IsMatch(name) && !request.Headers.TryAddWithoutValidation(name, "")), at,
                "This header is Loopai's to send, or none of a request. Choose another name.");
            errors.AddIf(
                value is null || (value != Masked && (value.Length > MaxHeaderLength || value.Any(c => c is < ' ' or > '~'))), at,
                $"A header's value is printable ASCII of at most {MaxHeaderLength} characters.");
            errors.AddIf(value == Masked && !known.Contains(name, StringComparer.OrdinalIgnoreCase), at, $"{Masked} keeps the value that is there, and there is none. Give one.");
        }
    }

    /// <summary>Values that were given for one receiver are not told to another.</summary>
    public static void CheckMove(FieldErrors errors, WebhookSubscription subscription, WebhookDefinition change)
    {
        var keeps = change.Headers is { } headers ? headers.Values.Contains(Masked) : subscription.HeaderNames.Count > 0;
        errors.AddIf(
            keeps && OutboundHttp.IsElsewhere(subscription.Url, change.Url), "headers", $"The address is another server's, which is not told what was for this one. Give each header's value anew instead of {Masked}, or leave the header out.");
    }

    private static int PatternsOf(JsonElement condition) => condition.ValueKind switch
    {
        JsonValueKind.Object => condition.EnumerateObject().Sum(p => (p.NameEquals("$regex") ? 1 : 0) + PatternsOf(p.Value)),
        JsonValueKind.Array => condition.EnumerateArray().Sum(PatternsOf),
        _ => 0,
    };

    public static void CheckSecret(FieldErrors errors, string? secret) => errors.AddIf(
        !string.IsNullOrEmpty(secret) && !StandardWebhook.IsSecret(secret), "secret", "A secret is whsec_ and 24 to 64 bytes in base64. Leave it out to have one made.");

    [GeneratedRegex("^[A-Za-z0-9-]{1,100}$", RegexOptions.NonBacktracking)]
    private static partial Regex HeaderName();
}
