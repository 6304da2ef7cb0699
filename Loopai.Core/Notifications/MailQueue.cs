using System.Threading.Channels;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;

namespace Loopai.Core.Notifications;

/// <summary>Sends mail behind the back of the request that caused it, so that how long it takes tells nobody whether there was one.</summary>
public sealed class MailQueue(IMailSender sender, ILogger<MailQueue> log) : BackgroundService
{
    private readonly Channel<MailDraft> _mails = Channel.CreateBounded<MailDraft>(new BoundedChannelOptions(1000) { FullMode = BoundedChannelFullMode.DropWrite });

    /// <summary>Takes the mail to be sent soon. What waits when the portal stops is not sent.</summary>
    public void Enqueue(MailDraft mail) => _mails.Writer.TryWrite(mail);

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        await foreach (var mail in _mails.Reader.ReadAllAsync(stoppingToken))
        {
            try
            {
                await sender.SendAsync(mail, stoppingToken);
            }
            catch (Exception e) when (!stoppingToken.IsCancellationRequested)
            {
                log.LogWarning(e, "The mail '{Subject}' was not sent", mail.Subject);
            }
        }
    }
}
