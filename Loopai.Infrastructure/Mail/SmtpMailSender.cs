using System.Net;
using System.Net.Mail;
using System.Net.Mime;
using System.Text;
using Loopai.Core.Configuration;
using Loopai.Core.Errors;
using Loopai.Core.Notifications;

namespace Loopai.Infrastructure.Mail;

/// <summary>Mail by SMTP.</summary>
public sealed class SmtpMailSender(MailSettings settings) : IMailSender
{
    public bool IsConfigured => settings.Host.Length > 0;

    public async Task SendAsync(MailDraft mail, CancellationToken ct)
    {
        if (!IsConfigured)
        {
            throw new UnavailableException("mail.not_configured", "No mail server is configured. Set Mail:Host.");
        }

        try
        {
            using var message = MessageOf(mail);
            using var client = new SmtpClient(settings.Host, settings.Port)
            {
                EnableSsl = settings.Security == MailSecurity.StartTls,
                Credentials = settings.UserName.Length == 0 ? null : new NetworkCredential(settings.UserName, settings.Password),
            };
            await client.SendMailAsync(message, ct);
        }
        catch (SmtpException e) when (e.InnerException is IOException)
        {
            throw new UnavailableException(IMailSender.UncertainCode, $"The connection to the mail server ended while it took the mail: {e.InnerException.Message}");
        }
        catch (Exception e) when (e is SmtpException or FormatException)
        {
            throw new UnavailableException("mail.failed", $"The mail server did not take the mail: {e.Message}", TimeSpan.FromMinutes(1));
        }
    }

    /// <exception cref="FormatException">The address is none.</exception>
    private MailMessage MessageOf(MailDraft mail)
    {
        var message = new MailMessage(settings.From, mail.To)
        {
            // SMTP knows no bare line feed.
            Subject = mail.Subject.ReplaceLineEndings(" "), SubjectEncoding = Encoding.UTF8, Body = mail.Text.ReplaceLineEndings("\r\n"), BodyEncoding = Encoding.UTF8,
        };
        if (mail.Html is not null)
        {
            var html = AlternateView.CreateAlternateViewFromString(mail.Html, Encoding.UTF8, MediaTypeNames.Text.Html);
            foreach (var picture in mail.Pictures)
            {
                html.LinkedResources.Add(new LinkedResource(new MemoryStream(picture.Content), picture.ContentType) { ContentId = picture.Name });
            }

            message.AlternateViews.Add(html);
        }

        foreach (var file in mail.Attachments)
        {
            message.Attachments.Add(new Attachment(new MemoryStream(file.Content), file.Name, file.ContentType));
        }

        foreach (var (name, value) in mail.Headers)
        {
            message.Headers.Add(name, value);
        }

        return message;
    }
}
