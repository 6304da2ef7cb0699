using System.ComponentModel.DataAnnotations;

namespace Loopai.Core.Configuration;

/// <summary>How the connection to the mail server is protected.</summary>
public enum MailSecurity
{
    /// <summary>TLS after STARTTLS; a server that does not offer it is refused.</summary>
    StartTls,

    /// <summary>Plain text: only for a server on the same machine.</summary>
    None,
}

/// <summary>The server that sends the portal's mail.</summary>
public sealed class MailSettings : IValidatableObject
{
    /// <summary>The SMTP server; empty means that no mail is sent.</summary>
    public string Host { get; init; } = "";

    [Range(1, 65535)]
    public int Port { get; init; } = 587;

    /// <summary>How the connection is protected.</summary>
    public MailSecurity Security { get; init; } = MailSecurity.StartTls;

    /// <summary>The account at the server; empty for none.</summary>
    public string UserName { get; init; } = "";

    /// <summary>Its password.</summary>
    public string Password { get; init; } = "";

    /// <summary>The sender of every mail.</summary>
    public string From { get; init; } = "Loopai <loopai@localhost>";

    /// <inheritdoc />
    public IEnumerable<ValidationResult> Validate(ValidationContext validationContext)
    {
        if (!System.Net.Mail.MailAddress.TryCreate(From, out _))
        {
            yield return new("give an address, such as Loopai <loopai@example.com>", [nameof(From)]);
        }
    }
}
