using System.Text.Json;
using Loopai.Core.Text;

namespace Loopai.Core.Plugins.Packages;

/// <summary>Everything that is wrong with a manifest, each with its place; and readers of plain values that tell what they miss.</summary>
internal sealed class ManifestFaults(JsonLines lines)
{
    private readonly List<PluginFinding> _found = [];

    public IReadOnlyList<PluginFinding> Found => _found;

    public void Add(string pointer, string message, string mend, string rule = "manifest.invalid") =>
        _found.Add(PluginFinding.Error(rule, message, mend, PluginManifest.FileName, lines.Of(pointer), pointer));

    /// <summary>Members that nobody knows: whoever wrote them expects something of them.</summary>
    public void RefuseUnknown(JsonElement value, string pointer, IReadOnlyCollection<string> known)
    {
        foreach (var name in value.EnumerateObject().Select(p => p.Name).Where(n => !known.Contains(n)))
        {
            Add($"{pointer}/{JsonLines.Escape(name)}", $"There is no field '{name}'.", $"Take it out.{NearMiss.Hint(name, known)}", "manifest.unknown-field");
        }
    }

    public string? Text(JsonElement parent, string name, int longest, bool isNeeded, string mend)
    {
        if (!parent.TryGetProperty(name, out var value))
        {
            if (isNeeded)
            {
                Add("", $"'{name}' is missing.", mend);
            }

            return null;
        }

        var text = value.ValueKind == JsonValueKind.String ? value.GetString()!.Trim() : null;
        if (text is null || text.Length > longest || (isNeeded && text.Length == 0) || text.Any(char.IsControl))
        {
            Add("/" + name, $"'{name}' is a text of {(isNeeded ? 1 : 0)} to {longest} characters on one line.", mend);
            return null;
        }

        return text;
    }

    public IReadOnlyList<string> Texts(JsonElement parent, string pointer, string name, int most, int longest, Func<string, string?> check)
    {
        if (!parent.TryGetProperty(name, out var value))
        {
            return [];
        }

        var place = $"{pointer}/{name}";
        if (value.ValueKind != JsonValueKind.Array)
        {
            Add(place, $"'{name}' is a list of texts.", "Write it as [\"one\", \"two\"].");
            return [];
        }

        var texts = new List<string>();
        foreach (var (item, at) in value.EnumerateArray().Select((item, at) => (item, at)))
        {
            var text = item.ValueKind == JsonValueKind.String ? item.GetString()! : "";
            if (text.Length == 0 || text.Length > longest)
            {
                Add($"{place}/{at}", $"An item of '{name}' is a text of 1 to {longest} characters.", "Shorten it, or take it out.");
            }
            else if (check(text) is { } fault)
            {
                Add($"{place}/{at}", $"'{text}' cannot stand in '{name}'.", fault);
            }
            else if (texts.Contains(text, StringComparer.Ordinal))
            {
                Add($"{place}/{at}", $"'{text}' comes twice in '{name}'.", "Take one out.");
            }

            texts.Add(text);
        }

        if (texts.Count > most)
        {
            Add(place, $"'{name}' has {texts.Count} items; at most {most} are allowed.", "Keep those that matter.");
        }

        return texts;
    }

    public int Number(JsonElement parent, string pointer, string name, int least, int most, int otherwise)
    {
        if (!parent.TryGetProperty(name, out var value))
        {
            return otherwise;
        }

        if (value.ValueKind == JsonValueKind.Number && value.TryGetInt32(out var number) && number >= least && number <= most)
        {
            return number;
        }

        Add($"{pointer}/{name}", $"'{name}' is a whole number from {least} to {most}.", $"Write {otherwise} if you are unsure.");
        return otherwise;
    }

    public T? Choice<T>(JsonElement parent, string name, Func<T, string> word)
        where T : struct, Enum
    {
        var choices = Enum.GetValues<T>();
        var words = string.Join(", ", choices.Select(word));
        if (Text(parent, name, 40, isNeeded: true, $"Write one of {words}.") is not { } text)
        {
            return null;
        }

        foreach (var choice in choices.Where(c => string.Equals(word(c), text, StringComparison.Ordinal)))
        {
            return choice;
        }

        Add("/" + name, $"'{text}' is no {name}.", $"Write one of {words}.{NearMiss.Hint(text, choices.Select(word))}");
        return null;
    }
}
