using System.Text;
using System.Text.Json;
using Loopai.Core.Schemas;

namespace Loopai.Portal.Pages.Tasks;

/// <summary>Why a text is no schema, and in which line.</summary>
/// <param name="Pointer">JSON Pointer to the fault; empty for the whole.</param>
/// <param name="Line">From 1.</param>
/// <param name="Message">What is wrong there.</param>
public sealed record SchemaFault(string Pointer, int Line, string Message)
{
    public string Text => Pointer.Length == 0 ? $"Line {Line}: {Message}" : $"Line {Line}, {Pointer}: {Message}";

    /// <summary>Null when the text is a schema, or nothing at all.</summary>
    public static SchemaFault? Of(string? schema)
    {
        if (string.IsNullOrWhiteSpace(schema))
        {
            return null;
        }

        try
        {
            JsonSchema.Compile(schema);
            return null;
        }
        catch (InvalidSchemaException e) when (e.InnerException is JsonException json)
        {
            return new SchemaFault("", (int)(json.LineNumber ?? 0) + 1, "this is not JSON that can be read");
        }
        catch (InvalidSchemaException e)
        {
            return new SchemaFault(e.Pointer, LineOf(schema, e.Pointer), e.Message);
        }
    }

    /// <summary>The line on which the value stands that the pointer names; 1 when there is none.</summary>
    public static int LineOf(string json, string pointer)
    {
        var bytes = Encoding.UTF8.GetBytes(json);
        var wanted = pointer.Split('/').Skip(1).Select(p => p.Replace("~1", "/", StringComparison.Ordinal).Replace("~0", "~", StringComparison.Ordinal)).ToList();
        var reader = new Utf8JsonReader(bytes, new JsonReaderOptions { MaxDepth = 512 });
        try
        {
            reader.Read();
            foreach (var part in wanted)
            {
                if (!Enter(ref reader, part))
                {
                    break;
                }
            }
        }
        catch (JsonException)
        {
            return 1;
        }

        return 1 + bytes.AsSpan(0, (int)reader.TokenStartIndex).Count((byte)'\n');
    }

    private static bool Enter(ref Utf8JsonReader reader, string part)
    {
        if (reader.TokenType == JsonTokenType.StartObject)
        {
            while (reader.Read() && reader.TokenType == JsonTokenType.PropertyName)
            {
                var found = reader.ValueTextEquals(part);
                reader.Read();
                if (found)
                {
                    return true;
                }

                reader.Skip();
            }
        }
        else if (reader.TokenType == JsonTokenType.StartArray && int.TryParse(part, out var index))
        {
            while (reader.Read() && reader.TokenType != JsonTokenType.EndArray)
            {
                if (index-- == 0)
                {
                    return true;
                }

                reader.Skip();
            }
        }

        return false;
    }
}
