using System.Buffers;
using System.Globalization;
using System.Net.Http.Headers;
using System.Text;
using Loopai.Core.Outbound;

namespace Loopai.Core.Audit.Streaming;

/// <summary>Hands a batch of events to the other end, in its own words.</summary>
public sealed class AuditStreamSender(OutboundHttp outbound, AuditStreamSecrets secrets, TimeProvider time)
{
    private const int ShownAnswer = 200;

    /// <summary>What went wrong, or null when the other end took them all.</summary>
    public async Task<string?> SendAsync(AuditStream stream, IReadOnlyList<AuditRecord> events, CancellationToken ct)
    {
        using var request = stream.Kind switch
        {
            AuditStreamKind.Webhook => Webhook(stream, events),
            AuditStreamKind.Splunk => Splunk(stream, events),
        };
        try
        {
            using var answer = await outbound.Client.SendAsync(request, ct);
            return answer.IsSuccessStatusCode ? null : $"{(int)answer.StatusCode} {answer.ReasonPhrase}: {Shorten(await answer.Content.ReadAsStringAsync(ct))}".TrimEnd(' ', ':');
        }
        catch (HttpRequestException e)
        {
            return e.Message;
        }
        catch (OperationCanceledException) when (!ct.IsCancellationRequested)
        {
            return "No answer within ten seconds.";
        }
    }

    private HttpRequestMessage Webhook(AuditStream stream, IReadOnlyList<AuditRecord> events)
    {
        var body = new ArrayBufferWriter<byte>(4_096);
        body.Write("{\"type\":\"audit.events\",\"timestamp\":\""u8);
        body.Write(Encoding.ASCII.GetBytes(AuditText.Time(time.GetUtcNow())));
        body.Write("\",\"data\":{\"events\":["u8);
        for (var i = 0; i < events.Count; i++)
        {
            body.Write(i == 0 ? [] : ","u8);
            body.Write(AuditText.OfLine(events[i]));
        }

        body.Write("]}}"u8);
        var request = Post(new Uri(stream.Url), body);

        // The same batch has the same id, so that a receiver knows a repetition.
        var id = string.Create(CultureInfo.InvariantCulture, $"audit_{stream.Id:n}_{events[0].Sequence ?? 0}_{events[^1].Sequence ?? 0}");
        var timestamp = time.GetUtcNow().ToUnixTimeSeconds();
        request.Headers.Add(StandardWebhook.IdHeader, id);
        request.Headers.Add(StandardWebhook.TimestampHeader, timestamp.ToString(CultureInfo.InvariantCulture));
        request.Headers.Add(StandardWebhook.SignatureHeader, StandardWebhook.Sign(secrets.Unprotect(stream.ProtectedSecret), id, timestamp, body.WrittenSpan));
        return request;
    }

    private HttpRequestMessage Splunk(AuditStream stream, IReadOnlyList<AuditRecord> events)
    {
        var body = new ArrayBufferWriter<byte>(4_096);
        foreach (var record in events)
        {
            body.Write(Encoding.ASCII.GetBytes(string.Create(
                CultureInfo.InvariantCulture,
                $"{{\"time\":{record.Event.At.ToUnixTimeMilliseconds() / 1000.0:0.000},\"source\":\"loopai\",\"sourcetype\":\"loopai:audit\",\"event\":")));
            body.Write(AuditText.OfLine(record));
            body.Write("}\n"u8);
        }

        var request = Post(CollectorOf(stream.Url), body);
        request.Headers.Authorization = new AuthenticationHeaderValue("Splunk", secrets.Unprotect(stream.ProtectedSecret));
        return request;
    }

    /// <summary>People copy the collector's host from Splunk; the path is always this.</summary>
    private static Uri CollectorOf(string url)
    {
        var given = new Uri(url);
        return given.AbsolutePath == "/" ? new Uri(given, "/services/collector/event") : given;
    }

    private static HttpRequestMessage Post(Uri url, ArrayBufferWriter<byte> body) => new(HttpMethod.Post, url)
    {
        Content = new ByteArrayContent(body.WrittenSpan.ToArray()) { Headers = { ContentType = new MediaTypeHeaderValue("application/json") } },
    };

    private static string Shorten(string text) => text.Length <= ShownAnswer ? text : text[..ShownAnswer] + "…";
}
