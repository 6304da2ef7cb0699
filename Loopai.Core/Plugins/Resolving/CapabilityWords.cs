using System.Globalization;
using Loopai.Core.Plugins.Packages;

namespace Loopai.Core.Plugins.Resolving;

/// <summary>What a plugin may do, for people who decide about it.</summary>
public static class CapabilityWords
{
    /// <summary>The words by which lists are filtered: <c>network</c>, <c>secrets</c>, <c>input</c>, <c>output</c>.</summary>
    public static readonly IReadOnlyList<string> All = ["network", "secrets", "input", "output"];

    /// <summary>Which of <see cref="All"/> it asks for.</summary>
    public static IReadOnlyList<string> Names(PluginCapabilities capabilities) =>
    [
        .. new (string Name, bool Asked)[]
        {
            ("network", capabilities.Network.Count > 0), ("secrets", capabilities.Secrets.Count > 0), ("input", Sees(capabilities.Input)), ("output", Sees(capabilities.Output)),
        }.Where(c => c.Asked).Select(c => c.Name),
    ];

    /// <summary>All that it may, one sentence each.</summary>
    public static IReadOnlyList<string> Of(PluginManifest manifest) => Of(manifest.Capabilities, manifest.Kind);

    private static IReadOnlyList<string> Of(PluginCapabilities capabilities, PluginKind kind) =>
    [
        capabilities.Network.Count == 0 ? "It reaches no network." : $"It sends requests to {Join(capabilities.Network)}, through Loopai, and to nobody else.",
        .. capabilities.Secrets.Count == 0 ? Array.Empty<string>() : [$"It is given the secrets {Join(capabilities.Secrets)} that you configure."],
        .. kind == PluginKind.WebhookHandler
            ? ["It sees the events of the webhooks that it handles, and writes what they send."]
            : new[] { $"Of an execution's input it sees {Scope(capabilities.Input)}.", $"Of its output it sees {Scope(capabilities.Output)}." },
        string.Create(CultureInfo.InvariantCulture, $"A call takes at most {capabilities.TimeoutMs} ms and {capabilities.MemoryMb} MB."),
    ];

    /// <summary>What it may that it might not before, one phrase each; empty where nothing was widened.</summary>
    public static IReadOnlyList<string> Widened(PluginCapabilities before, PluginCapabilities after)
    {
        List<string> wider =
        [
            .. after.Network.Where(host => !Reached(before, host)).Select(host => $"sends requests to {host}"),
            .. after.Secrets.Except(before.Secrets, StringComparer.Ordinal).Select(secret => $"is given the secret {secret}"),
            .. Fields("input", before.Input, after.Input),
            .. Fields("output", before.Output, after.Output),
        ];
        if (after.TimeoutMs > before.TimeoutMs)
        {
            wider.Add(string.Create(CultureInfo.InvariantCulture, $"may take {after.TimeoutMs} ms a call instead of {before.TimeoutMs} ms"));
        }

        if (after.MemoryMb > before.MemoryMb)
        {
            wider.Add(string.Create(CultureInfo.InvariantCulture, $"may use {after.MemoryMb} MB instead of {before.MemoryMb} MB"));
        }

        return wider;
    }

    /// <summary>A pattern is no wider than one that it lies within.</summary>
    private static bool Reached(PluginCapabilities before, string pattern) => pattern.StartsWith("*.", StringComparison.Ordinal)
        ? before.Network.Any(known => known == pattern || (known.StartsWith("*.", StringComparison.Ordinal) && pattern.EndsWith(known[1..], StringComparison.OrdinalIgnoreCase)))
        : before.AllowsHost(pattern);

    private static IEnumerable<string> Fields(string what, FieldScope before, FieldScope after) =>
        before.IsAll ? []
        : after.IsAll ? [$"sees the whole {what}"]
        : after.Fields.Except(before.Fields, StringComparer.Ordinal).Select(field => $"sees {field} of the {what}");

    private static bool Sees(FieldScope scope) => scope.IsAll || scope.Fields.Count > 0;

    private static string Scope(FieldScope scope) => scope.IsAll ? "everything" : scope.Fields.Count == 0 ? "nothing" : Join(scope.Fields);

    private static string Join(IReadOnlyList<string> words) => words.Count switch
    {
        1 => words[0],
        _ => $"{string.Join(", ", words.SkipLast(1))} and {words[^1]}",
    };
}
