using System.IO.Compression;
using System.Security.Cryptography;
using System.Text;
using System.Text.Unicode;

namespace Loopai.Core.Plugins.Packages;

/// <summary>
/// Reads an uploaded ZIP. Its headers are declarations of a stranger: sizes are counted while unpacking, and what goes beyond a limit is not unpacked further.
/// </summary>
public static class PluginPackageReader
{
    private const string Whole = "Pack the folder again with an ordinary ZIP program.";
    private static readonly string[] Texts = [".py", ".js", ".json", ".md", ".txt"];

    /// <summary>The package where nothing is wrong with it, and what was found.</summary>
    public static (PluginPackage? Package, IReadOnlyList<PluginFinding> Findings) Read(ReadOnlyMemory<byte> zip)
    {
        if (zip.Length > PackageLimits.MaxPackageBytes)
        {
            return (null, [PluginFinding.Error("package.too-large", $"The package has more than {PackageLimits.MaxPackageBytes / 1024 / 1024} MB.", "Leave out what the plugin does not need to run.")]);
        }

        ZipDirectory directory;
        try
        {
            directory = ZipDirectory.Read(zip.Span);
        }
        catch (Exception e) when (e is InvalidDataException or ArgumentOutOfRangeException)
        {
            return (null, [PluginFinding.Error("package.not-zip", $"The package is no ZIP archive that can be trusted. {(e is InvalidDataException ? e.Message : "It is broken off.")}", Whole)]);
        }

        var findings = CheckNames(directory.Entries);
        if (findings.Count > 0)
        {
            return (null, findings);
        }

        var files = Unpack(zip, directory, findings);
        return findings.Count > 0 ? (null, findings) : Assemble(zip, files);
    }

    /// <summary>One file of a package that was read as a whole when it was published; null where it is not there.</summary>
    public static ReadOnlyMemory<byte>? ReadFile(ReadOnlyMemory<byte> zip, string path)
    {
        try
        {
            var directory = ZipDirectory.Read(zip.Span);
            return directory.Entries.FirstOrDefault(e => !e.IsDirectory && string.Equals(e.Name, path, StringComparison.Ordinal)) is { } entry
                && ZipInflater.Unpack(zip.Slice((int)directory.DataOffset(zip.Span, entry), (int)entry.PackedSize), entry, PackageLimits.MaxFileBytes, out var bytes) is null
                    ? (ReadOnlyMemory<byte>?)bytes
                    : null;
        }
        catch (Exception e) when (e is InvalidDataException or ArgumentOutOfRangeException)
        {
            return null;
        }
    }

    private static List<PluginFinding> CheckNames(IReadOnlyList<ZipEntryRecord> entries)
    {
        if (entries.Count > PackageLimits.MaxFiles)
        {
            return [PluginFinding.Error("package.too-many-files", $"The package has {entries.Count} entries; at most {PackageLimits.MaxFiles} are allowed.", "Leave out what the plugin does not need to run.")];
        }

        var findings = entries.Select(Check).OfType<PluginFinding>().ToList();
        foreach (var same in entries.Where(e => e.Name is not null).GroupBy(e => e.Name!.TrimEnd('/'), StringComparer.OrdinalIgnoreCase).Where(g => g.Count() > 1))
        {
            findings.Add(PluginFinding.Error("package.duplicate-name", $"'{same.Key}' is there {same.Count()} times, by the same name or by one that differs in capitals only.", "Keep one of them.", same.Key));
        }

        // A file in whose place another entry wants a folder.
        var names = entries.Where(e => e is { Name: not null, IsDirectory: false }).Select(e => e.Name!).ToHashSet(StringComparer.OrdinalIgnoreCase);
        foreach (var name in names.Where(n => Parents(n).Any(names.Contains)))
        {
            findings.Add(PluginFinding.Error("package.duplicate-name", $"'{name}' lies in something that is a file itself.", "Rename one of them.", name));
        }

        return findings;
    }

    private static IEnumerable<string> Parents(string path)
    {
        for (var at = path.IndexOf('/', StringComparison.Ordinal); at >= 0; at = path.IndexOf('/', at + 1))
        {
            yield return path[..at];
        }
    }

    private static PluginFinding? Check(ZipEntryRecord entry) => entry switch
    {
        { Name: null } => PluginFinding.Error("package.bad-name", "The name of an entry is not UTF-8.", "Rename the file with letters of ASCII and pack again."),
        { IsLink: true } => PluginFinding.Error("package.link", $"'{entry.Name}' is a link.", "Put the file itself in its place.", entry.Name),
        { IsSpecial: true } => PluginFinding.Error("package.special-file", $"'{entry.Name}' is a device, a pipe or a socket.", "Leave it out.", entry.Name),
        { IsEncrypted: true } => PluginFinding.Error("package.encrypted", $"'{entry.Name}' is encrypted.", "Pack without a password.", entry.Name),
        { HasOddExtra: true } => PluginFinding.Error("package.odd-extra", $"'{entry.Name}' has an extra field that gives it another name or size.", Whole, entry.Name),
        { Method: not (0 or 8) } => PluginFinding.Error("package.method", $"'{entry.Name}' is packed in a way that is not read here.", "Pack with deflate, which every ZIP program does.", entry.Name),
        _ => PackagePaths.Check(entry.Name),
    };

    private static Dictionary<string, ReadOnlyMemory<byte>> Unpack(ReadOnlyMemory<byte> zip, ZipDirectory directory, List<PluginFinding> findings)
    {
        var files = new Dictionary<string, ReadOnlyMemory<byte>>(StringComparer.Ordinal);
        var (end, total) = (0L, 0L);
        foreach (var entry in directory.Entries.OrderBy(e => e.HeaderOffset))
        {
            try
            {
                var offset = directory.DataOffset(zip.Span, entry);
                if (entry.HeaderOffset < end || (end == 0 && entry.HeaderOffset != 0))
                {
                    findings.Add(PluginFinding.Error("package.overlap", $"'{entry.Name}' shares its bytes with another entry, or something stands before it.", Whole, entry.Name));
                    break;
                }

                end = offset + entry.PackedSize;
                if (ZipInflater.Unpack(zip.Slice((int)offset, (int)entry.PackedSize), entry, PackageLimits.MaxTotalBytes - total, out var bytes) is { } fault)
                {
                    findings.Add(fault);
                    break;
                }

                total += bytes.Length;
                if (!entry.IsDirectory)
                {
                    files[entry.Name!] = bytes;
                }
            }
            catch (InvalidDataException e)
            {
                findings.Add(PluginFinding.Error("package.not-zip", $"'{entry.Name}' cannot be read. {e.Message}", Whole, entry.Name));
                break;
            }
        }

        return files;
    }

    private static (PluginPackage?, IReadOnlyList<PluginFinding>) Assemble(ReadOnlyMemory<byte> zip, Dictionary<string, ReadOnlyMemory<byte>> files)
    {
        if (!files.TryGetValue(PluginManifest.FileName, out var json))
        {
            var folder = files.Keys.FirstOrDefault(k => k.EndsWith("/" + PluginManifest.FileName, StringComparison.Ordinal));
            return (null, [PluginFinding.Error("package.missing-file", "The package has no plugin.json at its top.", folder is null ? "Add it." : $"It is at '{folder}': pack the folder's contents, not the folder.", PluginManifest.FileName)]);
        }

        var (manifest, faults) = PluginManifestReader.Read(json);
        List<PluginFinding> findings = [.. faults, .. PackageFiles.Check(files, manifest)];
        foreach (var (path, _) in files.Where(f => Texts.Contains(Path.GetExtension(f.Key), StringComparer.OrdinalIgnoreCase) && !Utf8.IsValid(f.Value.Span)))
        {
            findings.Add(PluginFinding.Error("package.not-utf8", $"'{path}' is not UTF-8.", "Save it as UTF-8.", path));
        }

        return findings.Count > 0 || manifest is null
            ? (null, findings)
            : (new PluginPackage(manifest, files, Convert.ToHexStringLower(SHA256.HashData(zip.Span)), zip.Length), []);
    }
}
