using System.Buffers;
using System.Text.Json;
using Loopai.Core.Flags;

namespace Loopai.Portal.Ofrep;

/// <summary>How answers look: OFREP's own shapes, not problem details.</summary>
public static class OfrepAnswer
{
    private static readonly JsonWriterOptions Writing = new() { Encoder = System.Text.Encodings.Web.JavaScriptEncoder.UnsafeRelaxedJsonEscaping, SkipValidation = true };

    public static async Task WriteFailureAsync(HttpContext http, int status, string? key, string? code, string details)
    {
        if (http.Response.HasStarted)
        {
            http.Abort();
            return;
        }

        http.Response.StatusCode = status;
        await WriteAsync(http, Bytes(json => Failure(json, key, code, details)));
    }

    public static Task WriteAsync(HttpContext http, ReadOnlyMemory<byte> body)
    {
        http.Response.ContentType = "application/json";
        http.Response.ContentLength = body.Length;
        return http.Response.BodyWriter.WriteAsync(body, http.RequestAborted).AsTask();
    }

    public static ReadOnlyMemory<byte> Bytes(Action<Utf8JsonWriter> write)
    {
        var buffer = new ArrayBufferWriter<byte>(512);
        using (var json = new Utf8JsonWriter(buffer, Writing))
        {
            write(json);
        }

        return buffer.WrittenMemory;
    }

    /// <summary>One flag: its value with the reason, or why there is none.</summary>
    public static void Flag(Utf8JsonWriter json, in FlagAnswer answer)
    {
        if (answer.Variation is null)
        {
            Failure(json, answer.Flag.Key, "INVALID_CONTEXT", $"The context has no '{answer.Missing}', by which this flag is split. Add it as a text or a number.");
            return;
        }

        json.WriteStartObject();
        json.WriteString("key"u8, answer.Flag.Key);
        json.WritePropertyName("value"u8);
        answer.Value.WriteTo(json);
        json.WriteString("reason"u8, ReasonOf(answer.Reason));
        json.WriteString("variant"u8, answer.Variation);
        json.WriteStartObject("metadata"u8);
        json.WriteString("flagId"u8, answer.Flag.Id);
        if (answer.Rule is { } rule)
        {
            json.WriteString("rule"u8, rule);
        }

        json.WriteEndObject();
        json.WriteEndObject();
    }

    private static void Failure(Utf8JsonWriter json, string? key, string? code, string details)
    {
        json.WriteStartObject();
        if (key is not null)
        {
            json.WriteString("key"u8, key);
        }

        if (code is not null)
        {
            json.WriteString("errorCode"u8, code);
        }

        json.WriteString("errorDetails"u8, details);
        json.WriteEndObject();
    }

    private static ReadOnlySpan<byte> ReasonOf(FlagReason reason) => reason switch
    {
        FlagReason.Static => "STATIC"u8,
        FlagReason.TargetingMatch => "TARGETING_MATCH"u8,
        FlagReason.Split => "SPLIT"u8,
        FlagReason.Disabled => "DISABLED"u8,
        FlagReason.Unknown => "UNKNOWN"u8,
    };
}
