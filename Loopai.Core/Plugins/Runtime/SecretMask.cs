using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;
using Loopai.Core.Data;
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

    /// <summary>How many bytes more than are kept of a text have to be read, so that no secret is cut: the longest spelling.</summary>
    public int Overlap => _spellings.Count == 0 ? 0 : Encoding.UTF8.GetMaxByteCount(_spellings[0].Length);

    /// <summary>The beginning of a text of which more was read than is kept, masked before it is cut. What may be the beginning of a secret at its end is left out.</summary>
    /// <param name="read">What was read.</param>
    /// <param name="isWhole">Whether nothing comes after it.</param>
    /// <param name="max">How much is kept.</param>
    public string Beginning(string read, bool isWhole, int max)
    {
        var masked = In(read);
        var unsure = isWhole || _spellings.Count == 0 ? 0 : _spellings[0].Length;
        return StorableText.Of(masked, Math.Clamp(masked.Length - unsure, 0, max));
    }

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
