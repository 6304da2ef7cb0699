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

    /// <summary>How many times larger than packed a file may be; deflate reaches 1,032, honest texts and code stay below 30.</summary>
    public const int MaxRatio = 100;

    /// <summary>Below this, the ratio says nothing: a short text of blanks packs as well as a bomb.</summary>
    public const int RatioCountsAbove = 256 * 1024;
}
