using System.Buffers;
using System.Globalization;
using System.Security.Cryptography;
using System.Text;

namespace Loopai.Core.Audit;

/// <summary>
/// The one text that an event is hashed as, byte for byte what the JSON Lines export writes. Members in a fixed order, absent ones left out, no white
/// space, strings escaped only where JSON demands it; <c>before</c>, <c>after</c> and <c>details</c> as they are stored. Written by hand, because a
/// library's escaping may change with its version and would then break every chain.
/// </summary>
public static class AuditText
{
    /// <summary>Of SHA-256.</summary>
    public const int HashLength = 32;

    /// <summary>RFC 3339 in UTC with milliseconds.</summary>
    public const string TimeFormat = "yyyy-MM-dd'T'HH:mm:ss.fff'Z'";

    /// <summary>The hash that seals an event.</summary>
    /// <param name="previous">The hash of the event before; 32 zero bytes for the first.</param>
    /// <param name="sequence">The event's number.</param>
    /// <param name="audited">The event.</param>
    public static byte[] Hash(ReadOnlySpan<byte> previous, long sequence, AuditEvent audited)
    {
        using var sha = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        sha.AppendData(previous);
        sha.AppendData(OfEvent(sequence, audited));
        return sha.GetHashAndReset();
    }

    /// <summary>The event's canonical text as UTF-8.</summary>
    public static byte[] OfEvent(long sequence, AuditEvent audited)
    {
        var text = new StringBuilder(512);
        text.Append("{\"sequence\":").Append(sequence.ToString(CultureInfo.InvariantCulture));
        Add(text, "id", audited.Id.ToString());
        Add(text, "organizationId", audited.OrganizationId.ToString());
        Add(text, "at", Time(audited.At));
        Add(text, "action", audited.Action);
        Add(text, "result", Word(audited.Result));
        Add(text, "reason", audited.Reason);
        Add(text, "actorKind", audited.ActorKind);
        Add(text, "actorId", audited.ActorId?.ToString());
        Add(text, "actorName", audited.ActorName);
        Add(text, "onBehalfOfId", audited.OnBehalfOfId?.ToString());
        Add(text, "onBehalfOfName", audited.OnBehalfOfName);
        Add(text, "address", audited.Address);
        Add(text, "userAgent", audited.UserAgent);
        Add(text, "objectKind", audited.ObjectKind);
        Add(text, "objectId", audited.ObjectId);
        Add(text, "objectName", audited.ObjectName);
        AddJson(text, "before", audited.Before);
        AddJson(text, "after", audited.After);
        AddJson(text, "details", audited.Details);
        if (audited.Count != 1)
        {
            text.Append(",\"count\":").Append(audited.Count.ToString(CultureInfo.InvariantCulture));
        }

        Add(text, "traceId", audited.TraceId);
        return Encoding.UTF8.GetBytes(text.Append('}').ToString());
    }

    /// <summary>What a checkpoint's signature covers: five lines.</summary>
    public static byte[] OfCheckpoint(Guid organizationId, long sequence, ReadOnlySpan<byte> hash, DateTimeOffset at) =>
        Encoding.UTF8.GetBytes(string.Create(
            CultureInfo.InvariantCulture, $"loopai-audit-checkpoint-v1\n{organizationId}\n{sequence}\n{Convert.ToHexStringLower(hash)}\n{Time(at)}\n"));

    /// <summary>A line of the JSON Lines export, without its end. The first 83 characters and the last brace stand around the event's text.</summary>
    public static byte[] OfLine(AuditRecord record)
    {
        var line = new ArrayBufferWriter<byte>(512);
        line.Write("{\"hash\":\""u8);
        line.Write(Encoding.ASCII.GetBytes(Convert.ToHexStringLower(record.Hash!)));
        line.Write("\",\"event\":"u8);
        line.Write(OfEvent(record.Sequence!.Value, record.Event));
        line.Write("}"u8);
        return line.WrittenSpan.ToArray();
    }

    /// <summary>A time as events and checkpoints are hashed with it.</summary>
    public static string Time(DateTimeOffset time) => time.UtcDateTime.ToString(TimeFormat, CultureInfo.InvariantCulture);

    /// <summary>The word for a result: <c>refused</c>.</summary>
    public static string Word(AuditResult result) => result switch
    {
        AuditResult.Success => "success",
        AuditResult.Refused => "refused",
        AuditResult.Failed => "failed",
    };

    private static void Add(StringBuilder text, string name, string? value)
    {
        if (value is null)
        {
            return;
        }

        text.Append(",\"").Append(name).Append("\":\"");
        foreach (var character in value)
        {
            _ = character switch
            {
                '"' => text.Append("\\\""),
                '\\' => text.Append("\\\\"),
                < ' ' => text.Append(CultureInfo.InvariantCulture, $"\\u{(int)character:x4}"),
                _ => text.Append(character),
            };
        }

        text.Append('"');
    }

    private static void AddJson(StringBuilder text, string name, string? json)
    {
        if (json is not null)
        {
            text.Append(",\"").Append(name).Append("\":").Append(json);
        }
    }
}

/// <summary>An event with its place in the chain, which it gets within a second.</summary>
public sealed record AuditRecord(AuditEvent Event, long? Sequence, byte[]? Hash);
