using System.Text.Json.Nodes;

namespace Loopai.Portal.Pages.Plugins.Installed;

/// <summary>Service errors of a configuration as the form of a JSON schema shows them: by pointer.</summary>
internal static class PluginConfigurationForm
{
    private const string Prefix = "configuration.";

    public static Dictionary<string, string[]> ByPointer(IReadOnlyDictionary<string, string[]> errors) =>
        errors.Where(e => e.Key.StartsWith(Prefix, StringComparison.Ordinal)).ToDictionary(e => "/" + e.Key[Prefix.Length..].Replace('.', '/'), e => e.Value, StringComparer.Ordinal);

    /// <summary>What belongs to no single field, in words.</summary>
    public static string? Rest(IReadOnlyDictionary<string, string[]> errors) =>
        errors.Where(e => !e.Key.StartsWith(Prefix, StringComparison.Ordinal)).SelectMany(e => e.Value).ToList() is { Count: > 0 } rest ? string.Join(' ', rest) : null;

    /// <summary>What a schema gives where nobody says anything.</summary>
    public static JsonObject Defaults(JsonObject schema) => new(
        (schema["properties"] as JsonObject ?? []).Where(p => (p.Value as JsonObject)?["default"] is not null).Select(p => KeyValuePair.Create(p.Key, p.Value!["default"]?.DeepClone())));
}
