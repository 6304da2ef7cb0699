using System.Globalization;
using System.Text.Json.Nodes;
using Loopai.Core.Data;
using Loopai.Core.Webhooks;

namespace Loopai.Core.Plugins.Runtime;

/// <summary>Lets a subscription's plugin say what is sent. What it cannot say is an error of the attempt, so that the delivery is tried again.</summary>
public sealed class WebhookHandler(PluginCatalog catalog, PluginRunner runner)
{
    /// <summary>What is to be sent.</summary>
    /// <exception cref="PluginBrokenException">The plugin did not say.</exception>
    public async Task<(HandlerAnswer Answer, LivePlugin Plugin)> HandleAsync(Guid handler, WebhookEvent told, CancellationToken ct)
    {
        var plugins = await catalog.OfAsync(told.OrganizationId, ct);
        var plugin = await runner.FindAsync(plugins, handler) ?? throw new PluginBrokenException("The plugin that handles this webhook is switched off, in quarantine, or not installed any more.");
        var arguments = new JsonObject
        {
            ["event"] = new JsonObject
            {
                ["id"] = told.MessageId,
                ["type"] = told.Type,
                ["at"] = told.At.UtcDateTime.ToString("yyyy-MM-ddTHH:mm:ss.fffZ", CultureInfo.InvariantCulture),
                ["organization"] = told.OrganizationId,
                ["data"] = JsonNode.Parse(told.Data),
            },
        };
        var answer = await runner.CallAsync(plugin, "handle", arguments, ct) ?? throw new PluginBrokenException($"{plugin.Key} failed again and again, and is left alone for a while.");
        var (said, error) = HookAnswers.Handle(answer);
        await runner.NoteAsync(plugin, answer.Status == PluginCallStatus.Unavailable ? null : error, ct);
        return said is not null ? (said, plugin) : throw new PluginBrokenException($"{plugin.Key} did not say what to send: {error}");
    }
}
