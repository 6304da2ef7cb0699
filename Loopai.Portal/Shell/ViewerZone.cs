using Microsoft.JSInterop;

namespace Loopai.Portal.Shell;

/// <summary>The viewer's time zone, asked of the browser once a circuit.</summary>
public sealed class ViewerZone(IJSRuntime js)
{
    private TimeZoneInfo? known;

    public async ValueTask<TimeZoneInfo> GetAsync()
    {
        if (known is null)
        {
            await using var module = await js.InvokeAsync<IJSObjectReference>("import", "./js/shell.js");
            var name = await module.InvokeAsync<string>("timeZone");
            known = TimeZoneInfo.TryFindSystemTimeZoneById(name, out var zone) ? zone : TimeZoneInfo.Utc;
        }

        return known;
    }
}
