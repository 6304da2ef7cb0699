using System.Buffers;
using System.Globalization;
using System.Text.Json;

namespace Loopai.Core.Webhooks;

/// <summary>The body of a request: the same bytes for the same event, whenever it is sent.</summary>
internal static class WebhookBody
{
    public static ReadOnlyMemory<byte> Of(WebhookEvent told) => Of(told.Type, told.At, told.Data);

    public static ReadOnlyMemory<byte> Of(string type, DateTimeOffset at, string data)
    {
        var body = new ArrayBufferWriter<byte>(data.Length + 128);
        using (var json = new Utf8JsonWriter(body))
        {
            json.WriteStartObject();
            json.WriteString("type"u8, type);
            json.WriteString("timestamp"u8, at.UtcDateTime.ToString("yyyy-MM-ddTHH:mm:ss.fffZ", CultureInfo.InvariantCulture));
            json.WriteNumber("version"u8, WebhookType.Version);
            json.WritePropertyName("data"u8);
            json.WriteRawValue(data);
            json.WriteEndObject();
        }

        return body.WrittenMemory;
    }
}
