using System.Collections.Frozen;
using System.Text.RegularExpressions;

namespace Loopai.Core.Plugins.Registry;

/// <summary>A name that is in use, against which a new one is held.</summary>
/// <param name="Name">The name.</param>
/// <param name="IsTrusted">Whether many know it, or its owner is proved: such a name is worth imitating, so slips of it are refused too.</param>
public sealed record KnownName(string Name, bool IsTrusted);

/// <summary>What names publishers may have. What is refused says why.</summary>
public static partial class NameRules
{
    public const int MinLength = 3;
    public const int MaxLength = 40;

    public const string Shape = "A publisher's name has 3 to 40 lower-case letters, digits and single hyphens, begins with a letter, and ends with a letter or digit.";

    /// <summary>Loopai's own, and words by which somebody would pass for it or for who runs the installation.</summary>
    private static readonly FrozenSet<string> Ours = FrozenSet.ToFrozenSet(
        [
            "loopai", "loopai-team", "loopai-official", "loopai-labs", "loopai-plugins", "official", "system", "admin", "administrator", "operator", "root", "support", "security",
            "staff", "moderator", "internal", "builtin", "built-in", "core", "plugin", "plugins", "publisher", "publishers", "marketplace", "registry", "verified", "trusted",
            "anonymous", "unknown", "null", "undefined", "test", "example", "compare", "publishing", "installed", "new", "api", "www", "help", "docs", "status",
        ],
        StringComparer.Ordinal);

    /// <summary>Vendors whose name would be believed without a look.</summary>
    private static readonly FrozenSet<string> Vendors = FrozenSet.ToFrozenSet(
        [
            "microsoft", "google", "amazon", "aws", "azure", "apple", "meta", "facebook", "openai", "anthropic", "mistral", "cohere", "huggingface", "nvidia", "intel", "ibm", "oracle",
            "sap", "salesforce", "slack", "atlassian", "jira", "github", "gitlab", "bitbucket", "docker", "kubernetes", "redhat", "canonical", "ubuntu", "debian", "mozilla",
            "cloudflare", "fastly", "datadog", "splunk", "elastic", "grafana", "prometheus", "sentry", "newrelic", "pagerduty", "opsgenie", "servicenow", "zendesk", "hubspot",
            "stripe", "paypal", "visa", "mastercard", "twilio", "sendgrid", "mailchimp", "okta", "auth0", "hashicorp", "mongodb", "postgresql", "redis", "snowflake", "databricks",
            "tableau", "discord", "telegram", "whatsapp", "zoom", "notion", "linear", "figma", "adobe", "dropbox", "shopify", "netflix", "uber", "samsung", "tencent", "alibaba",
            "baidu", "bytedance", "huawei", "python", "nodejs", "npmjs", "pypi", "nuget",
        ],
        StringComparer.Ordinal);

    /// <summary>Why nobody can have the name whatever others are called; null where they can.</summary>
    public static string? Fault(string? name)
    {
        if (name is not { Length: >= MinLength and <= MaxLength } || !NameShape().IsMatch(name))
        {
            return Shape;
        }

        if (Ours.Contains(name) || name.StartsWith("loopai-", StringComparison.Ordinal) || name.EndsWith("-loopai", StringComparison.Ordinal))
        {
            return $"'{name}' is reserved: it would pass for Loopai itself or for whoever runs this installation. Choose a name of your own.";
        }

        if (Vendors.Contains(name))
        {
            return $"'{name}' is reserved for the company of this name. Add something of yours to it, such as '{name}-tools-by-acme'.";
        }

        return Ours.Concat(Vendors).FirstOrDefault(known => NameLikeness.LooksLike(name, known) || (known.Length >= 6 && NameLikeness.IsSlipOf(name, known))) is { } reserved
            ? $"'{name}' could be taken for '{reserved}', which is reserved. Choose a name that is further away."
            : null;
    }

    /// <summary>Why the name cannot stand beside those in use, which are not its owner's; null where it can.</summary>
    public static string? Clash(string name, IEnumerable<KnownName> known)
    {
        foreach (var other in known)
        {
            if (name == other.Name)
            {
                return $"'{name}' is taken.";
            }

            if (NameLikeness.LooksLike(name, other.Name))
            {
                return $"'{name}' looks like '{other.Name}', which somebody else has: letters that read alike and hyphens make no difference. Choose a name that is further away.";
            }

            if (other.IsTrusted && NameLikeness.IsSlipOf(name, other.Name))
            {
                return $"'{name}' is a slip of the finger away from '{other.Name}', which many trust. Choose a name that is further away.";
            }
        }

        return null;
    }

    [GeneratedRegex(@"\A[a-z][a-z0-9]*(-[a-z0-9]+)*\z", RegexOptions.CultureInvariant | RegexOptions.NonBacktracking)]
    private static partial Regex NameShape();
}
