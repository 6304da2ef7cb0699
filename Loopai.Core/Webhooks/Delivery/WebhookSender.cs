using System.Diagnostics;
using System.Globalization;
using System.Net;
using System.Net.Http.Headers;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using Loopai.Core.Data;
using Loopai.Core.Outbound;
using Loopai.Core.Plugins.Runtime;

namespace Loopai.Core.Webhooks.Delivery;

/// <summary>Makes one attempt: signs, sends, and reads the beginning of the answer.</summary>
public sealed class WebhookSender(OutboundHttp outbound, WebhookSecrets secrets, WebhookHandler handlers, TimeProvider time)
{
    public static readonly TimeSpan Timeout = TimeSpan.FromSeconds(10);

    private const string UserAgent = "Loopai-Webhooks/1.0";

    /// <summary>Never throws but for the end of the portal: whatever goes wrong is the attempt's error.</summary>
    public async Task<WebhookOutcome> SendAsync(WebhookSubscription subscription, WebhookDelivery delivery, WebhookEvent told, CancellationToken ct)
    {
        var started = Stopwatch.GetTimestamp();
        var (at, timings, seen) = (time.GetUtcNow(), new OutboundTimings(), new Seen());
        try
        {
            using var limit = CancellationTokenSource.CreateLinkedTokenSource(ct);
            limit.CancelAfter(Timeout);
            await SendAllAsync(subscription, told, at, timings, seen, started, limit.Token);
        }
        catch (OperationCanceledException) when (!ct.IsCancellationRequested)
        {
            seen.Error = $"No whole answer within {Timeout.TotalSeconds:0} seconds.";
        }
        catch (HttpRequestException e)
        {
            seen.Error = e.InnerException is { } inner && inner.Message != e.Message ? $"{e.Message} {inner.Message}" : e.Message;
        }
        catch (Exception e) when (e is IOException or CryptographicException or FormatException or InvalidOperationException or PluginBrokenException or PluginNetworkException)
        {
            seen.Error = e is CryptographicException ? "The webhook's secret or headers cannot be read any more. Rotate the secret, and give the headers again." : e.Message;
        }

        return new WebhookOutcome(
            new WebhookAttempt
            {
                Id = Guid.CreateVersion7(), OrganizationId = delivery.OrganizationId, DeliveryId = delivery.Id, At = at, Url = subscription.Url, RequestHeaders = seen.Secrets.In(seen.RequestHeaders),
                Status = (int?)seen.Status, ResponseHeaders = seen.Secrets.In(seen.ResponseHeaders), ResponseBody = seen.Secrets.In(seen.Body), DnsMs = timings.Dns?.TotalMilliseconds,
                ConnectMs = timings.Connect?.TotalMilliseconds, FirstByteMs = seen.FirstByte?.TotalMilliseconds, TotalMs = Stopwatch.GetElapsedTime(started).TotalMilliseconds,
                Error = StorableText.Of(seen.Secrets.In(seen.Error), WebhookDelivery.MaxErrorLength),
            },
            seen.RetryAfter);
    }

    /// <summary>The event as it is; or, where a plugin handles the subscription, what that says: another body, requests of its own, or nothing.</summary>
    private async Task SendAllAsync(
        WebhookSubscription subscription, WebhookEvent told, DateTimeOffset at, OutboundTimings timings, Seen seen, long started, CancellationToken ct)
    {
        if (subscription.HandlerId is not { } handler)
        {
            await SendOneAsync(subscription, Make(subscription, told, at, WebhookBody.Of(told)), timings, seen, started, ct);
            return;
        }

        var (answer, plugin) = await handlers.HandleAsync(handler, told, ct);
        seen.Secrets = plugin.Secrets;
        if (answer.Payload is { } payload)
        {
            await SendOneAsync(subscription, Make(subscription, told, at, Encoding.UTF8.GetBytes(payload.ToJsonString())), timings, seen, started, ct);
            return;
        }

        if (answer.IsDropped)
        {
            seen.Body = $"{plugin.Key} dropped this event: nothing was sent.";
        }

        // The first that is not taken ends the attempt; the next one sends all of them again.
        var network = new PluginNetwork(outbound, plugin.Capabilities.AllowsHost);
        foreach (var request in answer.Requests ?? [])
        {
            var message = network.Make(request);
            Sign(message, subscription, told, at, Encoding.UTF8.GetBytes(request.Body ?? ""));
            await SendOneAsync(subscription, message, timings, seen, started, ct, byPlugin: true);
            if (seen.Error is not null)
            {
                return;
            }
        }
    }

    private async Task SendOneAsync(
        WebhookSubscription subscription, HttpRequestMessage message, OutboundTimings timings, Seen seen, long started, CancellationToken ct, bool byPlugin = false)
    {
        using var request = message;
        request.Options.Set(OutboundTimings.Key, timings);
        seen.RequestHeaders = Told(request, name => byPlugin ? !IsOurs(name) : subscription.HeaderNames.Contains(name, StringComparer.OrdinalIgnoreCase));
        using var answer = await outbound.Client.SendAsync(request, HttpCompletionOption.ResponseHeadersRead, ct);
        seen.FirstByte = Stopwatch.GetElapsedTime(started);
        (seen.Status, seen.RetryAfter) = (answer.StatusCode, RetryAfterOf(answer, time.GetUtcNow()));
        seen.ResponseHeaders = JsonSerializer.Serialize(answer.Headers.Concat(answer.Content.Headers).ToDictionary(h => h.Key, h => string.Join(", ", h.Value)));
        seen.Error = answer.IsSuccessStatusCode ? null : $"The receiver answered {(int)answer.StatusCode} {answer.ReasonPhrase}".TrimEnd() + ".";
        seen.Body = await ReadAsync(answer.Content, seen.Secrets, ct);
    }

    private HttpRequestMessage Make(WebhookSubscription subscription, WebhookEvent told, DateTimeOffset at, ReadOnlyMemory<byte> body)
    {
        // The operator may have closed private networks since the address was given.
        var address = outbound.Accept(subscription.Url) ?? throw new InvalidOperationException("This address may not be asked: it has to be https, and public.");
        var request = new HttpRequestMessage(HttpMethod.Post, address)
        {
            Content = new ReadOnlyMemoryContent(body) { Headers = { ContentType = new MediaTypeHeaderValue("application/json") } },
        };
        foreach (var (name, value) in secrets.HeadersOf(subscription))
        {
            request.Headers.TryAddWithoutValidation(name, value);
        }

        Sign(request, subscription, told, at, body);
        return request;
    }

    private void Sign(HttpRequestMessage request, WebhookSubscription subscription, WebhookEvent told, DateTimeOffset at, ReadOnlyMemory<byte> body)
    {
        var timestamp = at.ToUnixTimeSeconds();
        request.Headers.UserAgent.Clear();
        request.Headers.UserAgent.ParseAdd(UserAgent);
        request.Headers.Add(StandardWebhook.IdHeader, told.MessageId);
        request.Headers.Add(StandardWebhook.TimestampHeader, timestamp.ToString(CultureInfo.InvariantCulture));
        request.Headers.TryAddWithoutValidation(
            StandardWebhook.SignatureHeader, string.Join(' ', secrets.SigningWith(subscription, at).Select(secret => StandardWebhook.Sign(secret, told.MessageId, timestamp, body.Span))));
    }

    /// <summary>What a plugin puts into other headers may be one of its secrets.</summary>
    private static bool IsOurs(string header) => header.StartsWith("webhook-", StringComparison.OrdinalIgnoreCase)
        || header.Equals("User-Agent", StringComparison.OrdinalIgnoreCase) || header.StartsWith("Content-", StringComparison.OrdinalIgnoreCase);

    /// <summary>As they were sent, but for what only the receiver is to know.</summary>
    private static string Told(HttpRequestMessage request, Func<string, bool> isSecret) => JsonSerializer.Serialize(
        request.Headers.Concat(request.Content?.Headers.AsEnumerable() ?? []).ToDictionary(
            h => h.Key, h => isSecret(h.Key) ? WebhookRules.Masked : string.Join(' ', h.Value)),
        WebhookJson.Plain);

    /// <summary>The beginning of the answer, masked before it is cut. What is longer is not waited for.</summary>
    private static async Task<string?> ReadAsync(HttpContent content, SecretMask secrets, CancellationToken ct)
    {
        await using var stream = await content.ReadAsStreamAsync(ct);
        var bytes = new byte[WebhookAttempt.MaxResponseBytes + secrets.Overlap];
        var read = await stream.ReadAtLeastAsync(bytes, bytes.Length, throwOnEndOfStream: false, ct);
        return read == 0 ? null : secrets.Beginning(Encoding.UTF8.GetString(bytes, 0, read), read < bytes.Length, WebhookAttempt.MaxResponseBytes);
    }

    private static TimeSpan? RetryAfterOf(HttpResponseMessage answer, DateTimeOffset now) => answer.Headers.RetryAfter switch
    {
        { Delta: { } wait } => wait,
        { Date: { } date } when date > now => date - now,
        _ => null,
    };

    /// <summary>What is known of an attempt so far, whatever ends it.</summary>
    private sealed class Seen
    {
        /// <summary>What nobody is to read in the log: a receiver may repeat the address it was asked at, and its key with it.</summary>
        public SecretMask Secrets { get; set; } = SecretMask.None;

        public string RequestHeaders { get; set; } = "{}";

        public HttpStatusCode? Status { get; set; }

        public string? ResponseHeaders { get; set; }

        public string? Body { get; set; }

        public TimeSpan? FirstByte { get; set; }

        public TimeSpan? RetryAfter { get; set; }

        public string? Error { get; set; }
    }
}
