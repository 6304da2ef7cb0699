using System.Diagnostics.CodeAnalysis;
using System.Text.RegularExpressions;

namespace Loopai.Core.Plugins.Packages;

/// <summary>A plugin's name over the whole installation: <c>publisher.name</c>.</summary>
public sealed partial record PluginId
{
    public const int MaxPublisherLength = 40;
    public const int MaxNameLength = 60;
    public const int MaxLength = MaxPublisherLength + 1 + MaxNameLength;
    public const string Rule = "lower-case letters, digits and single hyphens, beginning with a letter, as in acme.regex-guard";

    private PluginId(string publisher, string name)
    {
        Publisher = publisher;
        Name = name;
    }

    /// <summary>The namespace, which belongs to a publisher.</summary>
    public string Publisher { get; }

    /// <summary>The name within it.</summary>
    public string Name { get; }

    /// <summary>Both, as they are written.</summary>
    public string Key => $"{Publisher}.{Name}";

    public static bool TryParse(string? text, [NotNullWhen(true)] out PluginId? id)
    {
        id = null;
        if (text?.Split('.') is [var publisher, var name] && IsPublisher(publisher) && IsSegment(name, MaxNameLength))
        {
            id = new PluginId(publisher, name);
        }

        return id is not null;
    }

    /// <exception cref="FormatException">The text is not a plugin's name.</exception>
    public static PluginId Parse(string text) => TryParse(text, out var id) ? id : throw new FormatException($"'{text}' is not a plugin's name.");

    /// <summary>Whether a text can be a publisher's namespace.</summary>
    public static bool IsPublisher(string? text) => IsSegment(text, MaxPublisherLength);

    public override string ToString() => Key;

    private static bool IsSegment(string? text, int longest) => text is { Length: >= 2 } && text.Length <= longest && Segment().IsMatch(text);

    [GeneratedRegex(@"\A[a-z][a-z0-9]*(-[a-z0-9]+)*\z", RegexOptions.CultureInvariant | RegexOptions.NonBacktracking)]
    private static partial Regex Segment();
}
