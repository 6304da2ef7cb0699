using System.Globalization;
using System.Text;
using System.Text.Json;
using Loopai.Core.Programs.Models;

namespace Loopai.Core.Programs.Synthesis;

internal enum TargetKind
{
    Classes,
    Number,

    /// <summary>There is nothing to learn from; one answer for all.</summary>
    Nothing,
}

/// <summary>What the outputs are, and for each example which.</summary>
/// <param name="Kind">Which of the fields below hold.</param>
/// <param name="Classes">The different answers.</param>
/// <param name="ClassOf">Per example, the index of its answer.</param>
/// <param name="Numbers">Of a regression: per example, its number.</param>
/// <param name="NumberProperty">Of a regression: the property that holds the number, or null when the output is the number.</param>
/// <param name="Decimals">Of a regression: digits after the point that the answers need.</param>
/// <param name="Warnings">What a user should know.</param>
internal sealed record OutputTarget(
    TargetKind Kind,
    IReadOnlyList<JsonElement> Classes,
    int[] ClassOf,
    double[] Numbers,
    string? NumberProperty,
    int Decimals,
    IReadOnlyList<string> Warnings)
{
    private const int MostClasses = 200;
    private const int FewNumbers = 10;
    private const int MostDecimals = 6;

    public static OutputTarget Of(IReadOnlyList<LabelledExample> examples, JsonElement schema)
    {
        var warnings = new List<string>();
        if (examples.Count == 0)
        {
            warnings.Add("There are no examples: this is a baseline that gives the same answer to every input. Add labelled examples and learn again.");
            return new OutputTarget(TargetKind.Nothing, [DefaultOutput.For(schema)], [], [], null, 0, warnings);
        }

        var names = examples.Select(example => Canonical(example.Output)).ToArray();
        var distinct = names.Distinct(StringComparer.Ordinal).Order(StringComparer.Ordinal).ToArray();
        var first = new Dictionary<string, JsonElement>(distinct.Length, StringComparer.Ordinal);
        foreach (var (index, name) in names.Index())
        {
            first.TryAdd(name, examples[index].Output);
        }

        var classes = distinct.Select(name => first[name]).ToArray();
        var place = distinct.Index().ToDictionary(pair => pair.Item, pair => pair.Index, StringComparer.Ordinal);
        var classOf = names.Select(name => place[name]).ToArray();
        if (distinct.Length > FewNumbers && NumberTarget(examples, classes, classOf) is { } number)
        {
            return number;
        }

        if (distinct.Length == 1)
        {
            warnings.Add($"Every example has the same output, {Shown(classes[0])}: there is nothing to tell apart, so every input gets it.");
            return new OutputTarget(TargetKind.Nothing, classes, classOf, [], null, 0, warnings);
        }

        if (distinct.Length > MostClasses || distinct.Length * 2 > examples.Count + FewNumbers)
        {
            warnings.Add(string.Create(CultureInfo.InvariantCulture,
                $"The {examples.Count} examples have {distinct.Length} different outputs. Free text, or several properties that vary by themselves, cannot be learned as classes: make a task of each property. This is a baseline that gives the most frequent output to every input."));
            return new OutputTarget(TargetKind.Nothing, classes, classOf, [], null, 0, warnings);
        }

        foreach (var missing in AllowedOutputs(schema).Where(allowed => !place.ContainsKey(Canonical(allowed))))
        {
            warnings.Add($"No example has the output {Shown(missing)}: the program never answers it.");
        }

        return new OutputTarget(TargetKind.Classes, classes, classOf, [], null, 0, warnings);
    }

    public static string Shown(JsonElement output) => output.ValueKind == JsonValueKind.String ? output.GetString()! : output.GetRawText();

    /// <summary>The same text for equal values: properties in order, numbers by value.</summary>
    public static string Canonical(JsonElement value)
    {
        var text = new StringBuilder();
        Append(value, text);
        return text.ToString();
    }

    private static OutputTarget? NumberTarget(IReadOnlyList<LabelledExample> examples, JsonElement[] classes, int[] classOf)
    {
        var property = classes[0].ValueKind == JsonValueKind.Object && classes[0].EnumerateObject().Count() == 1
            ? classes[0].EnumerateObject().First().Name
            : null;
        var numbers = new double[examples.Count];
        var decimals = 0;
        for (var i = 0; i < numbers.Length; i++)
        {
            var value = examples[i].Output;
            if (property is not null && (value.ValueKind != JsonValueKind.Object || !value.TryGetProperty(property, out value)))
            {
                return null;
            }

            if (value.ValueKind != JsonValueKind.Number || !value.TryGetDouble(out numbers[i]) || !double.IsFinite(numbers[i]))
            {
                return null;
            }

            decimals = Math.Max(decimals, DecimalsOf(numbers[i]));
        }

        // An answer between two integers is no answer where the examples only have integers; a fraction gains from two digits more.
        decimals = decimals == 0 ? 0 : Math.Min(decimals + 2, MostDecimals);
        return new OutputTarget(TargetKind.Number, [], classOf, numbers, property, decimals, []);
    }

    private static int DecimalsOf(double number)
    {
        var decimals = 0;
        for (var unit = 1.0; decimals < MostDecimals && Math.Abs((number * unit) - Math.Round(number * unit)) > 1e-9 * Math.Max(1, Math.Abs(number * unit)); unit *= 10)
        {
            decimals++;
        }

        return decimals;
    }

    private static IEnumerable<JsonElement> AllowedOutputs(JsonElement schema) =>
        schema.ValueKind == JsonValueKind.Object && schema.TryGetProperty("enum", out var allowed) && allowed.ValueKind == JsonValueKind.Array
            ? allowed.EnumerateArray()
            : [];

    private static void Append(JsonElement value, StringBuilder text)
    {
        switch (value.ValueKind)
        {
            case JsonValueKind.Object:
                text.Append('{');
                foreach (var property in value.EnumerateObject().OrderBy(property => property.Name, StringComparer.Ordinal))
                {
                    text.Append(JsonSerializer.Serialize(property.Name)).Append(':');
                    Append(property.Value, text);
                    text.Append(',');
                }

                text.Append('}');
                break;
            case JsonValueKind.Array:
                text.Append('[');
                foreach (var item in value.EnumerateArray())
                {
                    Append(item, text);
                    text.Append(',');
                }

                text.Append(']');
                break;
            case JsonValueKind.Number when value.TryGetDouble(out var number):
                text.Append(number.ToString("R", CultureInfo.InvariantCulture));
                break;
            case JsonValueKind.String:
                text.Append(JsonSerializer.Serialize(value.GetString()));
                break;
            default:
                text.Append(value.GetRawText());
                break;
        }
    }
}
