namespace Loopai.Core.Plugins.Runtime;

/// <summary>What stands behind <c>loopai.fetch</c>: the guarded client, the canned answers of tests, or the scan's canary.</summary>
public interface IPluginNetwork
{
    /// <exception cref="PluginNetworkException">The request is refused or failed; the plugin gets the message as an error that it can catch.</exception>
    Task<PluginResponse> SendAsync(PluginRequest request, CancellationToken ct);
}

/// <summary>A request that a plugin makes.</summary>
public sealed record PluginRequest(string Method, string Url, IReadOnlyDictionary<string, string> Headers, string? Body);

/// <summary>What came back.</summary>
public sealed record PluginResponse(int Status, IReadOnlyDictionary<string, string> Headers, string Body);

/// <summary>A plugin's request was refused, or failed; the message is for the plugin.</summary>
public sealed class PluginNetworkException(string message) : Exception(message);
