using Loopai.Core.Plugins.Runtime;

namespace Loopai.Core.Plugins.Publishing.Testing;

/// <summary>Answers what a test case says, and nothing else.</summary>
internal sealed class CannedNetwork(IReadOnlyList<CannedResponse> responses, Func<string, bool> declares) : IPluginNetwork
{
    public Task<PluginResponse> SendAsync(PluginRequest request, CancellationToken ct)
    {
        if (!Uri.TryCreate(request.Url, UriKind.Absolute, out var url) || !declares(url.Host))
        {
            throw new PluginNetworkException($"The plugin does not declare the host of {request.Url} in capabilities.network.");
        }

        return responses.FirstOrDefault(r => string.Equals(r.Url, request.Url, StringComparison.Ordinal)) is { } canned
            ? Task.FromResult(new PluginResponse(canned.Status, new Dictionary<string, string>(StringComparer.Ordinal), canned.Body))
            : throw new PluginNetworkException($"The case has no response for {request.Url}.");
    }
}
