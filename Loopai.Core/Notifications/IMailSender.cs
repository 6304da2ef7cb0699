namespace Loopai.Core.Notifications;

/// <summary>Sends mail through the operator's server.</summary>
public interface IMailSender
{
    const string UncertainCode = "mail.uncertain";

    /// <summary>Whether a server is configured. Without one, pages show the link that a mail would have carried.</summary>
    bool IsConfigured { get; }

    /// <summary>Hands the mail to the server.</summary>
    /// <exception cref="Errors.UnavailableException">
    /// No server is configured, or it did not take the mail. With <see cref="UncertainCode"/> nobody can tell whether it did: the connection ended while it was handed over.
    /// </exception>
    Task SendAsync(MailDraft mail, CancellationToken ct);
}

/// <param name="To">One address.</param>
/// <param name="Subject">One line.</param>
/// <param name="Text">The plain text, which is always there.</param>
/// <param name="Html">The same as HTML.</param>
public sealed record MailDraft(string To, string Subject, string Text, string? Html = null)
{
    /// <summary>Files that go along.</summary>
    public IReadOnlyList<MailFile> Attachments { get; init; } = [];

    /// <summary>Pictures that the HTML shows as <c>cid:</c> and their name.</summary>
    public IReadOnlyList<MailFile> Pictures { get; init; } = [];

    /// <summary>Headers besides the usual ones.</summary>
    public IReadOnlyDictionary<string, string> Headers { get; init; } = new Dictionary<string, string>(StringComparer.Ordinal);
}

/// <param name="Name">What it is called.</param>
/// <param name="ContentType">What it is.</param>
/// <param name="Content">Its bytes.</param>
public sealed record MailFile(string Name, string ContentType, byte[] Content);
