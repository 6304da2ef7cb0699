namespace Loopai.Core.Plugins.Packages;

/// <summary>What a file of a package may be called.</summary>
internal static class PackagePaths
{
    private static readonly string[] Devices = ["CON", "PRN", "AUX", "NUL", "CLOCK$", .. Enumerable.Range(0, 10).Select(i => $"COM{i}"), .. Enumerable.Range(0, 10).Select(i => $"LPT{i}")];

    /// <summary>What is wrong with the path; null when nothing is.</summary>
    public static PluginFinding? Check(string path)
    {
        var parts = path.TrimEnd('/').Split('/');
        if (path.StartsWith('/') || path.Contains('\\', StringComparison.Ordinal) || path.Contains(':', StringComparison.Ordinal))
        {
            return PluginFinding.Error("package.absolute-path", $"'{Shown(path)}' leads out of the package: it is absolute, or written for another system.", "Pack the folder's contents, with / between names.", Shown(path));
        }

        if (parts.Any(p => p is ".." or "." or ""))
        {
            return PluginFinding.Error("package.path-traversal", $"'{Shown(path)}' climbs out of its folder.", "Pack the folder's contents, without . and .. in names.", Shown(path));
        }

        if (path.Length > PackageLimits.MaxPathLength || parts.Length > PackageLimits.MaxPathDepth)
        {
            return PluginFinding.Error("package.path-too-long", $"'{Shown(path)}' is longer than {PackageLimits.MaxPathLength} characters, or deeper than {PackageLimits.MaxPathDepth} folders.", "Put files nearer to the top.", Shown(path));
        }

        return path.Any(c => char.IsControl(c) || c > 126 || "<>\"|?*".Contains(c, StringComparison.Ordinal)) || parts.Any(IsOdd)
            ? PluginFinding.Error("package.bad-name", $"'{Shown(path)}' has a name that some system cannot hold, or shows as another.", "Use letters, digits, dots, hyphens and underscores of ASCII.", Shown(path))
            : null;
    }

    private static bool IsOdd(string part) =>
        part.EndsWith('.') || part.EndsWith(' ') || part.StartsWith(' ') || Devices.Contains(part.Split('.')[0], StringComparer.OrdinalIgnoreCase);

    private static string Shown(string path) => string.Concat(path.Take(200).Select(c => char.IsControl(c) ? '\uFFFD' : c));
}
