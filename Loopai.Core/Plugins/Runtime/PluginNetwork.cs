using System.Text;
using Loopai.Core.Outbound;

namespace Loopai.Core.Plugins.Runtime;

/// <summary>Lets a plugin ask the hosts that it declared, and nobody else, through the guarded client.</summary>
/// <param name="outbound">Refuses private addresses after the name is resolved.</param>
/// <param name="declares">Whether the plugin declared this host.</param>
public sealed class PluginNetwork(OutboundHttp outbound, Func<string, bool> declares) : IPluginNetwork
{
    private static readonly string[] Methods = ["GET", "HEAD", "POST", "PUT", "PATCH", "DELETE"];

    /// <summary>What the client sets itself, or what would make one request into two.</summary>
    private static readonly HashSet<string> NotTheirs = new(StringComparer.OrdinalIgnoreCase)
    {
        "Host", "Connection", "Content-Length", "Transfer-Encoding", "Upgrade", "Expect", "Trailer", "TE", "Keep-Alive", "Proxy-Authorization", "Proxy-Connection",
    };

    /// <inheritdoc />
    public async Task<PluginResponse> SendAsync(PluginRequest request, CancellationToken ct)
    {
        using var message = Make(request);
        try
        {
            using var answer = await outbound.Client.SendAsync(message, HttpCompletionOption.ResponseHeadersRead, ct);
            return new PluginResponse(
                (int)answer.StatusCode,
                answer.Headers.Concat(answer.Content.Headers).ToDictionary(h => h.Key.ToLowerInvariant(), h => string.Join(", ", h.Value), StringComparer.Ordinal),
                await ReadAsync(answer.Content, ct));
        }
        catch (HttpRequestException failure)
        {
            throw new PluginNetworkException($"{message.RequestUri!.Host} could not be asked: {failure.InnerException?.Message ?? failure.Message}");
        }
        catch (OperationCanceledException) when (!ct.IsCancellationRequested)
        {
            throw new PluginNetworkException($"{message.RequestUri!.Host} did not answer in time.");
        }
        catch (IOException failure)
        {
            throw new PluginNetworkException($"{message.RequestUri!.Host} broke off its answer: {failure.Message}");
        }
    }

    /// <summary>The request as something that may be sent.</summary>
    /// <exception cref="PluginNetworkException">It may not.</exception>
    public HttpRequestMessage Make(PluginRequest request)
    {
        // The client writes values as they are: a line's end in one would begin another header, or another request.
        if (request.Headers.FirstOrDefault(h => Breaks(h.Key) || Breaks(h.Value)).Key is { } broken)
        {
            throw new PluginNetworkException($"The header '{broken.ReplaceLineEndings(" ")}' holds the end of a line, or NUL.");
        }

        var address = (Breaks(request.Url) ? null : outbound.Accept(request.Url))
            ?? throw new PluginNetworkException("Give an https address without user information.");
        if (!declares(address.Host))
        {
            throw new PluginNetworkException($"The plugin does not declare the host {address.Host} in capabilities.network.");
        }

        var method = Array.Find(Methods, m => string.Equals(m, request.Method, StringComparison.OrdinalIgnoreCase))
            ?? throw new PluginNetworkException($"A request's method is one of {string.Join(", ", Methods)}.");
        var message = new HttpRequestMessage(new HttpMethod(method), address);

        // A declared host must not hand the plugin on to one that nobody agreed to.
        message.Options.Set(OutboundHttp.MayFollow, target => declares(target.Host));
        if (request.Body is { } body)
        {
            message.Content = new ByteArrayContent(Encoding.UTF8.GetBytes(body));
        }

        foreach (var (name, value) in request.Headers.Where(h => !NotTheirs.Contains(h.Key)))
        {
            if (!message.Headers.TryAddWithoutValidation(name, value) && message.Content?.Headers.TryAddWithoutValidation(name, value) is not true)
            {
                throw new PluginNetworkException($"'{name}' is not a header that a request can have.");
            }
        }

        return message;
    }

    private static bool Breaks(string text) => text.AsSpan().ContainsAny('\r', '\n', '\0');

    private static async Task<string> ReadAsync(HttpContent content, CancellationToken ct)
    {
        await using var stream = await content.ReadAsStreamAsync(ct);
        var bytes = new byte[PluginCall.MaxRequestBytes + 1];
        var read = await stream.ReadAtLeastAsync(bytes, bytes.Length, throwOnEndOfStream: false, ct);
        return read <= PluginCall.MaxRequestBytes
            ? Encoding.UTF8.GetString(bytes, 0, read)
            : throw new PluginNetworkException($"The answer is longer than {PluginCall.MaxRequestBytes >> 10} KB.");
    }
}
