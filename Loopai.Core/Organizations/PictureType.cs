using System.Buffers.Binary;

namespace Loopai.Core.Organizations;

/// <summary>Tells a picture by its first bytes: a name or a header says what somebody wants it to be.</summary>
internal static class PictureType
{
    /// <summary>A logo is small; a picture of a few bytes can claim to be a billion pixels wide and stall who draws it.</summary>
    private const int MaxSide = 1024;

    private static ReadOnlySpan<byte> Png => [0x89, 0x50, 0x4E, 0x47, 0x0D, 0x0A, 0x1A, 0x0A];

    /// <summary>The media type of a PNG or JPEG of reasonable size; null for anything else.</summary>
    public static string? Of(ReadOnlySpan<byte> picture)
    {
        if (picture.StartsWith(Png))
        {
            // The header chunk is always the first, with width and height at its start.
            return picture.Length > 24 && picture[12..16].SequenceEqual("IHDR"u8)
                && IsSmall(BinaryPrimitives.ReadUInt32BigEndian(picture[16..]), BinaryPrimitives.ReadUInt32BigEndian(picture[20..])) ? "image/png" : null;
        }

        return picture.StartsWith<byte>([0xFF, 0xD8, 0xFF]) && JpegIsSmall(picture) ? "image/jpeg" : null;
    }

    private static bool JpegIsSmall(ReadOnlySpan<byte> picture)
    {
        for (var at = 2; at + 9 < picture.Length && picture[at] == 0xFF;)
        {
            var marker = picture[at + 1];

            // A frame header (SOF0 to SOF15 without the tables among them) has height and width.
            if (marker is >= 0xC0 and <= 0xCF and not (0xC4 or 0xC8 or 0xCC))
            {
                return IsSmall(BinaryPrimitives.ReadUInt16BigEndian(picture[(at + 7)..]), BinaryPrimitives.ReadUInt16BigEndian(picture[(at + 5)..]));
            }

            at += 2 + BinaryPrimitives.ReadUInt16BigEndian(picture[(at + 2)..]);
        }

        return false;
    }

    private static bool IsSmall(uint width, uint height) => width is > 0 and <= MaxSide && height is > 0 and <= MaxSide;
}
