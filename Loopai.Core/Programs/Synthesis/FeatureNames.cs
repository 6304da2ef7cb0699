using Loopai.Core.Programs.Models;

namespace Loopai.Core.Programs.Synthesis;

/// <summary>Features in words. The model keeps hashes only, so the words are looked up once in the examples that have them.</summary>
internal sealed class FeatureNames(Dictionary<int, string> names)
{
    public string Of(int place) => names.GetValueOrDefault(place, "a feature");

    public static FeatureNames Of(EncodedSet encoded, LearningSet set, IEnumerable<int> places)
    {
        var wanted = places.ToHashSet();
        var names = new Dictionary<int, string>();
        var buffer = new ReadBuffer();
        for (var row = 0; row < set.Count && names.Count < wanted.Count; row++)
        {
            if (encoded.Rows.PlacesOf(row).ToArray().Any(place => wanted.Contains(place) && !names.ContainsKey(place)))
            {
                var sink = new NamingSink(encoded, wanted, names, buffer);
                FeatureReader.Read(encoded.Plan, set.Inputs[row], buffer, ref sink);
                sink.NameRest();
            }
        }

        return new FeatureNames(names);
    }

    private struct NamingSink(EncodedSet encoded, HashSet<int> wanted, Dictionary<int, string> names, ReadBuffer buffer) : IInputSink
    {
        private readonly List<(int Place, FeatureKind Kind, string Text)> _pending = [];

        public readonly void Add(uint key, FeatureKind kind, int start, int end)
        {
            var place = encoded.Vocabulary.Table.Find(key);
            if (place >= 0 && wanted.Contains(place) && !names.ContainsKey(place))
            {
                _pending.Add((place, kind, Text(start, end, kind)));
            }
        }

        public readonly void EndBlock(TextBlock block)
        {
            var field = block.Fields.Length > 1 ? "any text" : encoded.Plan.Fields[block.Fields[0]].Name;
            foreach (var (place, kind, text) in _pending)
            {
                names.TryAdd(place, Words(field, kind, text));
            }

            _pending.Clear();
        }

        public readonly void Value(uint key, FeatureKind kind, int field, double value)
        {
            var place = encoded.Vocabulary.Table.Find(key);
            if (place < 0 || !wanted.Contains(place) || names.ContainsKey(place))
            {
                return;
            }

            var of = encoded.Plan.Fields[field];
            names[place] = kind switch
            {
                FeatureKind.Missing => $"{of.Name} is missing",
                FeatureKind.Number => $"{of.Name} (per standard deviation)",
                FeatureKind.NumberRange => Range(of, buffer.Numbers[field]),
                _ => $"{of.Name} is \"{CategoryText(key, of, buffer.Elements[field])}\"",
            };
        }

        public readonly void NameRest() => _pending.Clear();

        private static string Range(InputField field, double number)
        {
            var range = field.RangeOf(number);
            var words = new List<string>();
            if (range > 0)
            {
                words.Add(RuleCondition.NumberWords(field.Name, RuleTest.AtLeast, field.Edges[range - 1]));
            }

            if (range < field.Edges.Length)
            {
                words.Add(RuleCondition.NumberWords(field.Name, RuleTest.Below, field.Edges[range]));
            }

            return words.Count == 0 ? $"{field.Name} is a number" : string.Join(" and ", words);
        }

        private static string CategoryText(uint key, InputField field, System.Text.Json.JsonElement value)
        {
            if (value.ValueKind != System.Text.Json.JsonValueKind.Array)
            {
                return value.ToString();
            }

            Span<int> text = stackalloc int[FeaturePlan.CategoryLimit];
            foreach (var item in value.EnumerateArray())
            {
                if (item.ValueKind == System.Text.Json.JsonValueKind.String
                    && FeatureReader.CategoryKey(field, text[..JsonText.Read(item, text)]) == key)
                {
                    return item.ToString();
                }
            }

            return "true";
        }

        private static string Words(string field, FeatureKind kind, string text) => kind switch
        {
            FeatureKind.Letters => $"{field} has the letters \"{text}\"",
            FeatureKind.Shape => $"{field} contains a number like \"{text}\"",
            FeatureKind.Capitals => $"{field} has a word in capitals",
            FeatureKind.Script => $"{field} has characters like \"{text}\"",
            FeatureKind.LongWord => $"{field} has a word longer than {TextFeatures.LongestWord} characters",
            _ => $"{field} contains \"{text}\"",
        };

        /// <summary>The text in lower case, whatever separates two words being one space, a boundary of a word being "_".</summary>
        private readonly string Text(int start, int end, FeatureKind kind)
        {
            var text = new System.Text.StringBuilder();
            for (var i = start; i < end; i++)
            {
                var outside = i < 0 || i >= buffer.Text.Length || CharacterRules.ClassOf(buffer.Text[i]) is CharacterRules.Separator;
                var atEdge = kind == FeatureKind.Letters && (i < 0 || (i == end - 1 && outside) || (i == start && outside));
                if (atEdge)
                {
                    text.Append('_');
                }
                else if (!outside)
                {
                    text.Append(char.ConvertFromUtf32(Printable(buffer.Text[i] & CharacterRules.CodeMask)));
                }
                else if (text.Length > 0 && text[^1] != ' ')
                {
                    text.Append(' ');
                }
            }

            return text.ToString();
        }

        private static int Printable(int code) => code is >= 0xD800 and < 0xE000 ? 0xFFFD : code;
    }
}
