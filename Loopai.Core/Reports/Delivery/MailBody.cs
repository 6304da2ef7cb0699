using System.Text.Json;

namespace Loopai.Core.Reports.Delivery;

/// <summary>A report as a mail, without what differs from one recipient to another. Where <see cref="LinksHere"/> stands, their links go.</summary>
/// <param name="Subject">One line.</param>
/// <param name="Text">For who reads plain text.</param>
/// <param name="Html">For everybody else.</param>
/// <param name="Pictures">What the HTML shows as <c>cid:</c>.</param>
public sealed record MailBody(string Subject, string Text, string Html, IReadOnlyList<MailPicture> Pictures)
{
    public const string ContentType = "application/vnd.loopai.mail+json";

    /// <summary>No report can hold it: it is not text that Markdown or a figure leads to.</summary>
    public const string LinksHere = "\u0001links\u0001";

    public byte[] ToBytes() => JsonSerializer.SerializeToUtf8Bytes(this, JsonSerializerOptions.Web);

    public static MailBody Read(byte[] bytes) => JsonSerializer.Deserialize<MailBody>(bytes, JsonSerializerOptions.Web)!;
}

/// <param name="Name">As the HTML names it.</param>
/// <param name="ContentType">What it is.</param>
/// <param name="Content">The picture.</param>
public sealed record MailPicture(string Name, string ContentType, byte[] Content);
