using System.Text.Json.Nodes;
using Loopai.Core.Plugins.Packages;

namespace Loopai.Core.Plugins.Runtime;

/// <summary>An installed plugin, ready to be called.</summary>
/// <param name="InstallationId">The installation.</param>
/// <param name="OrganizationId">Whose it is.</param>
/// <param name="Key">Its key.</param>
/// <param name="Version">The version that is called.</param>
/// <param name="Code">What runs.</param>
/// <param name="Capabilities">What it declared, and nothing more it gets.</param>
/// <param name="Configuration">What it is configured with, secrets included; cloned for every call.</param>
public sealed record LivePlugin(
    Guid InstallationId, Guid OrganizationId, string Key, string Version, PluginCode Code, PluginCapabilities Capabilities, JsonObject Configuration)
{
    /// <summary>Takes its secrets out of what it says.</summary>
    public SecretMask Secrets { get; } = SecretMask.Of(Capabilities, Configuration);
}
