namespace Loopai.Core.Notifications;

/// <summary>Sends mail through the operator's server.</summary>
public interface IMailSender
{
    /// <summary>Whether a server is configured. Without one, pages show the link that a mail would have carried.</summary>
    bool IsConfigured { get; }

    /// <summary>Hands the mail to the server.</summary>
    /// <exception cref="Errors.UnavailableException">No server is configured, or it did not take the mail.</exception>
    Task SendAsync(MailDraft mail, CancellationToken ct);
}

/// <param name="To">One address.</param>
/// <param name="Subject">One line.</param>
/// <param name="Text">The plain text, which is always there.</param>
/// <param name="Html">The same as HTML.</param>
public sealed record MailDraft(string To, string Subject, string Text, string? Html = null);
