using System.Text.Json;

namespace Loopai.Core.Tasks.Import;

internal static class JsonFault
{
    /// <summary>The reason without the parser's own coordinates, which count from the start of a buffer and not of the upload.</summary>
    public static string Of(JsonException e)
    {
        var message = e.Message;
        var coordinates = message.IndexOf(" LineNumber:", StringComparison.Ordinal);
        return coordinates < 0 ? message : message[..coordinates];
    }
}
