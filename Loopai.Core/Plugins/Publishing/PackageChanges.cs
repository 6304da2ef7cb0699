using Loopai.Core.Plugins.Packages;

namespace Loopai.Core.Plugins.Publishing;

/// <summary>How a package differs from the version before.</summary>
/// <param name="Before">The version before.</param>
/// <param name="Added">Files that are new.</param>
/// <param name="Removed">Files that are gone.</param>
/// <param name="Changed">Files with other bytes.</param>
/// <param name="Widened">What it may do that the version before might not, in words.</param>
public sealed record PackageChanges(string Before, IReadOnlyList<string> Added, IReadOnlyList<string> Removed, IReadOnlyList<string> Changed, IReadOnlyList<string> Widened)
{
    public static PackageChanges Of(PluginManifest before, IReadOnlyDictionary<string, string> hashesBefore, PluginPackage after)
    {
        var hashes = after.FileHashes();
        return new PackageChanges(
            before.Version.ToNormalizedString(),
            [.. hashes.Keys.Except(hashesBefore.Keys, StringComparer.Ordinal).Order(StringComparer.Ordinal)],
            [.. hashesBefore.Keys.Except(hashes.Keys, StringComparer.Ordinal).Order(StringComparer.Ordinal)],
            [.. hashes.Where(h => hashesBefore.TryGetValue(h.Key, out var old) && !string.Equals(old, h.Value, StringComparison.Ordinal)).Select(h => h.Key).Order(StringComparer.Ordinal)],
            [.. WidenedBy(before, after.Manifest)]);
    }

    /// <summary>What the later manifest may do beyond the earlier one. A host below a wildcard that was agreed to is no more than before.</summary>
    public static IEnumerable<string> WidenedBy(PluginManifest before, PluginManifest after)
    {
        var (had, has) = (before.Capabilities, after.Capabilities);
        foreach (var host in has.Network.Where(h => !had.Network.Contains(h, StringComparer.Ordinal) && (h.StartsWith("*.", StringComparison.Ordinal) || !had.AllowsHost(h))))
        {
            yield return $"It asks {host}.";
        }

        foreach (var secret in has.Secrets.Except(had.Secrets, StringComparer.Ordinal))
        {
            yield return $"It gets the secret {secret}.";
        }

        foreach (var fault in Fields(had.Input, has.Input, "input").Concat(Fields(had.Output, has.Output, "output")))
        {
            yield return fault;
        }

        foreach (var key in after.Dependencies.Keys.Except(before.Dependencies.Keys, StringComparer.Ordinal))
        {
            yield return $"It runs {key}.";
        }

        if (has.TimeoutMs > had.TimeoutMs)
        {
            yield return $"A call may take {has.TimeoutMs} ms instead of {had.TimeoutMs}.";
        }

        if (has.MemoryMb > had.MemoryMb)
        {
            yield return $"It may keep {has.MemoryMb} MB instead of {had.MemoryMb}.";
        }
    }

    private static IEnumerable<string> Fields(FieldScope had, FieldScope has, string of)
    {
        if (has.IsAll && !had.IsAll)
        {
            yield return $"It sees all of the {of}.";
        }

        foreach (var field in has.Fields.Where(f => !had.Covers(f)))
        {
            yield return $"It sees {field} of the {of}.";
        }
    }
}
