using Loopai.Core.Configuration;
using Loopai.Core.Data;
using Loopai.Core.Notifications;
using Loopai.Core.Outbound;
using Loopai.Core.Plugins.Installations;
using Loopai.Core.Plugins.Packages.Signing;
using Loopai.Core.Plugins.Runtime;
using Loopai.Infrastructure.Sandbox.Plugins;
using Microsoft.AspNetCore.DataProtection;
using Microsoft.Extensions.Logging.Abstractions;

namespace Loopai.Portal.Tests.Plugins.Runtime;

/// <summary>What runs plugins, over a database of a test.</summary>
internal static class GivenPlugins
{
    /// <summary>Handles webhooks where no plugin can run.</summary>
    public static WebhookHandler Handler(LoopaiData data, OutboundHttp outbound)
    {
        var protection = new EphemeralDataProtectionProvider();
        var clock = TimeProvider.System;
        var catalog = new PluginCatalog(data, new PluginLoader(data, new PluginSigner(data, protection, clock), new PluginSecrets(protection)));
        var quarantine = new PluginQuarantine(data, new MailQueue(new NoMail(), NullLogger<MailQueue>.Instance), new PortalSettings(), clock);
        var health = new PluginHealthBook(data, clock, NullLogger<PluginHealthBook>.Instance);
        return new WebhookHandler(catalog, new PluginRunner(new DisabledPluginSandbox(), outbound, health, quarantine, clock, NullLogger<PluginRunner>.Instance));
    }

    private sealed class NoMail : IMailSender
    {
        public bool IsConfigured => false;

        public Task SendAsync(MailDraft mail, CancellationToken ct) => Task.CompletedTask;
    }
}
