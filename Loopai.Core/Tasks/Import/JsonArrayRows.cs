using System.Buffers;
using System.IO.Pipelines;
using System.Runtime.CompilerServices;
using System.Text.Json;

namespace Loopai.Core.Tasks.Import;

/// <summary>Cuts a JSON array into its elements as it arrives. A single object counts as one row.</summary>
internal static class JsonArrayRows
{
    private const int BufferBytes = 64 * 1024;

    public static async IAsyncEnumerable<ExampleRow> ReadAsync(Stream body, [EnumeratorCancellation] CancellationToken ct)
    {
        var pipe = PipeReader.Create(body, new StreamPipeReaderOptions(bufferSize: BufferBytes, leaveOpen: true));
        var place = new Place();
        while (true)
        {
            var read = await pipe.ReadAsync(ct);
            var rest = read.Buffer;
            while (TryCut(ref rest, place, out var element))
            {
                yield return JsonRow.Parse(place.Row, element);
            }

            if (rest.Length > ExampleReader.MaxRowBytes)
            {
                throw ExampleErrors.RowTooLarge(place.Row + 1);
            }

            pipe.AdvanceTo(rest.Start, rest.End);
            if (read.IsCompleted)
            {
                break;
            }
        }

        await pipe.CompleteAsync();
        if (!place.Ended)
        {
            throw ExampleErrors.NotJson(place.Row + 1, "the array does not end.");
        }
    }

    /// <summary>Takes the next element off the buffer; false when more of it has to arrive, or none follows.</summary>
    private static bool TryCut(ref ReadOnlySequence<byte> buffer, Place place, out ReadOnlySequence<byte> element)
    {
        element = default;
        try
        {
            if (!place.Started && !TryStart(ref buffer, place))
            {
                return false;
            }

            // After the end, anything but white space makes the reader throw.
            var reader = new Utf8JsonReader(buffer, isFinalBlock: false, place.State);
            if (!reader.Read() || reader.TokenType == JsonTokenType.EndArray)
            {
                place.Ended |= reader.TokenType == JsonTokenType.EndArray;
                Keep(ref buffer, ref reader, place);
                return false;
            }

            var start = reader.TokenStartIndex;
            if (!reader.TrySkip())
            {
                return false;
            }

            element = buffer.Slice(start, reader.BytesConsumed - start);
            Keep(ref buffer, ref reader, place);
            place.Row++;
            place.Ended |= place.IsSingle;
            return true;
        }
        catch (JsonException e)
        {
            throw ExampleErrors.NotJson(place.Row + 1, JsonFault.Of(e));
        }
    }

    /// <summary>Steps into the array, or stops before the one object; false when nothing has arrived.</summary>
    private static bool TryStart(ref ReadOnlySequence<byte> buffer, Place place)
    {
        if (!SkipByteOrderMark(ref buffer))
        {
            return false;
        }

        var reader = new Utf8JsonReader(buffer, isFinalBlock: false, place.State);
        if (!reader.Read())
        {
            return false;
        }

        switch (reader.TokenType)
        {
            case JsonTokenType.StartArray:
                Keep(ref buffer, ref reader, place);
                break;
            case JsonTokenType.StartObject:
                place.IsSingle = true;
                break;
            default:
                throw ExampleErrors.NotJson(1, "it has to be an array of {\"input\": …, \"output\": …}.");
        }

        return place.Started = true;
    }

    private static void Keep(ref ReadOnlySequence<byte> buffer, ref Utf8JsonReader reader, Place place)
    {
        place.State = reader.CurrentState;
        buffer = buffer.Slice(reader.Position);
    }

    /// <summary>False while only a part of the mark has arrived.</summary>
    private static bool SkipByteOrderMark(ref ReadOnlySequence<byte> buffer)
    {
        ReadOnlySpan<byte> mark = [0xEF, 0xBB, 0xBF];
        var length = (int)Math.Min(buffer.Length, mark.Length);
        if (length == 0 || !mark.StartsWith(buffer.Slice(0, length).ToArray()))
        {
            return true;
        }

        buffer = length == mark.Length ? buffer.Slice(length) : buffer;
        return length == mark.Length;
    }

    /// <summary>How far the reading has come.</summary>
    private sealed class Place
    {
        public JsonReaderState State { get; set; } = new(new JsonReaderOptions { MaxDepth = 65 });

        public int Row { get; set; }

        public bool Started { get; set; }

        public bool IsSingle { get; set; }

        public bool Ended { get; set; }
    }
}
