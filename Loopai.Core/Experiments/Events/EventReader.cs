using System.Globalization;
using System.Text;
using System.Text.Json;
using System.Text.Unicode;
using Loopai.Core.Errors;
using Loopai.Core.Executions;

namespace Loopai.Core.Experiments.Events;

/// <summary>Reads events from a request, and checks each by itself: one that cannot be taken does not keep the others out.</summary>
public static class EventReader
{
    /// <summary>The most events of one request.</summary>
    public const int MaxEvents = 10_000;

    private static readonly TimeSpan ClockDrift = TimeSpan.FromMinutes(5);
    private static readonly TimeSpan Oldest = TimeSpan.FromDays(400);
    private static readonly JsonDocumentOptions Reading = new() { MaxDepth = 8, AllowDuplicateProperties = false };

    /// <summary>The rows, in their order.</summary>
    /// <param name="body">The request's body.</param>
    /// <param name="isLines">JSON Lines; otherwise one event, or an array of them.</param>
    /// <param name="now">What the events' times are measured against.</param>
    /// <exception cref="InvalidException">The request as a whole cannot be read, or holds too many.</exception>
    public static IReadOnlyList<EventRow> Read(ReadOnlyMemory<byte> body, bool isLines, DateTimeOffset now) =>
        !Utf8.IsValid(body.Span) ? throw new InvalidException("events.not_json", "body", "The events cannot be read: the body is not UTF-8. Nothing was taken.")
        : isLines ? ReadLines(body, now) : ReadArray(body, now);

    private static List<EventRow> ReadArray(ReadOnlyMemory<byte> body, DateTimeOffset now)
    {
        try
        {
            using var document = JsonDocument.Parse(body, Reading);
            var root = document.RootElement;
            if (root.ValueKind != JsonValueKind.Array)
            {
                return [Check(1, root, now)];
            }

            RequireFew(root.GetArrayLength());
            return [.. root.EnumerateArray().Select((element, i) => Check(i + 1, element, now))];
        }
        catch (Exception e) when (e is JsonException or InvalidOperationException)
        {
            // The second is what the parser throws of a member whose name no text can hold, when it looks for members that stand twice.
            throw new InvalidException("events.not_json", "body", $"The events cannot be read: {e.Message} Send a JSON array, or JSON Lines as application/x-ndjson. Nothing was taken.");
        }
    }

    private static List<EventRow> ReadLines(ReadOnlyMemory<byte> body, DateTimeOffset now)
    {
        var lines = Encoding.UTF8.GetString(body.Span).Split('\n');
        RequireFew(lines.Count(line => !string.IsNullOrWhiteSpace(line)));
        var rows = new List<EventRow>(lines.Length);
        for (var i = 0; i < lines.Length; i++)
        {
            if (string.IsNullOrWhiteSpace(lines[i]))
            {
                continue;
            }

            try
            {
                using var document = JsonDocument.Parse(lines[i], Reading);
                rows.Add(Check(i + 1, document.RootElement, now));
            }
            catch (Exception e) when (e is JsonException or InvalidOperationException)
            {
                rows.Add(EventRow.Rejected(i + 1, "", "This line is not a JSON object."));
            }
        }

        return rows;
    }

    private static EventRow Check(int row, JsonElement element, DateTimeOffset now)
    {
        try
        {
            return Take(row, element, now);
        }
        catch (InvalidOperationException)
        {
            // What the parser throws of an escape that no text can hold, when the text is asked for.
            return EventRow.Rejected(row, "", "A text of this event holds half of a surrogate pair. Remove that.");
        }
    }

    private static EventRow Take(int row, JsonElement element, DateTimeOffset now)
    {
        if (element.ValueKind != JsonValueKind.Object)
        {
            return EventRow.Rejected(row, "", "An event is a JSON object: {\"id\": …, \"unit\": …, \"name\": …, \"value\": …, \"at\": …}.");
        }

        var (id, unit, name, at, value) = ((string?)null, (string?)null, (string?)null, now, 1.0);
        foreach (var member in element.EnumerateObject())
        {
            var fault = member.Name switch
            {
                "id" or "eventId" or "event_id" => Text(member.Value, ExperimentEvent.MaxEventIdLength, "id names the event, so that it counts once however often it is sent", out id),
                "unit" => Text(member.Value, Execution.MaxUnitLength, "unit names the user or session", out unit),
                "name" => Text(member.Value, ExperimentEvent.MaxNameLength, "name says what happened", out name),
                "value" => Number(member.Value, out value),
                "at" => Time(member.Value, now, out at),
                _ => "Nobody knows this field. Known: id, unit, name, value, at. Several events are a JSON array, or JSON Lines.",
            };
            if (fault is not null)
            {
                return EventRow.Rejected(row, member.Name, fault);
            }
        }

        return id is null ? EventRow.Rejected(row, "id", "Give the event an id, so that it counts once however often it is sent.")
            : unit is null ? EventRow.Rejected(row, "unit", "Name the unit: the user or session that executions were made for.")
            : name is null ? EventRow.Rejected(row, "name", "Say what happened: the name that a metric counts.")
            : new EventRow(row, new EventDraft(id, unit, name, value, at), null);
    }

    private static string? Text(JsonElement value, int longest, string what, out string? text)
    {
        text = value.ValueKind == JsonValueKind.String ? value.GetString() : null;
        return text is { Length: > 0 } && text.Length <= longest && !text.Contains('\0') && !string.IsNullOrWhiteSpace(text) ? null : $"{what}, in 1 to {longest} characters.";
    }

    /// <summary>1e999 is JSON, and infinite; one 1e300 would be the whole of a mean.</summary>
    private static string? Number(JsonElement value, out double number)
    {
        number = 0;
        return value.ValueKind == JsonValueKind.Number && value.TryGetDouble(out number) && Math.Abs(number) <= ExperimentEvent.LargestValue
            ? null : "value is a number between -1e12 and 1e12; 1 where nothing is said.";
    }

    private static string? Time(JsonElement value, DateTimeOffset now, out DateTimeOffset at)
    {
        if (value.ValueKind != JsonValueKind.String || !DateTimeOffset.TryParse(value.GetString(), CultureInfo.InvariantCulture, DateTimeStyles.AssumeUniversal | DateTimeStyles.AdjustToUniversal, out at))
        {
            at = now;
            return "at is an RFC 3339 time; now where nothing is said.";
        }

        return at > now + ClockDrift ? "at lies in the future. Check the sender's clock."
            : at < now - Oldest ? $"at lies more than {Oldest.TotalDays} days back."
            : null;
    }

    private static void RequireFew(int count)
    {
        if (count > MaxEvents)
        {
            throw new InvalidException(
                "events.too_many", "body", FormattableString.Invariant($"One request takes at most {MaxEvents:N0} events; got {count:N0}. Nothing was taken: send them in parts."));
        }
    }
}

/// <summary>An event as it was sent.</summary>
public sealed record EventDraft(string Id, string Unit, string Name, double Value, DateTimeOffset At);

/// <summary>A row of a request: an event, or why it is none.</summary>
public sealed record EventRow(int Row, EventDraft? Draft, EventError? Error)
{
    public static EventRow Rejected(int row, string field, string message) => new(row, null, new EventError(row, field, message));
}

/// <param name="Row">1 for the first event; in JSON Lines, the line.</param>
/// <param name="Field">The member that is wrong; empty for the whole.</param>
/// <param name="Message">What is wrong with it.</param>
public sealed record EventError(int Row, string Field, string Message);
