using System.Net.Http.Json;
using System.Text.Json;
using Loopai.Portal.Tests.Peers;

namespace Loopai.Portal.Tests.Flags;

/// <summary>Applications that use OpenFeature's own SDKs: npm's server-sdk with ofrep-provider, and web-sdk with ofrep-web-provider.</summary>
public sealed class OpenFeaturePeer : IAsyncLifetime
{
    private readonly HttpClient _client = new();
    private NpmPeer? _peer;

    public async Task InitializeAsync()
    {
        if (NpmPeer.Missing is null)
        {
            _peer = await NpmPeer.StartAsync("Flags/Peers", "openfeature.mjs");
            _client.BaseAddress = new Uri(_peer.Announcement.GetProperty("address").GetString()!);
        }
    }

    public async Task DisposeAsync()
    {
        _client.Dispose();
        if (_peer is not null)
        {
            await _peer.DisposeAsync();
        }
    }

    public async Task<JsonElement> AskAsync(string verb, object body)
    {
        using var answer = await _client.PostAsJsonAsync(verb, body);
        answer.IsSuccessStatusCode.ShouldBeTrue(await answer.Content.ReadAsStringAsync());
        return await answer.Content.ReadFromJsonAsync<JsonElement>();
    }
}
