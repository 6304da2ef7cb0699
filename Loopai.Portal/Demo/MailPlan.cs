using System.Security.Cryptography;
using System.Text;
using System.Text.Encodings.Web;
using System.Text.Json;

namespace Loopai.Portal.Demo;

/// <summary>Which mail of the corpus plays which part. The same corpus gives the same plan, so that an interrupted demo goes on where it was.</summary>
/// <param name="Training">What programs learn from.</param>
/// <param name="Labelled">Traffic whose labels are kept apart, to judge answers by.</param>
/// <param name="Unlabelled">Traffic whose labels are not kept: a person has to judge it.</param>
internal sealed record MailPlan(IReadOnlyList<LabelledMail> Training, IReadOnlyList<LabelledMail> Labelled, IReadOnlyList<LabelledMail> Unlabelled)
{
    public const int MostTraining = 4_000;
    public const int MostUnlabelled = 48;

    /// <summary>Longer bodies are cut, as a mail gateway would; attachments in plain text are no part of the decision.</summary>
    public const int LongestBody = 16_000;

    private static readonly JsonSerializerOptions Readable = new(JsonSerializerDefaults.Web) { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping };

    public static MailPlan Of(IEnumerable<LabelledMail> corpus)
    {
        // The order of a hash is as good as chance and the same every time; equal mails are one.
        var mails = corpus.Select(Tidy).DistinctBy(m => (m.Subject, m.From, m.Body))
            .Select(m => (Mail: m, Order: Convert.ToHexString(SHA256.HashData(Encoding.UTF8.GetBytes($"{m.Subject}\n{m.From}\n{m.Body}")))))
            .OrderBy(m => m.Order, StringComparer.Ordinal).Select(m => m.Mail).ToList();
        var training = Math.Min(MostTraining, mails.Count * 2 / 3);
        var unlabelled = Math.Min(MostUnlabelled, (mails.Count - training) / 4);
        return new MailPlan(mails[..training], mails[training..^unlabelled], mails[^unlabelled..]);
    }

    public static JsonElement Input(LabelledMail mail) => JsonSerializer.SerializeToElement(new { mail.Subject, mail.From, mail.Body }, Readable);

    private static LabelledMail Tidy(LabelledMail mail) =>
        mail with { Subject = Clean(mail.Subject), From = Clean(mail.From), Body = Clean(mail.Body.Length > LongestBody ? mail.Body[..LongestBody] : mail.Body) };

    /// <summary>NUL and halves of surrogate pairs, which broken encodings leave behind, are no text that the API takes.</summary>
    private static string Clean(string text)
    {
        if (!text.Any(c => c == '\0' || char.IsSurrogate(c)))
        {
            return text;
        }

        var clean = new StringBuilder(text.Length);
        foreach (var rune in text.EnumerateRunes().Where(r => r.Value != 0))
        {
            clean.Append(rune.ToString());
        }

        return clean.ToString();
    }
}
