using System.Text;
using System.Text.Json.Nodes;
using NuGet.Versioning;

namespace Loopai.Core.Plugins.Packages;

/// <summary>What a package says about itself in <c>plugin.json</c>.</summary>
public sealed record PluginManifest
{
    public const string FileName = "plugin.json";

    public required PluginId Id { get; init; }

    public required SemanticVersion Version { get; init; }

    public required string DisplayName { get; init; }

    public required string Description { get; init; }

    public required PluginKind Kind { get; init; }

    public required PluginLanguage Language { get; init; }

    /// <summary>The file that has the hook.</summary>
    public required string Entry { get; init; }

    /// <summary>The versions of <see cref="PluginApi"/> that it works with.</summary>
    public required SemanticRange ApiVersion { get; init; }

    /// <summary>An SPDX expression.</summary>
    public required string License { get; init; }

    public IReadOnlyList<string> Categories { get; init; } = [];

    public IReadOnlyList<string> Keywords { get; init; } = [];

    public Uri? Homepage { get; init; }

    public Uri? Repository { get; init; }

    public string? Icon { get; init; }

    public IReadOnlyList<string> Screenshots { get; init; } = [];

    /// <summary>The JSON Schema of what it is configured with, an object. What is written only, is a secret.</summary>
    public required JsonObject Configuration { get; init; }

    /// <summary>Plugins whose entry it can ask for, by key.</summary>
    public IReadOnlyDictionary<string, SemanticRange> Dependencies { get; init; } = new Dictionary<string, SemanticRange>(StringComparer.Ordinal);

    public required PluginCapabilities Capabilities { get; init; }

    /// <summary>The manifest of a version that was accepted before.</summary>
    /// <exception cref="FormatException">The text is not a manifest.</exception>
    public static PluginManifest Parse(string json) => PluginManifestReader.Read(Encoding.UTF8.GetBytes(json)) is { Manifest: { } manifest }
        ? manifest
        : throw new FormatException("This is not a plugin's manifest.");
}

/// <summary>What a plugin may do and see; it gets no more than it declares.</summary>
public sealed record PluginCapabilities
{
    public const int DefaultTimeoutMs = 500;
    public const int DefaultMemoryMb = 64;

    /// <summary>Hosts that it may send requests to, also as <c>*.example.com</c>.</summary>
    public IReadOnlyList<string> Network { get; init; } = [];

    /// <summary>The properties of its configuration that are secrets.</summary>
    public IReadOnlyList<string> Secrets { get; init; } = [];

    /// <summary>What it sees of an execution's input.</summary>
    public FieldScope Input { get; init; } = FieldScope.None;

    /// <summary>What it sees of an execution's output.</summary>
    public FieldScope Output { get; init; } = FieldScope.None;

    /// <summary>How long one call may take.</summary>
    public int TimeoutMs { get; init; } = DefaultTimeoutMs;

    /// <summary>How much it may keep in memory.</summary>
    public int MemoryMb { get; init; } = DefaultMemoryMb;

    /// <summary>Whether it may ask this host.</summary>
    public bool AllowsHost(string host) => Network.Any(pattern => pattern.StartsWith("*.", StringComparison.Ordinal)
        ? host.Length > pattern.Length - 1 && host.EndsWith(pattern[1..], StringComparison.OrdinalIgnoreCase)
        : string.Equals(host, pattern, StringComparison.OrdinalIgnoreCase));
}

/// <summary>Which fields of an object a plugin sees.</summary>
/// <param name="IsAll">All of them.</param>
/// <param name="Fields">Those of the first level that it names; empty where it sees all, or none.</param>
public sealed record FieldScope(bool IsAll, IReadOnlyList<string> Fields)
{
    public static FieldScope None { get; } = new(IsAll: false, []);

    public static FieldScope All { get; } = new(IsAll: true, []);

    public bool Covers(string field) => IsAll || Fields.Contains(field, StringComparer.Ordinal);

    /// <summary>A copy of the value with only what is covered; values that are no objects are seen whole or not at all.</summary>
    public JsonNode? Narrow(JsonNode? value) => (IsAll, value) switch
    {
        (true, _) => value?.DeepClone(),
        (false, JsonObject all) => new JsonObject(all.Where(p => Covers(p.Key)).Select(p => KeyValuePair.Create(p.Key, p.Value?.DeepClone()))),
        _ => null,
    };

    public override string ToString() => IsAll ? "*" : string.Join(", ", Fields);
}
