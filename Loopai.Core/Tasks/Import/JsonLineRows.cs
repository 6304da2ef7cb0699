using System.Buffers;
using System.IO.Pipelines;
using System.Runtime.CompilerServices;

namespace Loopai.Core.Tasks.Import;

/// <summary>One JSON object a line. A broken line costs that line only; blank lines are passed over.</summary>
internal static class JsonLineRows
{
    private const int BufferBytes = 64 * 1024;

    public static async IAsyncEnumerable<ExampleRow> ReadAsync(Stream body, [EnumeratorCancellation] CancellationToken ct)
    {
        var pipe = PipeReader.Create(body, new StreamPipeReaderOptions(bufferSize: BufferBytes, leaveOpen: true));
        var line = 0;
        var skipping = false;
        while (true)
        {
            var read = await pipe.ReadAsync(ct);
            var rest = read.Buffer;
            while (TryCutLine(ref rest, read.IsCompleted, out var text))
            {
                line++;
                if (skipping)
                {
                    skipping = false;
                    continue;
                }

                text = Trim(text, isFirst: line == 1);
                if (text.Length > ExampleReader.MaxRowBytes)
                {
                    yield return TooLong(line);
                }
                else if (!text.IsEmpty)
                {
                    yield return JsonRow.Parse(line, text);
                }
            }

            // A line longer than a row may be is let go of as it arrives, up to its end.
            if (skipping || rest.Length > ExampleReader.MaxRowBytes)
            {
                if (!skipping)
                {
                    yield return TooLong(line + 1);
                }

                skipping = true;
                rest = rest.Slice(rest.End);
            }

            pipe.AdvanceTo(rest.Start, rest.End);
            if (read.IsCompleted)
            {
                break;
            }
        }

        await pipe.CompleteAsync();
    }

    private static ExampleRow TooLong(int line) =>
        ExampleRow.Rejected(line, "", $"The line is longer than {ExampleReader.MaxRowBytes / 1024} KB, which is the most a row may have.");

    private static bool TryCutLine(ref ReadOnlySequence<byte> buffer, bool isLast, out ReadOnlySequence<byte> line)
    {
        if (buffer.PositionOf((byte)'\n') is { } end)
        {
            line = buffer.Slice(0, end);
            buffer = buffer.Slice(buffer.GetPosition(1, end));
            return true;
        }

        line = buffer;
        if (!isLast || buffer.IsEmpty)
        {
            return false;
        }

        buffer = buffer.Slice(buffer.End);
        return true;
    }

    private static ReadOnlySequence<byte> Trim(ReadOnlySequence<byte> line, bool isFirst)
    {
        ReadOnlySpan<byte> mark = [0xEF, 0xBB, 0xBF];
        if (isFirst && line.Length >= mark.Length && line.Slice(0, mark.Length).ToArray().AsSpan().SequenceEqual(mark))
        {
            line = line.Slice(mark.Length);
        }

        while (!line.IsEmpty && line.FirstSpan is [(byte)' ' or (byte)'\t' or (byte)'\r', ..])
        {
            line = line.Slice(1);
        }

        return line;
    }
}
