using Loopai.Core.Webhooks;
using Loopai.Core.Webhooks.Delivery;

namespace Loopai.Portal.Startup;

/// <summary>What webhooks are made of.</summary>
internal static class WebhooksStartup
{
    public static void AddWebhooks(this IServiceCollection services)
    {
        services.AddSingleton<WebhookSecrets>();
        services.AddSingleton<WebhookService>();
        services.AddSingleton<WebhookLog>();
        services.AddSingleton<WebhookInterest>();
        services.AddHostedService(provider => provider.GetRequiredService<WebhookInterest>());

        services.AddSingleton<WebhookSender>();
        services.AddSingleton<WebhookDispatch>();
        services.AddSingleton<WebhookNotices>();
        services.AddSingleton<WebhookCourier>();
        services.AddHostedService<WebhookDispatchWorker>();
        services.AddHostedService<WebhookWorker>();
        services.AddHostedService<WebhookRetention>();
    }
}
