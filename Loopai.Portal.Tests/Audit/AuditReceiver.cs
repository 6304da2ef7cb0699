using System.Collections.Concurrent;
using System.Text.Json;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Logging;

namespace Loopai.Portal.Tests.Audit;

/// <summary>The other end of a stream, on loopback: answers as it is told, and keeps what it was sent.</summary>
internal sealed class AuditReceiver : IAsyncDisposable
{
    private readonly WebApplication app;
    private int asked;

    private AuditReceiver(WebApplication app) => this.app = app;

    public string Url => app.Urls.Single();

    public ConcurrentQueue<Received> Requests { get; } = new();

    /// <summary>What to do with the n-th request, from 0, after it was read; it answers 200 unless told otherwise.</summary>
    public Func<int, HttpContext, Task> Behaviour { get; set; } = (_, _) => Task.CompletedTask;

    /// <summary>The numbers of all events of requests that were answered with success, as they came.</summary>
    public IReadOnlyList<long> Taken => [.. Requests.Where(r => r.Status == 200).SelectMany(r => r.Sequences)];

    public static async Task<AuditReceiver> StartAsync()
    {
        var builder = WebApplication.CreateSlimBuilder();
        builder.Logging.ClearProviders();
        builder.WebHost.UseUrls("http://127.0.0.1:0");
        var receiver = new AuditReceiver(builder.Build());
        receiver.app.Run(receiver.TakeAsync);
        await receiver.app.StartAsync();
        return receiver;
    }

    public ValueTask DisposeAsync() => app.DisposeAsync();

    private async Task TakeAsync(HttpContext http)
    {
        var body = new MemoryStream();
        await http.Request.Body.CopyToAsync(body);
        var received = new Received(http.Request.Path, http.Request.Headers.ToDictionary(h => h.Key, h => h.Value.ToString(), StringComparer.OrdinalIgnoreCase), body.ToArray());
        await Behaviour(Interlocked.Increment(ref asked) - 1, http);
        received.Status = http.Response.StatusCode;
        Requests.Enqueue(received);
    }

    internal sealed record Received(string Path, IReadOnlyDictionary<string, string> Headers, byte[] Body)
    {
        public int Status { get; set; }

        public IEnumerable<long> Sequences => Path.Contains("collector", StringComparison.Ordinal)
            ? System.Text.Encoding.UTF8.GetString(Body).Split('\n', StringSplitOptions.RemoveEmptyEntries)
                .Select(line => JsonElement.Parse(line).GetProperty("event").GetProperty("event").GetProperty("sequence").GetInt64())
            : JsonElement.Parse(Body).GetProperty("data").GetProperty("events").EnumerateArray().Select(e => e.GetProperty("event").GetProperty("sequence").GetInt64());
    }
}
