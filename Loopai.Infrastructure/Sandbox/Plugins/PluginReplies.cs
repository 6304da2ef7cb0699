using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;
using Loopai.Core.Plugins.Runtime;

namespace Loopai.Infrastructure.Sandbox.Plugins;

/// <summary>Answers what one call asks of its host: so many requests, so large, for as long as the call may take.</summary>
internal sealed class PluginReplies(IPluginNetwork network, TimeSpan time) : IDisposable
{
    private readonly CancellationTokenSource _limit = new(time);
    private int _requests;

    public async Task<ReadOnlyMemory<byte>> ReplyAsync(ReadOnlyMemory<byte> asked)
    {
        try
        {
            return await SendAsync(asked);
        }
        catch (PluginNetworkException refused)
        {
            return Refuse(refused.Message);
        }
        catch (OperationCanceledException)
        {
            return Refuse("The call took too long.");
        }
        catch (Exception failure)
        {
            // Whatever else a server may make of an answer: the plugin waits for its reply.
            return Refuse("The request failed: " + failure.Message);
        }
    }

    public void Dispose() => _limit.Dispose();

    private async Task<ReadOnlyMemory<byte>> SendAsync(ReadOnlyMemory<byte> asked)
    {
        if (++_requests > PluginCall.MaxRequests)
        {
            return Refuse($"A call makes at most {PluginCall.MaxRequests} requests.");
        }

        if (asked.Length > PluginCall.MaxRequestBytes)
        {
            return Refuse($"A request has at most {PluginCall.MaxRequestBytes >> 10} KB.");
        }

        if (Read(asked) is not { } request)
        {
            return Refuse("A request is an object with url, and where wanted method, headers (texts) and body (a text).");
        }

        var response = await network.SendAsync(request, _limit.Token);
        return JsonSerializer.SerializeToUtf8Bytes(new
        {
            status = response.Status,
            headers = response.Headers,
            body = response.Body,
        });
    }

    /// <summary>Null when it is not a request.</summary>
    private static PluginRequest? Read(ReadOnlyMemory<byte> asked)
    {
        try
        {
            return JsonNode.Parse(asked.Span) is JsonObject { } o && o["url"] is JsonValue url
                ? new PluginRequest(
                    o["method"]?.GetValue<string>() ?? "GET", url.GetValue<string>(),
                    (o["headers"] as JsonObject)?.ToDictionary(h => h.Key, h => h.Value?.GetValue<string>() ?? "", StringComparer.OrdinalIgnoreCase) ?? [],
                    o["body"]?.GetValue<string>())
                : null;
        }
        catch (Exception broken) when (broken is JsonException or InvalidOperationException or FormatException or ArgumentException)
        {
            return null;
        }
    }

    private static ReadOnlyMemory<byte> Refuse(string reason) => Encoding.UTF8.GetBytes(new JsonObject { ["error"] = reason }.ToJsonString());
}
