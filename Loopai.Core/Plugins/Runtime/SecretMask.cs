using System.Text.Json;
using System.Text.Json.Nodes;
using Loopai.Core.Plugins.Installations;
using Loopai.Core.Plugins.Packages;

namespace Loopai.Core.Plugins.Runtime;

/// <summary>
/// Takes an installation's secrets out of what its plugin says, before that is written, shown or sent: an error that names the address it failed at often has the key in
/// it. It keeps accidents from people's eyes. A plugin that means to tell a secret can write it in another way; what it can reach with it is the sandbox's business.
/// </summary>
public sealed class SecretMask
{
    /// <summary>What is shorter is found in ordinary words.</summary>
    public const int MinLength = 4;

    public static readonly SecretMask None = new([]);

    private readonly IReadOnlyList<string> _spellings;

    private SecretMask(IReadOnlyList<string> spellings) => _spellings = spellings;

    /// <summary>Of a whole configuration.</summary>
    public static SecretMask Of(PluginCapabilities capabilities, JsonObject configuration) => new(
    [
        .. capabilities.Secrets.Select(name => configuration[name]).OfType<JsonValue>().Select(v => v.TryGetValue<string>(out var text) ? text : "").Where(t => t.Length >= MinLength)
            .SelectMany(SpellingsOf).Distinct(StringComparer.Ordinal).OrderByDescending(s => s.Length),
    ]);

    /// <summary>The text with every secret masked, as it is, within JSON, and within an address.</summary>
    [return: System.Diagnostics.CodeAnalysis.NotNullIfNotNull(nameof(text))]
    public string? In(string? text) => text is null ? null : _spellings.Aggregate(text, (masked, secret) => masked.Replace(secret, PluginSecrets.Masked, StringComparison.OrdinalIgnoreCase));

    private static IEnumerable<string> SpellingsOf(string secret)
    {
        yield return secret;
        yield return Uri.EscapeDataString(secret);
        yield return JsonSerializer.Serialize(secret)[1..^1];
        yield return JsonSerializer.Serialize(secret, new JsonSerializerOptions { Encoder = System.Text.Encodings.Web.JavaScriptEncoder.UnsafeRelaxedJsonEscaping })[1..^1];

        // The host, too, writes an address in its own way.
        if (Uri.TryCreate(secret, UriKind.Absolute, out var address) && address.PathAndQuery.Length > MinLength)
        {
            yield return address.AbsoluteUri;
            yield return address.PathAndQuery;
        }
    }
}
