using System.Text.Json;
using System.Text.RegularExpressions;

namespace Loopai.Core.Plugins.Packages;

/// <summary>What a manifest declares that a plugin does and sees.</summary>
internal static partial class ManifestCapabilities
{
    private const string Place = "/capabilities";
    private static readonly string[] Fields = ["network", "secrets", "input", "output", "timeoutMs", "memoryMb"];

    public static PluginCapabilities Read(JsonElement root, IReadOnlyList<string> secrets, ManifestFaults faults)
    {
        if (!root.TryGetProperty("capabilities", out var value) || value.ValueKind != JsonValueKind.Object)
        {
            faults.Add(root.TryGetProperty("capabilities", out _) ? Place : "", "'capabilities' is missing, or no object.", "Say what it needs; {} if it needs nothing.");
            return new PluginCapabilities();
        }

        faults.RefuseUnknown(value, Place, Fields);
        var declared = faults.Texts(value, Place, "secrets", 20, 100, s => secrets.Contains(s, StringComparer.Ordinal) ? null : "Name a property of 'configuration' that has \"writeOnly\": true.");
        foreach (var silent in secrets.Except(declared, StringComparer.Ordinal))
        {
            faults.Add(Place, $"The secret '{silent}' of 'configuration' is not declared.", $"Add \"{silent}\" to capabilities.secrets.");
        }

        return new PluginCapabilities
        {
            Network = faults.Texts(value, Place, "network", 20, 253, Host),
            Secrets = declared,
            Input = Scope(value, "input", faults),
            Output = Scope(value, "output", faults),
            TimeoutMs = faults.Number(value, Place, "timeoutMs", 10, 10_000, PluginCapabilities.DefaultTimeoutMs),
            MemoryMb = faults.Number(value, Place, "memoryMb", 16, 512, PluginCapabilities.DefaultMemoryMb),
        };
    }

    /// <summary>A whole top-level domain is no host that somebody could agree to.</summary>
    private static string? Host(string host) => HostName().IsMatch(host) ? null : "Name a host in lower case, as hooks.example.com, or all below one, as *.example.com; no scheme, port or path.";

    private static FieldScope Scope(JsonElement value, string name, ManifestFaults faults) =>
        value.TryGetProperty(name, out var scope) && scope.ValueKind == JsonValueKind.String && scope.GetString() is "*"
            ? FieldScope.All
            : new FieldScope(IsAll: false, faults.Texts(value, Place, name, 50, 100, _ => null));

    [GeneratedRegex(@"\A(\*\.)?[a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?(\.[a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?)*\.[a-z]([a-z0-9-]{0,61}[a-z0-9])\z", RegexOptions.ExplicitCapture | RegexOptions.CultureInvariant | RegexOptions.NonBacktracking)]
    private static partial Regex HostName();
}
