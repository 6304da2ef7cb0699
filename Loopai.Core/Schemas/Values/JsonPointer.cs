using System.Globalization;
using System.Text;
using System.Text.Json;

namespace Loopai.Core.Schemas.Values;

/// <summary>JSON Pointer, RFC 6901.</summary>
internal static class JsonPointer
{
    public static string Escape(string token) => token.Replace("~", "~0").Replace("/", "~1");

    public static string Append(string pointer, string token) => $"{pointer}/{Escape(token)}";

    public static string Append(string pointer, int index) => string.Create(CultureInfo.InvariantCulture, $"{pointer}/{index}");

    public static IEnumerable<string> Tokens(string pointer) =>
        pointer.Split('/').Skip(1).Select(token => token.Replace("~1", "/").Replace("~0", "~"));

    /// <summary>One step down, or null where there is nothing.</summary>
    public static JsonElement? Step(JsonElement element, string token)
    {
        if (element.ValueKind == JsonValueKind.Object)
        {
            var name = Encoding.UTF8.GetBytes(token);
            foreach (var property in element.EnumerateObject())
            {
                if (JsonText.UnescapedEquals(JsonText.RawName(property), name))
                {
                    return property.Value;
                }
            }
        }
        else if (element.ValueKind == JsonValueKind.Array
            && int.TryParse(token, NumberStyles.None, CultureInfo.InvariantCulture, out var index)
            && index < element.GetArrayLength())
        {
            return element[index];
        }

        return null;
    }
}
