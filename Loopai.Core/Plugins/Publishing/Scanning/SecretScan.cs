using System.Text.RegularExpressions;
using Loopai.Core.Plugins.Packages;

namespace Loopai.Core.Plugins.Publishing.Scanning;

/// <summary>Finds credentials that were left in a package: by the forms that services give them, and by how much a value that is called one looks like chance.</summary>
internal static partial class SecretScan
{
    /// <summary>Bits a character from which on a text is chance rather than words: English has about 3.2 to 3.7 in short pieces, base64 of chance 4.5 and more at 32 characters.</summary>
    private const double Chance = 3.9;

    private static readonly (string Name, Regex Form)[] Forms =
    [
        ("a private key", PrivateKey()), ("an access key of AWS", Aws()), ("a token of GitHub", GitHub()), ("a token of Slack", Slack()), ("a key of Google", Google()), ("a live key of Stripe", Stripe()),
        ("a key of Loopai", Loopai()), ("a secret of a webhook", Webhook()), ("a token of npm", Npm()), ("a key of a model provider", Model()), ("a signed token", Jwt()), ("a webhook's address of Slack", SlackHook()),
    ];

    public static IEnumerable<PluginFinding> Run(string path, string text)
    {
        foreach (var (line, number) in text.Split('\n').Select((line, at) => (line, at + 1)).Where(l => l.line.Length <= 20_000))
        {
            if (Forms.FirstOrDefault(f => f.Form.Matches(line).Any(m => !IsExample(m.Value))) is { Name: { } name })
            {
                yield return Found(name, path, number);
            }
            else if (Assigned().Matches(line).Any(m => LooksLikeChance(m.Groups["value"].Value)))
            {
                yield return Found("a password or a key", path, number);
            }
        }
    }

    /// <summary>Shannon's entropy of the characters, in bits. "aabb" has 1.</summary>
    internal static double Entropy(string text) => text.GroupBy(c => c).Select(g => (double)g.Count() / text.Length).Sum(p => -p * Math.Log2(p));

    private static bool LooksLikeChance(string value) => value.Any(char.IsDigit) && value.Any(char.IsLetter) && !IsExample(value) && Entropy(value) >= Chance;

    private static bool IsExample(string value) => Example().IsMatch(value);

    private static PluginFinding Found(string what, string path, int line) => PluginFinding.Error(
        "secret.found", $"This looks like {what}. Everybody who installs the plugin could read it.", "Take it out, make it invalid where it came from, and ask for it in the configuration with \"writeOnly\": true.", path, line);

    [GeneratedRegex("-----BEGIN ([A-Z]+ )*PRIVATE KEY-----", RegexOptions.ExplicitCapture | RegexOptions.NonBacktracking)]
    private static partial Regex PrivateKey();

    [GeneratedRegex(@"\b(AKIA|ASIA)[0-9A-Z]{16}\b", RegexOptions.ExplicitCapture | RegexOptions.NonBacktracking)]
    private static partial Regex Aws();

    [GeneratedRegex(@"\b(gh[pousr]_[A-Za-z0-9]{36,}|github_pat_[A-Za-z0-9_]{22,})", RegexOptions.ExplicitCapture | RegexOptions.NonBacktracking)]
    private static partial Regex GitHub();

    [GeneratedRegex(@"\bxox[abprs]-[A-Za-z0-9-]{10,}", RegexOptions.NonBacktracking)]
    private static partial Regex Slack();

    [GeneratedRegex(@"hooks\.slack\.com/services/T[A-Z0-9]{8,}/B[A-Z0-9]{8,}/[A-Za-z0-9]{20,}", RegexOptions.NonBacktracking)]
    private static partial Regex SlackHook();

    [GeneratedRegex(@"\bAIza[0-9A-Za-z_-]{35}", RegexOptions.NonBacktracking)]
    private static partial Regex Google();

    [GeneratedRegex(@"\b[sr]k_live_[0-9A-Za-z]{20,}", RegexOptions.NonBacktracking)]
    private static partial Regex Stripe();

    [GeneratedRegex(@"\blpk_[a-z]+_[A-Za-z0-9]+_[A-Za-z0-9_-]{16,}", RegexOptions.NonBacktracking)]
    private static partial Regex Loopai();

    [GeneratedRegex(@"\bwhsec_[A-Za-z0-9+/=]{24,}", RegexOptions.NonBacktracking)]
    private static partial Regex Webhook();

    [GeneratedRegex(@"\bnpm_[A-Za-z0-9]{36}", RegexOptions.NonBacktracking)]
    private static partial Regex Npm();

    [GeneratedRegex(@"\bsk-(ant-|proj-)?[A-Za-z0-9_-]{32,}", RegexOptions.ExplicitCapture | RegexOptions.NonBacktracking)]
    private static partial Regex Model();

    [GeneratedRegex(@"\beyJ[A-Za-z0-9_-]{10,}\.eyJ[A-Za-z0-9_-]{10,}\.[A-Za-z0-9_-]{10,}", RegexOptions.NonBacktracking)]
    private static partial Regex Jwt();

    [GeneratedRegex("(password|passwd|secret|token|api[_-]?key|apikey|access[_-]?key|credential|auth)[a-z0-9_-]*[\"']?\\s*[:=]\\s*[\"'](?<value>[^\"'\\s]{16,200})[\"']", RegexOptions.ExplicitCapture | RegexOptions.IgnoreCase | RegexOptions.NonBacktracking)]
    private static partial Regex Assigned();

    [GeneratedRegex(@"example|placeholder|changeme|change-me|dummy|sample|your[-_]|xxxx|0000|1234|<.+>|\$\{.+\}|\{\{.+\}\}", RegexOptions.IgnoreCase | RegexOptions.NonBacktracking)]
    private static partial Regex Example();
}
