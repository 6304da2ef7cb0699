namespace Loopai.Core.Plugins.Packages;

/// <summary>How large a package may be, packed and unpacked.</summary>
public static class PackageLimits
{
    public const int MaxPackageBytes = 20 * 1024 * 1024;
    public const int MaxFileBytes = 10 * 1024 * 1024;
    public const int MaxTotalBytes = 50 * 1024 * 1024;
    public const int MaxFiles = 500;
    public const int MaxPathLength = 200;
    public const int MaxPathDepth = 8;

    /// <summary>A README and a changelog are stored with their version, and made into a page.</summary>
    public const int MaxPageBytes = 256 * 1024;

    /// <summary>How many other packages one may need, with what those need.</summary>
    public const int MaxDependencies = 50;

    /// <summary>How large they may be together, unpacked.</summary>
    public const int MaxDependencyBytes = 100 * 1024 * 1024;

    /// <summary>How many times larger than packed a file may be; deflate reaches 1,032, honest texts and code stay below 30.</summary>
    public const int MaxRatio = 100;

    /// <summary>Below this, the ratio says nothing: a short text of blanks packs as well as a bomb.</summary>
    public const int RatioCountsAbove = 256 * 1024;

    /// <summary>What may be needed, in words.</summary>
    internal static string Dependencies => $"{MaxDependencies} plugins, or {MaxDependencyBytes / 1024 / 1024} MB of them";

    /// <summary>Whether these are more than one package may need.</summary>
    internal static bool ExceededBy(IReadOnlyCollection<PluginPackage> needed) =>
        needed.Count > MaxDependencies || needed.Sum(p => p.Files.Values.Sum(f => (long)f.Length)) > MaxDependencyBytes;
}
