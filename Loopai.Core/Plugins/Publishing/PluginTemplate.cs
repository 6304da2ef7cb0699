using System.IO.Compression;
using System.Reflection;
using System.Text;
using Loopai.Core.Access;
using Loopai.Core.Errors;
using Loopai.Core.Plugins.Marketplace;
using Loopai.Core.Plugins.Packages;
using Loopai.Core.Plugins.Registry;

namespace Loopai.Core.Plugins.Publishing;

/// <summary>What authors begin with: a validator with its cases, and tools that test and pack it without a portal. The same files as in <c>sdk/plugin-template</c>.</summary>
public static class PluginTemplate
{
    /// <summary>The folder that the archive unpacks to.</summary>
    private const string Folder = "label-length";

    /// <summary>Stands in the manifest for a publisher.</summary>
    private const string Nobody = "your-name.";

    private const string Prefix = "Loopai.PluginTemplate/";

    /// <summary>ZIP knows no time before; the same for all, so that the same files make the same bytes.</summary>
    private static readonly DateTimeOffset Epoch = new(1980, 1, 1, 0, 0, 0, TimeSpan.Zero);

    /// <summary>The template as an archive.</summary>
    /// <param name="caller">Who asks.</param>
    /// <param name="language"><c>python</c> or <c>javascript</c>.</param>
    /// <param name="publisher">Whose name the plugin is to have; null for none yet.</param>
    public static PluginDownload Of(Caller caller, string? language, string? publisher)
    {
        caller.Demand(Permissions.PluginsRead);
        new FieldErrors()
            .AddIf(language is not ("python" or "javascript"), "language", "The template is there in python and javascript.")
            .AddIf(publisher is not null && NameRules.Fault(publisher) is not null, "publisher", "Give the name of a publisher, or none.")
            .ThrowIfAny("plugin.invalid_template", "There is no such template.");
        using var bytes = new MemoryStream();
        using (var zip = new ZipArchive(bytes, ZipArchiveMode.Create, leaveOpen: true))
        {
            foreach (var (path, file) in Files(language!))
            {
                var entry = zip.CreateEntry($"{Folder}/{path}", CompressionLevel.Optimal);
                entry.LastWriteTime = Epoch;
                using var target = entry.Open();
                target.Write(path == PluginManifest.FileName && publisher is not null ? Encoding.UTF8.GetBytes(Encoding.UTF8.GetString(file).Replace(Nobody, publisher + ".", StringComparison.Ordinal)) : file);
            }
        }

        return new PluginDownload($"{Folder}-{language}.zip", bytes.ToArray(), null);
    }

    private static IEnumerable<(string Path, byte[] Bytes)> Files(string language)
    {
        var (assembly, prefix) = (Assembly.GetExecutingAssembly(), $"{Prefix}{language}/");
        foreach (var name in assembly.GetManifestResourceNames().Where(n => n.StartsWith(prefix, StringComparison.Ordinal)).Order(StringComparer.Ordinal))
        {
            using var source = assembly.GetManifestResourceStream(name)!;
            var bytes = new byte[source.Length];
            source.ReadExactly(bytes);
            yield return (name[prefix.Length..], bytes);
        }
    }
}
