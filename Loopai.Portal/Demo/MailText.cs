using System.Net;
using System.Text;
using System.Text.RegularExpressions;

namespace Loopai.Portal.Demo;

/// <summary>What a person sees of a raw RFC 822 message: subject, sender, and the text of its parts, decoded and without markup.</summary>
public sealed partial record MailText(string Subject, string From, string Body)
{
    private const int DeepestPart = 8;

    /// <summary>Reads a message; what is malformed is taken as it stands.</summary>
    public static MailText Parse(string raw)
    {
        var (headers, body) = Split(raw.Replace("\r\n", "\n", StringComparison.Ordinal));
        var text = new StringBuilder();
        AppendPart(headers, body, text, 0);
        return new MailText(
            DecodeWords(headers.GetValueOrDefault("subject", "")),
            DecodeWords(headers.GetValueOrDefault("from", "")),
            text.ToString().Trim());
    }

    private static (Dictionary<string, string> Headers, string Body) Split(string raw)
    {
        var headers = new Dictionary<string, string>(StringComparer.OrdinalIgnoreCase);
        var end = raw.StartsWith('\n') ? 0 : raw.IndexOf("\n\n", StringComparison.Ordinal);
        var head = end < 0 ? raw : raw[..end];
        foreach (var line in FoldedLine().Replace(head, " ").Split('\n'))
        {
            var colon = line.IndexOf(':', StringComparison.Ordinal);
            if (colon > 0)
            {
                headers.TryAdd(line[..colon].Trim(), line[(colon + 1)..].Trim());
            }
        }

        return (headers, end < 0 ? "" : raw[end..].TrimStart('\n'));
    }

    private static void AppendPart(Dictionary<string, string> headers, string body, StringBuilder text, int depth)
    {
        var type = headers.GetValueOrDefault("content-type", "text/plain");
        var boundary = Boundary().Match(type);
        if (type.StartsWith("multipart/", StringComparison.OrdinalIgnoreCase) && boundary.Success && depth < DeepestPart)
        {
            AppendParts(type, Value(boundary), body, text, depth);
            return;
        }

        if (type.StartsWith("message/", StringComparison.OrdinalIgnoreCase) && depth < DeepestPart)
        {
            var (innerHeaders, innerBody) = Split(body.TrimStart('\n'));
            AppendPart(innerHeaders, innerBody, text, depth + 1);
            return;
        }

        if (!type.StartsWith("text", StringComparison.OrdinalIgnoreCase))
        {
            return;
        }

        var decoded = Decode(body, headers.GetValueOrDefault("content-transfer-encoding", ""), Value(Charset().Match(type)));
        var isHtml = type.StartsWith("text/html", StringComparison.OrdinalIgnoreCase);
        text.Append(isHtml ? WithoutMarkup(decoded) : decoded).Append('\n');
    }

    private static void AppendParts(string type, string boundary, string body, StringBuilder text, int depth)
    {
        // Of alternatives the plain one says the same without markup.
        var alternatives = type.StartsWith("multipart/alternative", StringComparison.OrdinalIgnoreCase);
        foreach (var part in body.Split("--" + boundary).Skip(1))
        {
            if (part.StartsWith("--", StringComparison.Ordinal))
            {
                break;
            }

            // A part without headers starts with an empty line.
            var (headers, content) = Split(part.StartsWith('\n') ? part[1..] : part);
            var before = text.Length;
            AppendPart(headers, content, text, depth + 1);
            if (alternatives && text.ToString(before, text.Length - before).Trim().Length > 0)
            {
                return;
            }
        }
    }

    private static string Decode(string body, string encoding, string charset)
    {
        try
        {
            return encoding.Trim().ToUpperInvariant() switch
            {
                "BASE64" => Encode(charset).GetString(Convert.FromBase64String(NotBase64().Replace(body, ""))),
                "QUOTED-PRINTABLE" => Encode(charset).GetString(QuotedPrintable(body)),
                _ => body,
            };
        }
        catch (FormatException)
        {
            return body;
        }
    }

    private static byte[] QuotedPrintable(string body)
    {
        var bytes = new List<byte>(body.Length);
        var text = SoftBreak().Replace(body, "");
        for (var i = 0; i < text.Length; i++)
        {
            if (text[i] == '=' && i + 2 < text.Length && Uri.IsHexDigit(text[i + 1]) && Uri.IsHexDigit(text[i + 2]))
            {
                bytes.Add((byte)((Uri.FromHex(text[i + 1]) << 4) | Uri.FromHex(text[i + 2])));
                i += 2;
            }
            else
            {
                bytes.AddRange(Encoding.Latin1.GetBytes([text[i]]));
            }
        }

        return [.. bytes];
    }

    private static Encoding Encode(string charset) =>
        charset.StartsWith("utf-8", StringComparison.OrdinalIgnoreCase) ? Encoding.UTF8 : Encoding.Latin1;

    private static string DecodeWords(string header) => EncodedWord().Replace(BetweenEncodedWords().Replace(header, "?==?"), word =>
    {
        var isBase64 = word.Groups["encoding"].Value is "B" or "b";
        var content = word.Groups["text"].Value;
        return Decode(isBase64 ? content : content.Replace('_', ' '), isBase64 ? "base64" : "quoted-printable", word.Groups["charset"].Value);
    });

    private static string WithoutMarkup(string html)
    {
        var text = Hidden().Replace(html, " ");
        text = Link().Replace(text, " $1 ");
        return WebUtility.HtmlDecode(Blanks().Replace(Tag().Replace(text, " "), " "));
    }

    private static string Value(Match match) => match.Success ? match.Groups["value"].Value : "";

    [GeneratedRegex(@"\n[ \t]+", RegexOptions.NonBacktracking)]
    private static partial Regex FoldedLine();

    [GeneratedRegex("boundary\\s*=\\s*\"?(?<value>[^\";\\s]+)", RegexOptions.IgnoreCase | RegexOptions.ExplicitCapture, 1000)]
    private static partial Regex Boundary();

    [GeneratedRegex("charset\\s*=\\s*\"?(?<value>[^\";\\s]+)", RegexOptions.IgnoreCase | RegexOptions.ExplicitCapture, 1000)]
    private static partial Regex Charset();

    [GeneratedRegex("[^A-Za-z0-9+/=]", RegexOptions.NonBacktracking)]
    private static partial Regex NotBase64();

    [GeneratedRegex(@"=[ \t]*\n", RegexOptions.NonBacktracking)]
    private static partial Regex SoftBreak();

    [GeneratedRegex(@"=\?(?<charset>[^?\s]+)\?(?<encoding>[BbQq])\?(?<text>[^?]*)\?=", RegexOptions.ExplicitCapture, 1000)]
    private static partial Regex EncodedWord();

    [GeneratedRegex(@"\?=\s+=\?", RegexOptions.NonBacktracking)]
    private static partial Regex BetweenEncodedWords();

    [GeneratedRegex("(?is)<!--.*?-->|<script\\b.*?</script>|<style\\b.*?</style>", RegexOptions.NonBacktracking)]
    private static partial Regex Hidden();

    /// <summary>Where a link leads is part of what a mail says.</summary>
    [GeneratedRegex("(?is)<a\\s[^>]*?href\\s*=\\s*[\"']?([^\"'\\s>]+)[^>]*>", RegexOptions.None, 1000)]
    private static partial Regex Link();

    [GeneratedRegex("<[^>]*>", RegexOptions.NonBacktracking)]
    private static partial Regex Tag();

    [GeneratedRegex(@"[ \t]+", RegexOptions.NonBacktracking)]
    private static partial Regex Blanks();
}
