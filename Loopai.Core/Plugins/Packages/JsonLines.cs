using System.Text.Json;

namespace Loopai.Core.Plugins.Packages;

/// <summary>Where the values of a JSON text stand: JSON pointer → line, from 1. Names that come twice are found on the way, for parsers keep one of them silently.</summary>
internal sealed class JsonLines
{
    private readonly Dictionary<string, int> _lines = new(StringComparer.Ordinal) { [""] = 1 };
    private readonly List<string> _repeated = [];

    private JsonLines()
    {
    }

    public IReadOnlyList<string> Repeated => _repeated;

    public int Of(string pointer)
    {
        while (true)
        {
            if (_lines.TryGetValue(pointer, out var line))
            {
                return line;
            }

            pointer = pointer[..Math.Max(0, pointer.LastIndexOf('/'))];
        }
    }

    public static string Escape(string name) => name.Replace("~", "~0", StringComparison.Ordinal).Replace("/", "~1", StringComparison.Ordinal);

    /// <exception cref="JsonException">The text is not JSON.</exception>
    public static JsonLines Read(ReadOnlySpan<byte> utf8, int maxDepth)
    {
        var lines = new JsonLines();
        var reader = new Utf8JsonReader(utf8, new JsonReaderOptions { MaxDepth = maxDepth });
        var open = new Stack<(string Pointer, int Items, bool IsArray)>();
        var name = "";
        var (line, counted) = (1, 0);
        while (reader.Read())
        {
            var start = (int)reader.TokenStartIndex;
            line += utf8[counted..start].Count((byte)'\n');
            counted = start;
            switch (reader.TokenType)
            {
                case JsonTokenType.PropertyName:
                    name = $"{open.Peek().Pointer}/{Escape(reader.GetString()!)}";
                    if (!lines._lines.TryAdd(name, line))
                    {
                        lines._repeated.Add(name);
                    }

                    break;
                case JsonTokenType.EndObject or JsonTokenType.EndArray:
                    open.Pop();
                    break;
                default:
                    var pointer = name;
                    if (open.TryPop(out var parent))
                    {
                        pointer = parent.IsArray ? $"{parent.Pointer}/{parent.Items}" : name;
                        open.Push(parent with { Items = parent.Items + 1 });
                        lines._lines.TryAdd(pointer, line);
                    }

                    if (reader.TokenType is JsonTokenType.StartObject or JsonTokenType.StartArray)
                    {
                        open.Push((pointer, 0, reader.TokenType == JsonTokenType.StartArray));
                    }

                    break;
            }
        }

        return lines;
    }
}
