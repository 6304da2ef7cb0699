namespace Loopai.Core.Plugins.Packages;

/// <summary>That everything is there which a manifest names, that pictures are pictures, and that no archive lies within the archive.</summary>
internal static class PackageFiles
{
    private const int MaxPictureBytes = 1024 * 1024;

    private static readonly (string Name, byte[] Magic)[] Archives =
    [
        ("ZIP", [0x50, 0x4B, 3, 4]), ("gzip", [0x1F, 0x8B]), ("bzip2", "BZh"u8.ToArray()), ("xz", [0xFD, 0x37, 0x7A, 0x58, 0x5A]), ("7z", [0x37, 0x7A, 0xBC, 0xAF, 0x27, 0x1C]),
        ("RAR", "Rar!"u8.ToArray()), ("Zstandard", [0x28, 0xB5, 0x2F, 0xFD]), ("cabinet", "MSCF"u8.ToArray()),
    ];

    private static readonly string[] Pages = [PluginPackage.ReadmeName, PluginPackage.ChangelogName];

    public static IEnumerable<PluginFinding> Check(IReadOnlyDictionary<string, ReadOnlyMemory<byte>> files, PluginManifest? manifest)
    {
        foreach (var missing in PluginPackage.NeededFiles.Where(f => !files.ContainsKey(f)))
        {
            yield return PluginFinding.Error("package.missing-file", $"The package has no {missing}.", What(missing), missing);
        }

        foreach (var page in Pages.Where(f => files.TryGetValue(f, out var text) && text.Length > PackageLimits.MaxPageBytes))
        {
            yield return PluginFinding.Error("package.too-large", $"{page} has more than {PackageLimits.MaxPageBytes / 1024} KB.", "Shorten it, and link to the rest.", page);
        }

        foreach (var (path, bytes) in files.OrderBy(f => f.Key, StringComparer.Ordinal))
        {
            if (Archives.FirstOrDefault(a => bytes.Span.StartsWith(a.Magic)) is { Name: { } kind })
            {
                yield return PluginFinding.Error("package.nested-archive", $"'{path}' is an archive of its own ({kind}).", "Put the files themselves in its place.", path);
            }
        }

        foreach (var fault in manifest is null ? [] : Named(files, manifest))
        {
            yield return fault;
        }
    }

    private static IEnumerable<PluginFinding> Named(IReadOnlyDictionary<string, ReadOnlyMemory<byte>> files, PluginManifest manifest)
    {
        if (!files.ContainsKey(manifest.Entry))
        {
            yield return PluginFinding.Error("package.missing-file", $"The entry '{manifest.Entry}' is not in the package.", "Add it, or name another in plugin.json.", PluginManifest.FileName, pointer: "/entry");
        }

        if (LicenseExpression.Read(manifest.License).Expression is { RefersToText: true } && !files.Keys.Any(IsLicense))
        {
            yield return PluginFinding.Error("package.missing-file", "The licence's terms are the author's own, and are not in the package.", "Add a file LICENSE with them.", "LICENSE");
        }

        foreach (var path in manifest.Icon is null ? manifest.Screenshots : [manifest.Icon, .. manifest.Screenshots])
        {
            if (!files.TryGetValue(path, out var picture))
            {
                yield return PluginFinding.Error("package.missing-file", $"The picture '{path}' is not in the package.", "Add it, or take it out of plugin.json.", path);
            }
            else if (!IsPicture(picture.Span) || picture.Length > MaxPictureBytes)
            {
                yield return PluginFinding.Error("package.bad-picture", $"'{path}' is no PNG, JPEG or WebP picture of at most {MaxPictureBytes / 1024} KB.", "Save it as one.", path);
            }
        }
    }

    internal static bool IsLicense(string path) => path.Split('.')[0] is "LICENSE" or "LICENCE" or "COPYING";

    internal static bool IsPicture(ReadOnlySpan<byte> bytes) =>
        bytes.StartsWith((ReadOnlySpan<byte>)[0x89, 0x50, 0x4E, 0x47, 0x0D, 0x0A, 0x1A, 0x0A])
        || bytes.StartsWith((ReadOnlySpan<byte>)[0xFF, 0xD8, 0xFF]) || (bytes.StartsWith("RIFF"u8) && bytes.Length > 12 && bytes[8..].StartsWith("WEBP"u8));

    private static string What(string file) => file switch
    {
        PluginPackage.ReadmeName => "Say in it what the plugin does, and how it is configured.",
        PluginPackage.ChangelogName => "Say in it what changed, version by version.",
        _ => "Add cases with what they are given and what you expect.",
    };
}
