using System.Formats.Tar;
using System.IO.Compression;
using System.Text.Json;

namespace Loopai.Portal.Tests.Demo;

/// <summary>A small corpus in the shape of the npm package.</summary>
internal static class MailArchive
{
    private static readonly string[] Bait = ["Win a free prize now", "Cheap pills without a doctor", "Earn money from home", "Act now, limited offer"];
    private static readonly string[] Plain = ["Minutes of the meeting", "Patch for the parser", "Lunch on Thursday", "Question about the build"];

    /// <summary>Writes the archive into the folder; every third mail is spam, all are different.</summary>
    public static void Write(string folder, int mails)
    {
        Directory.CreateDirectory(folder);
        Write(Path.Combine(folder, "mails.tgz"), Enumerable.Range(0, mails).Select(i => i % 3 == 0
            ? ($"spam-1/{i:00000}.json", Raw($"{Bait[i / 3 % 4]} {i}", $"promo{i}@offers.example", "Click here for your free money, the prize is waiting."))
            : ($"easy-ham-1/{i:00000}.json", Raw($"{Plain[i % 4]} {i}", $"colleague{i % 7}@work.example", "As we said on the phone, here are my notes about the code."))));
    }

    public static void Write(string path, IEnumerable<(string Name, string Raw)> mails)
    {
        using var file = File.Create(path);
        using var zip = new GZipStream(file, CompressionLevel.Fastest);
        using var tar = new TarWriter(zip);
        Add(tar, "package/package.json", "{}");
        Add(tar, "package/data/file_list.json", "[]");
        foreach (var (name, raw) in mails)
        {
            Add(tar, $"package/data/{name}", JsonSerializer.Serialize(new { id = name, text = raw }));
        }
    }

    public static string Raw(string subject, string from, string body) => $"Received: from somewhere\nFrom: {from}\nSubject: {subject}\n\n{body}\n";

    private static void Add(TarWriter tar, string name, string content) =>
        tar.WriteEntry(new PaxTarEntry(TarEntryType.RegularFile, name) { DataStream = new MemoryStream(System.Text.Encoding.UTF8.GetBytes(content)) });
}
