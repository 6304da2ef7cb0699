using Loopai.Core.Plugins.Packages;
using Loopai.Core.Plugins.Runtime;

namespace Loopai.Core.Plugins.Publishing.Scanning;

/// <summary>Asks nobody, answers as if it had, and keeps what was asked.</summary>
internal sealed class CanaryNetwork(PluginCapabilities capabilities) : IPluginNetwork
{
    private readonly List<PluginRequest> _asked = [];

    public IReadOnlyList<PluginRequest> Asked
    {
        get
        {
            lock (_asked)
            {
                return [.. _asked];
            }
        }
    }

    public Task<PluginResponse> SendAsync(PluginRequest request, CancellationToken ct)
    {
        lock (_asked)
        {
            _asked.Add(request);
        }

        return Uri.TryCreate(request.Url, UriKind.Absolute, out var url) && capabilities.AllowsHost(url.Host)
            ? Task.FromResult(new PluginResponse(200, new Dictionary<string, string>(StringComparer.Ordinal) { ["content-type"] = "application/json" }, "{}"))
            : throw new PluginNetworkException($"The plugin does not declare the host of {request.Url} in capabilities.network.");
    }
}
