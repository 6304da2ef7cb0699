using System.Net;
using System.Net.Http.Headers;
using System.Text.Json;

namespace Loopai.Portal.Demo;

/// <summary>The portal's public API as any customer calls it: over HTTP, with a key.</summary>
internal sealed class DemoApi : IDisposable
{
    private const int Attempts = 5;

    private readonly HttpClient _http;

    public DemoApi(Uri portal, string key)
    {
        _http = new HttpClient { BaseAddress = portal, Timeout = TimeSpan.FromMinutes(2) };
        _http.DefaultRequestHeaders.Authorization = new AuthenticationHeaderValue("Bearer", key);
    }

    /// <summary>Executes calls of the past in one batch, each with its own clock.</summary>
    public async Task ImportAsync(Guid taskId, int? version, IReadOnlyCollection<DemoCall> calls, CancellationToken ct)
    {
        var answer = await PostAsync(
            "api/v1/batch/execute",
            new { taskId, version, items = calls.Select((c, i) => new { id = $"{i}", c.Input, c.Unit, executedAt = c.At }) },
            ct);

        // An execution that failed is on record like any other; one that was refused is not, and would be missing.
        var refused = answer.GetProperty("results").EnumerateArray().FirstOrDefault(r => !r.TryGetProperty("executionId", out _));
        if (refused.ValueKind == JsonValueKind.Object)
        {
            throw new DemoException($"The API refused an execution: {refused.GetProperty("errorMessage").GetString()}");
        }
    }

    /// <summary>Executes one call now.</summary>
    public Task ExecuteAsync(Guid taskId, DemoCall call, CancellationToken ct) =>
        PostAsync($"api/v1/tasks/{taskId}/execute", new { call.Input, call.Unit, call.Version }, ct);

    public void Dispose() => _http.Dispose();

    private async Task<JsonElement> PostAsync(string path, object body, CancellationToken ct)
    {
        for (var attempt = 1; ; attempt++)
        {
            using var response = await _http.PostAsJsonAsync(path, body, JsonSerializerOptions.Web, ct);
            if ((response.StatusCode is HttpStatusCode.ServiceUnavailable or HttpStatusCode.TooManyRequests) && attempt < Attempts)
            {
                await Task.Delay(response.Headers.RetryAfter?.Delta ?? TimeSpan.FromSeconds(1), ct);
                continue;
            }

            var answer = await response.Content.ReadFromJsonAsync<JsonElement>(ct);

            // A program's failure is an answer too.
            return response.IsSuccessStatusCode || answer.TryGetProperty("executionId", out _)
                ? answer
                : throw new DemoException($"{path} answered {(int)response.StatusCode}: {answer.GetProperty("message").GetString()}");
        }
    }
}

/// <summary>The demo cannot go on; the next start takes it up again.</summary>
internal sealed class DemoException(string message) : Exception(message);
