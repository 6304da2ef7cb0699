using System.Globalization;
using System.Text.Json;
using Loopai.Core.Programs.Models;

namespace Loopai.Core.Programs.Synthesis;

/// <summary>Which fields the inputs have, and how each is best read.</summary>
internal sealed record FieldSurvey(IReadOnlyList<InputField> Fields, IReadOnlyList<double> MeanLengths, IReadOnlyList<string> Warnings)
{
    private const int DeepestField = 6;
    private const int MostFields = 200;
    private const int MostCategories = 50;
    private const int LongestCategory = 60;
    private const int NumberRanges = 8;

    public static FieldSurvey Of(IReadOnlyList<LabelledExample> examples, JsonElement schema)
    {
        var found = new SortedDictionary<string, Tally>(StringComparer.Ordinal);
        foreach (var example in examples)
        {
            Visit(example.Input, [], found);
        }

        var fields = new List<InputField>();
        var lengths = new List<double>();
        var warnings = new List<string>();
        foreach (var tally in found.Values)
        {
            if (fields.Count == MostFields)
            {
                warnings.Add(string.Create(CultureInfo.InvariantCulture, $"The inputs have more than {MostFields} fields; the rest is not read."));
                break;
            }

            if (tally.Field(IsEnum(schema, tally.Path)) is { } field)
            {
                fields.Add(field);
                lengths.Add(tally.MeanLength);
            }
            else if (tally.Unreadable > 0)
            {
                warnings.Add($"The field '{string.Join('.', tally.Path)}' is not read: lists of numbers or objects are not features.");
            }
        }

        return new FieldSurvey(fields, lengths, warnings);
    }

    private static void Visit(JsonElement value, string[] path, SortedDictionary<string, Tally> found)
    {
        if (value.ValueKind == JsonValueKind.Object && path.Length < DeepestField)
        {
            foreach (var property in value.EnumerateObject())
            {
                Visit(property.Value, [.. path, property.Name], found);
            }

            return;
        }

        var name = string.Join('\u0001', path);
        if (!found.TryGetValue(name, out var tally))
        {
            if (found.Count > 4 * MostFields)
            {
                return;
            }

            found[name] = tally = new Tally(path);
        }

        tally.Count(value);
    }

    private static bool IsEnum(JsonElement schema, IReadOnlyList<string> path)
    {
        foreach (var name in path)
        {
            if (schema.ValueKind != JsonValueKind.Object || !schema.TryGetProperty("properties", out var properties)
                || properties.ValueKind != JsonValueKind.Object || !properties.TryGetProperty(name, out schema))
            {
                return false;
            }
        }

        return schema.ValueKind == JsonValueKind.Object && (schema.TryGetProperty("enum", out _)
            || (schema.TryGetProperty("items", out var items) && items.ValueKind == JsonValueKind.Object && items.TryGetProperty("enum", out _)));
    }

    /// <summary>What one field held over all examples.</summary>
    private sealed class Tally(string[] path)
    {
        private readonly HashSet<string> _distinct = new(StringComparer.Ordinal);
        private readonly List<double> _numbers = [];
        private int _strings;
        private int _booleans;
        private bool _manyValues;
        private bool _longValues;
        private long _characters;

        public string[] Path => path;

        public int Unreadable { get; private set; }

        public double MeanLength => _strings == 0 ? 0 : (double)_characters / _strings;

        public void Count(JsonElement value)
        {
            switch (value.ValueKind)
            {
                case JsonValueKind.String:
                    CountString(value);
                    break;
                case JsonValueKind.True or JsonValueKind.False:
                    _booleans++;
                    break;
                case JsonValueKind.Number when value.TryGetDouble(out var number) && double.IsFinite(number):
                    _numbers.Add(number);
                    break;
                case JsonValueKind.Array:
                    foreach (var item in value.EnumerateArray())
                    {
                        if (item.ValueKind == JsonValueKind.String)
                        {
                            CountString(item);
                        }
                        else
                        {
                            Unreadable++;
                        }
                    }

                    break;
                case JsonValueKind.Object:
                    Unreadable++;
                    break;
            }
        }

        public InputField? Field(bool isEnum)
        {
            if (_strings >= Math.Max(1, Math.Max(_booleans, _numbers.Count)))
            {
                var few = !_manyValues && !_longValues && _strings >= 10 && _distinct.Count * 5 <= _strings;
                return new InputField(path, isEnum || few ? FieldKind.Category : FieldKind.Text);
            }

            if (_booleans > 0 && _booleans >= _numbers.Count)
            {
                return new InputField(path, FieldKind.Category);
            }

            return _numbers.Count == 0 ? null : NumberField();
        }

        private InputField NumberField()
        {
            _numbers.Sort();
            var mean = _numbers.Average();
            var spread = Math.Sqrt(_numbers.Average(number => (number - mean) * (number - mean)));
            var edges = Enumerable.Range(1, NumberRanges - 1)
                .Select(range => _numbers[(int)((long)_numbers.Count * range / NumberRanges)])
                .Where(edge => edge > _numbers[0])
                .Distinct()
                .ToArray();
            return new InputField(path, FieldKind.Number, _numbers[_numbers.Count / 2], spread > 0 && double.IsFinite(spread) ? spread : 1, edges);
        }

        private void CountString(JsonElement value)
        {
            var text = Text(value);
            _strings++;
            _characters += text.Length;
            _longValues |= text.Length > LongestCategory;
            if (!_manyValues && !_longValues)
            {
                _distinct.Add(text);
                _manyValues = _distinct.Count > MostCategories;
            }
        }

        /// <summary>The raw text: only its length and whether two are the same matter here, and a lone surrogate cannot be a string.</summary>
        private static string Text(JsonElement value) => value.GetRawText();
    }
}
