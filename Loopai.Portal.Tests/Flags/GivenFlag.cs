using System.Net.Http.Json;
using System.Text.Json;

namespace Loopai.Portal.Tests.Flags;

/// <summary>Flags as tests need them.</summary>
internal static class GivenFlag
{
    /// <summary>A flag through the API, answered as said in production; its id.</summary>
    public static async Task<Guid> AddFlagAsync(
        this HttpClient client, string key, string type, (string Key, string Json)[]? variations = null, object? targeting = null)
    {
        using var made = await client.PostAsJsonAsync("flags", new
        {
            key, type, variations = variations?.Select(v => new { key = v.Key, value = JsonElement.Parse(v.Json) }),
        });
        made.IsSuccessStatusCode.ShouldBeTrue(await made.Content.ReadAsStringAsync());
        var id = (await made.Content.ReadFromJsonAsync<JsonElement>()).GetProperty("id").GetGuid();
        if (targeting is not null)
        {
            using var targeted = await client.PatchAsJsonAsync($"flags/{id}/environments/production", targeting);
            targeted.IsSuccessStatusCode.ShouldBeTrue(await targeted.Content.ReadAsStringAsync());
        }

        return id;
    }
}
