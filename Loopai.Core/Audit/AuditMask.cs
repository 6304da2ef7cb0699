using System.Security.Cryptography;
using System.Text;
using System.Text.Json.Nodes;
using System.Text.RegularExpressions;

namespace Loopai.Core.Audit;

/// <summary>
/// What keeps secrets out of the log, in one place. By name: a text under <c>password</c>, <c>clientSecret</c>, <c>api_key</c> and the like is replaced,
/// whatever it is. By shape: keys of our own, private keys, bearer and web tokens, and passwords in addresses are found inside any text. Long texts
/// are cut, with their hash, so that an event stays small and still tells whether two of them were the same.
/// </summary>
public static partial class AuditMask
{
    /// <summary>What stands in a secret's place.</summary>
    public const string Masked = "•••";

    /// <summary>Longer texts are cut.</summary>
    public const int MaxTextLength = 4_000;

    private const int ShownLength = 1_000;

    private static readonly HashSet<string> SecretWords = new(StringComparer.Ordinal)
    {
        "password", "passwords", "passphrase", "secret", "secrets", "token", "tokens", "credential", "credentials", "cookie", "cookies", "authorization", "otp", "pin",
    };

    /// <summary>What a key is a secret of; <c>key</c> alone is a name.</summary>
    private static readonly HashSet<string> SecretKeys = new(StringComparer.Ordinal) { "api", "private", "shared", "encryption", "access", "recovery", "authenticator" };

    /// <summary>Words after which the value speaks about a secret, and is none.</summary>
    private static readonly HashSet<string> About = new(StringComparer.Ordinal)
    {
        "id", "ids", "at", "name", "count", "kind", "type", "url", "uri", "endpoint", "expires", "expiry", "days", "hours", "minutes", "length", "changed", "set", "algorithm", "method",
    };

    /// <summary>The value with every secret in it replaced.</summary>
    public static JsonNode? Apply(JsonNode? value) => Apply(value, isSecret: false);

    /// <summary>A text with the secrets in it replaced.</summary>
    public static string Apply(string text)
    {
        var masked = Shapes().Replace(text, match => match.Groups["keep"].Value + Masked + match.Groups["end"].Value);
        return masked.Length <= MaxTextLength
            ? masked
            : $"{Cut(masked)}… ({text.Length} characters, SHA-256 {Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(text)))})";
    }

    /// <summary>Whether a value under this name is a secret.</summary>
    public static bool IsSecret(string name)
    {
        var words = Words().Matches(name).Select(match => match.Value.ToLowerInvariant()).ToList();
        return words.Count > 0 && !About.Contains(words[^1])
            && (words.Exists(SecretWords.Contains) || (words.Count > 1 && words[^1] is "key" or "keys" or "code" or "codes" && SecretKeys.Contains(words[^2]))
                || words is ["apikey"] or ["privatekey"]);
    }

    private static JsonNode? Apply(JsonNode? value, bool isSecret) => value switch
    {
        JsonObject members => new JsonObject(members.Select(m => KeyValuePair.Create(m.Key, Apply(m.Value, isSecret || IsSecret(m.Key))))),
        JsonArray items => new JsonArray([.. items.Select(item => Apply(item, isSecret))]),
        JsonValue text when text.TryGetValue<string>(out var content) => JsonValue.Create(isSecret && content.Length > 0 ? Masked : Apply(content)),
        _ => value?.DeepClone(),
    };

    /// <summary>Not through the middle of a character.</summary>
    private static string Cut(string text) => text[..(char.IsHighSurrogate(text[ShownLength - 1]) ? ShownLength - 1 : ShownLength)];

    [GeneratedRegex("[A-Z]?[a-z]+|[A-Z]+|[0-9]+", RegexOptions.NonBacktracking)]
    private static partial Regex Words();

    [GeneratedRegex(
        """
        (?<keep>lpk_[a-z0-9-]+_[0-9A-Za-z]{16}_)[0-9A-Za-z]+
        |(?<keep>\bwhsec_)[A-Za-z0-9+/=]+
        |(?<keep>\b(?i:bearer|basic|splunk)\s+)[A-Za-z0-9._~+/=-]{12}[A-Za-z0-9._~+/=-]*
        |\beyJ[A-Za-z0-9_-]+\.[A-Za-z0-9_-]+\.[A-Za-z0-9_-]*
        |(?<keep>://[^\s/:@"]+:)[^\s/@"]+(?<end>@)
        |-----BEGIN\ [A-Z ]*PRIVATE\ KEY-----[A-Za-z0-9+/=\s\\]*(-----END\ [A-Z ]*PRIVATE\ KEY-----)?
        """,
        RegexOptions.IgnorePatternWhitespace | RegexOptions.CultureInvariant | RegexOptions.NonBacktracking)]
    private static partial Regex Shapes();
}
