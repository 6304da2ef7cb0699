using System.Text;
using Loopai.Portal.Tests.Peers;

namespace Loopai.Portal.Tests.Identity;

/// <summary>npm's smtp-server, and the mails that came to it.</summary>
internal sealed class MailPeer(NpmPeer peer) : IAsyncDisposable
{
    private readonly HttpClient _web = new() { BaseAddress = new Uri(peer.Announcement.GetProperty("web").GetString()!), Timeout = TimeSpan.FromSeconds(60) };

    /// <summary>What a portal is started with to send its mail here.</summary>
    public string[] Settings { get; } =
    [
        "--Mail:Host=127.0.0.1", $"--Mail:Port={peer.Announcement.GetProperty("smtp").GetInt32()}", "--Mail:Security=None", "--Mail:From=Loopai <loopai@loopai.example>",
    ];

    public static async Task<MailPeer> StartAsync() => new(await NpmPeer.StartAsync("Identity/Peers", "mail.mjs"));

    /// <summary>The text of the mail that came, or comes, to the address.</summary>
    public async Task<string> ReadAsync(string address)
    {
        var mail = (await _web.GetStringAsync(Uri.EscapeDataString(address))).Split("\r\n\r\n", 2);
        mail[0].ShouldContain("Content-Transfer-Encoding: base64");
        return Encoding.UTF8.GetString(Convert.FromBase64String(mail[1]));
    }

    /// <summary>The whole mail that came, or comes, to the address.</summary>
    public Task<string> ReadWholeAsync(string address) => _web.GetStringAsync(Uri.EscapeDataString(address));

    /// <summary>How many mails came to the address so far.</summary>
    public async Task<int> CountAsync(string address) => int.Parse(await _web.GetStringAsync($"{Uri.EscapeDataString(address)}?count"), System.Globalization.CultureInfo.InvariantCulture);

    public async ValueTask DisposeAsync()
    {
        _web.Dispose();
        await peer.DisposeAsync();
    }
}
