using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.Json.Nodes;
using Loopai.Core.Audit;

namespace Loopai.Portal.Pages.Audit;

/// <summary>The log's words for people.</summary>
public static class AuditWords
{
    private static readonly JsonSerializerOptions Indented = new() { WriteIndented = true, Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping };

    public static readonly IReadOnlyList<Option> Areas =
    [
        new("task.*", "Tasks"), new("program.*", "Programs"), new("example*", "Examples"), new("validation.*", "Verdicts"), new("key.*", "API keys"),
        new("organization.*", "Organization"), new("member*", "Members"), new("role*", "Roles"), new("sign_*", "Signing in"), new("scim*", "Provisioning"), new("session.*", "Sessions"),
        new("access.*", "Access refused"), new("audit*", "The audit log"),
    ];

    public static readonly IReadOnlyList<Option> Kinds = [new("user", "People"), new("key", "API keys"), new("directory", "Directories"), new("system", "Loopai itself")];

    public static readonly IReadOnlyList<Option> Results = [new("success", "Done"), new("refused", "Refused"), new("failed", "Failed")];

    /// <summary><c>program.notes_changed</c> is "Program notes changed".</summary>
    public static string Of(string action)
    {
        var words = action.Replace('.', ' ').Replace('_', ' ').TrimEnd('*', ' ');
        return words.Length == 0 ? action : char.ToUpperInvariant(words[0]) + words[1..];
    }

    /// <summary>What the object was called then, or its kind and the beginning of its id.</summary>
    public static string ObjectOf(AuditEvent audited) => audited.ObjectName
        ?? (Guid.TryParse(audited.ObjectId, out _) ? $"{audited.ObjectKind.Replace('_', ' ')} {audited.ObjectId[..8]}" : audited.ObjectId);

    public static string Actor(AuditEvent audited) => audited.ActorKind switch
    {
        "User" => "person",
        "ApiKey" => "API key",
        "Directory" => "directory",
        _ => "Loopai itself",
    };

    /// <summary>Lines to be compared: a member a line, so that what changed stands out.</summary>
    public static string Lines(string? json) => json is null ? "" : JsonNode.Parse(json)?.ToJsonString(Indented) ?? "null";
}
