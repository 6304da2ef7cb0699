using System.Text.Json;
using System.Text.Json.Nodes;
using System.Text.RegularExpressions;
using Loopai.Core.Text;
using NuGet.Versioning;

namespace Loopai.Core.Plugins.Packages;

/// <summary>Reads <c>plugin.json</c>, and tells everything that is wrong with it at once, with the line.</summary>
public static partial class PluginManifestReader
{
    public const int MaxNameLength = 60;
    public const int MaxDescriptionLength = 200;
    public const int MaxBytes = 256 * 1024;
    internal const int MaxDepth = 64;
    private const int MaxDependencies = 20;

    /// <summary>What the marketplace sorts plugins into.</summary>
    public static IReadOnlyList<string> Categories { get; } = ["text", "numbers", "schema", "privacy", "security", "quality", "sampling", "notifications", "other"];

    private static readonly string[] Fields =
    [
        "$schema", "id", "version", "displayName", "description", "kind", "language", "entry", "apiVersion", "license", "categories", "keywords", "homepage", "repository", "icon",
        "screenshots", "configuration", "dependencies", "capabilities",
    ];

    /// <summary>The manifest where nothing is wrong with it, and what was found.</summary>
    public static (PluginManifest? Manifest, IReadOnlyList<PluginFinding> Findings) Read(ReadOnlyMemory<byte> utf8)
    {
        if (utf8.Length > MaxBytes)
        {
            return (null, [PluginFinding.Error("manifest.too-large", $"plugin.json is larger than {MaxBytes / 1024} KB.", "Keep texts and data in files of their own.", PluginManifest.FileName)]);
        }

        try
        {
            var lines = JsonLines.Read(utf8.Span, MaxDepth);
            using var document = JsonDocument.Parse(utf8, new JsonDocumentOptions { MaxDepth = MaxDepth });
            return Read(document.RootElement, lines);
        }
        catch (Exception e) when (e is JsonException or InvalidOperationException)
        {
            // InvalidOperationException is what a text that is not UTF-8, or half of a surrogate pair, ends in.
            return (null, [PluginFinding.Error("manifest.not-json", $"plugin.json is not JSON: {e.Message}", "Mend it where the message says.", PluginManifest.FileName, (int?)(e as JsonException)?.LineNumber + 1)]);
        }
    }

    private static (PluginManifest?, IReadOnlyList<PluginFinding>) Read(JsonElement root, JsonLines lines)
    {
        var faults = new ManifestFaults(lines);
        if (root.ValueKind != JsonValueKind.Object)
        {
            faults.Add("", "plugin.json is not an object.", "Begin it with { and end it with }.");
            return (null, faults.Found);
        }

        foreach (var repeated in lines.Repeated)
        {
            faults.Add(repeated, $"'{repeated}' stands there twice.", "Keep one of them: programs differ in which one they read.", "manifest.repeated-field");
        }

        faults.RefuseUnknown(root, "", Fields);
        var (configuration, secrets) = ManifestConfiguration.Read(root, faults);
        var manifest = new
        {
            Id = Id(root, faults),
            Version = Version(root, faults),
            DisplayName = faults.Text(root, "displayName", MaxNameLength, isNeeded: true, "Name the plugin as people would."),
            Description = faults.Text(root, "description", MaxDescriptionLength, isNeeded: true, "Say in a sentence what it does."),
            Kind = faults.Choice<PluginKind>(root, "kind", PluginWords.Name),
            Language = faults.Choice<PluginLanguage>(root, "language", PluginWords.Name),
            Entry = faults.Text(root, "entry", PackageLimits.MaxPathLength, isNeeded: true, "Name the file that has the hook, as main.py."),
            Api = Api(root, faults),
            License = License(root, faults),
            Categories = faults.Texts(root, "", "categories", 3, 30, c => Categories.Contains(c, StringComparer.Ordinal) ? null : $"Choose from {string.Join(", ", Categories)}.{NearMiss.Hint(c, Categories)}"),
            Keywords = faults.Texts(root, "", "keywords", 10, 30, k => Keyword().IsMatch(k) ? null : "Write keywords in lower-case letters, digits and hyphens."),
            Homepage = Address(root, "homepage", faults),
            Repository = Address(root, "repository", faults),
            Icon = Picture(root, faults),
            Screenshots = faults.Texts(root, "", "screenshots", 6, PackageLimits.MaxPathLength, s => IsPicture(s) ? null : "Name a .png, .jpg or .webp file of the package."),
            Dependencies = Dependencies(root, faults),
            Capabilities = ManifestCapabilities.Read(root, secrets, faults),
        };
        if (manifest.Entry is { } entry && manifest.Language is { } language && !entry.EndsWith(language.Extension(), StringComparison.Ordinal))
        {
            faults.Add("/entry", $"'{entry}' is not a {language.Extension()} file.", $"The language is {language.Name()}: name a {language.Extension()} file, or change the language.");
        }

        return faults.Found.Count > 0
            ? (null, faults.Found)
            : (new PluginManifest
            {
                Id = manifest.Id!, Version = manifest.Version!, DisplayName = manifest.DisplayName!, Description = manifest.Description!, Kind = manifest.Kind!.Value,
                Language = manifest.Language!.Value, Entry = manifest.Entry!, ApiVersion = manifest.Api!, License = manifest.License!, Categories = manifest.Categories,
                Keywords = manifest.Keywords, Homepage = manifest.Homepage, Repository = manifest.Repository, Icon = manifest.Icon, Screenshots = manifest.Screenshots,
                Configuration = configuration, Dependencies = manifest.Dependencies, Capabilities = manifest.Capabilities,
            }, []);
    }

    private static PluginId? Id(JsonElement root, ManifestFaults faults)
    {
        const string Mend = "Write publisher.name: " + PluginId.Rule + ".";
        if (faults.Text(root, "id", 200, isNeeded: true, Mend) is not { } text)
        {
            return null;
        }

        if (!PluginId.TryParse(text, out var id))
        {
            faults.Add("/id", $"'{text}' is no name of a plugin.", Mend);
        }

        return id;
    }

    private static SemanticVersion? Version(JsonElement root, ManifestFaults faults)
    {
        const string Mend = "Write a semantic version, as 1.2.0 or 1.2.0-beta.1, without build metadata.";
        if (faults.Text(root, "version", 64, isNeeded: true, Mend) is not { } text)
        {
            return null;
        }

        if (WholeVersion().IsMatch(text) && SemanticVersion.TryParse(text, out var version))
        {
            return version;
        }

        faults.Add("/version", $"'{text}' is no version.", Mend);
        return null;
    }

    private static SemanticRange? Api(JsonElement root, ManifestFaults faults)
    {
        var mend = $"Write the versions of Loopai's plugin interface that it works with, as ^{PluginApi.Version.Major}.{PluginApi.Version.Minor}.";
        if (faults.Text(root, "apiVersion", SemanticRange.MaxLength, isNeeded: true, mend) is not { } text)
        {
            return null;
        }

        if (!SemanticRange.TryParse(text, out var range))
        {
            faults.Add("/apiVersion", $"'{text}' is no range of versions.", mend);
        }
        else if (!range.Satisfies(PluginApi.Version))
        {
            faults.Add("/apiVersion", $"'{text}' leaves out {PluginApi.Version}, which is what this portal offers.", mend, "manifest.api-version");
        }

        return range;
    }

    private static string? License(JsonElement root, ManifestFaults faults)
    {
        const string Mend = "Write an SPDX expression, as MIT or Apache-2.0.";
        if (faults.Text(root, "license", 200, isNeeded: true, Mend) is not { } text)
        {
            return null;
        }

        if (LicenseExpression.Read(text).Fault is { } fault)
        {
            faults.Add("/license", $"'{text}' is no licence that can be read.", fault, "manifest.license");
        }

        return text;
    }

    private static Uri? Address(JsonElement root, string name, ManifestFaults faults)
    {
        const string Mend = "Write an address that begins with https://.";
        if (faults.Text(root, name, 500, isNeeded: false, Mend) is not { Length: > 0 } text)
        {
            return null;
        }

        if (Uri.TryCreate(text, UriKind.Absolute, out var address) && address.Scheme == Uri.UriSchemeHttps && address.UserInfo.Length == 0)
        {
            return address;
        }

        faults.Add("/" + name, $"'{text}' is no address.", Mend);
        return null;
    }

    private static string? Picture(JsonElement root, ManifestFaults faults)
    {
        const string Mend = "Name a .png file of the package.";
        var text = faults.Text(root, "icon", PackageLimits.MaxPathLength, isNeeded: false, Mend);
        if (text is { Length: > 0 } && !text.EndsWith(".png", StringComparison.Ordinal))
        {
            faults.Add("/icon", $"'{text}' is no .png file.", Mend);
        }

        return text is { Length: > 0 } ? text : null;
    }

    private static bool IsPicture(string path) => new[] { ".png", ".jpg", ".jpeg", ".webp" }.Any(e => path.EndsWith(e, StringComparison.Ordinal));

    private static Dictionary<string, SemanticRange> Dependencies(JsonElement root, ManifestFaults faults)
    {
        var dependencies = new Dictionary<string, SemanticRange>(StringComparer.Ordinal);
        if (!root.TryGetProperty("dependencies", out var value))
        {
            return dependencies;
        }

        if (value.ValueKind != JsonValueKind.Object || value.GetPropertyCount() > MaxDependencies)
        {
            faults.Add("/dependencies", $"'dependencies' is an object of at most {MaxDependencies} plugins with their ranges.", "Write it as { \"acme.shared\": \"^1.4\" }.");
            return dependencies;
        }

        var own = root.TryGetProperty("id", out var id) && id.ValueKind == JsonValueKind.String ? id.GetString() : null;
        foreach (var (name, wanted) in value.EnumerateObject().Select(p => (p.Name, p.Value)))
        {
            var pointer = "/dependencies/" + JsonLines.Escape(name);
            if (!PluginId.TryParse(name, out _) || string.Equals(name, own, StringComparison.Ordinal))
            {
                faults.Add(pointer, $"'{name}' is no plugin that it can depend on.", "Write publisher.name of another plugin.");
            }
            else if (wanted.ValueKind != JsonValueKind.String || !SemanticRange.TryParse(wanted.GetString(), out var range))
            {
                faults.Add(pointer, $"The versions of '{name}' are no range.", "Write a range as npm does, for example ^1.4.");
            }
            else
            {
                dependencies[name] = range;
            }
        }

        return dependencies;
    }

    [GeneratedRegex(@"\A[a-z0-9]+(-[a-z0-9]+)*\z", RegexOptions.CultureInvariant | RegexOptions.NonBacktracking)]
    private static partial Regex Keyword();

    [GeneratedRegex(@"\A(0|[1-9][0-9]{0,8})\.(0|[1-9][0-9]{0,8})\.(0|[1-9][0-9]{0,8})(-(0|[1-9][0-9]*|[0-9]*[A-Za-z-][0-9A-Za-z-]*)(\.(0|[1-9][0-9]*|[0-9]*[A-Za-z-][0-9A-Za-z-]*))*)?\z",
        RegexOptions.ExplicitCapture | RegexOptions.CultureInvariant | RegexOptions.NonBacktracking)]
    private static partial Regex WholeVersion();
}
