namespace Loopai.Core.Programs.Models;

/// <summary>
/// Lower-casing and character classes by a few ranges instead of the runtime's Unicode tables: the Python program that ships in a
/// download has to cut text at exactly the same places, whatever Unicode version its interpreter carries.
/// </summary>
internal static class CharacterRules
{
    public const int Separator = 0;
    public const int Letter = 1;
    public const int Digit = 2;

    /// <summary>A character that is a word by itself: Han, kana, emoji.</summary>
    public const int Ideograph = 3;
    public const int Symbol = 4;

    public const int ClassShift = 21;
    public const int CodeMask = (1 << ClassShift) - 1;
    public const int UpperBit = 1 << 24;

    private const string AsciiSymbols = "!?$%#*@&+=<>~^|/\\";

    /// <summary>Where a class starts; it reaches to the next entry.</summary>
    private static readonly (int Start, int Class)[] Ranges =
    [
        (0x80, Separator), (0xA1, Symbol), (0xAD, Separator), (0xAE, Symbol), (0xC0, Letter), (0xD7, Symbol), (0xD8, Letter),
        (0xF7, Symbol), (0xF8, Letter), (0x2000, Separator), (0x2070, Symbol), (0x2C00, Letter), (0x2E80, Ideograph),
        (0x3000, Separator), (0x3040, Ideograph), (0xA4D0, Letter), (0xD800, Separator), (0xE000, Symbol), (0xF900, Ideograph),
        (0xFB00, Letter), (0xFE00, Separator), (0xFE70, Letter), (0xFEFF, Separator), (0xFF10, Digit), (0xFF1A, Separator),
        (0xFF21, Letter), (0xFF3B, Separator), (0xFF41, Letter), (0xFF5B, Separator), (0xFF66, Ideograph), (0xFFA0, Letter),
        (0xFFE0, Symbol), (0xFFF0, Separator), (0x10000, Letter), (0x1F000, Ideograph), (0x1FB00, Symbol), (0x20000, Ideograph),
        (0x40000, Separator),
    ];

    /// <summary>Upper case from First to Last, every Step-th code point, is Shift below its lower case.</summary>
    private static readonly (int First, int Last, int Step, int Shift)[] UpperCase =
    [
        (0xC0, 0xD6, 1, 32), (0xD8, 0xDE, 1, 32), (0x100, 0x12E, 2, 1), (0x132, 0x136, 2, 1), (0x139, 0x147, 2, 1),
        (0x14A, 0x176, 2, 1), (0x178, 0x178, 1, -121), (0x179, 0x17D, 2, 1), (0x386, 0x386, 1, 38), (0x388, 0x38A, 1, 37),
        (0x38C, 0x38C, 1, 64), (0x38E, 0x38F, 1, 63), (0x391, 0x3A1, 1, 32), (0x3A3, 0x3AB, 1, 32), (0x400, 0x40F, 1, 80),
        (0x410, 0x42F, 1, 32), (0x460, 0x480, 2, 1), (0x48A, 0x4BE, 2, 1), (0x4D0, 0x52E, 2, 1), (0x531, 0x556, 1, 48),
        (0x1E00, 0x1E94, 2, 1), (0x1EA0, 0x1EFE, 2, 1),
    ];

    private static readonly int[] Ascii = [.. Enumerable.Range(0, 128).Select(ClassifyAscii)];

    /// <summary>The lower-case code point, its class above <see cref="ClassShift"/>, and <see cref="UpperBit"/> when it was upper case.</summary>
    public static int Classify(int code) => code < 128 ? Ascii[code] : ClassifyBeyondAscii(code);

    public static int ClassOf(int classified) => (classified >> ClassShift) & 7;

    /// <summary>Which writing a word is in, coarsely; 0 is Latin, where the letters themselves tell more.</summary>
    public static int Script(int code) => code < 0x370 ? 0 : code < 0x2E80 ? code >> 7 : code < 0x3040 ? 1 : code < 0x3100 ? 2
        : code < 0xA4D0 ? 1 : code < 0xF900 ? 3 : code < 0x1F000 ? 4 : code < 0x20000 ? 5 : 1;

    private static int ClassifyAscii(int code) => code switch
    {
        >= 'A' and <= 'Z' => (code + 32) | (Letter << ClassShift) | UpperBit,
        >= 'a' and <= 'z' => code | (Letter << ClassShift),
        >= '0' and <= '9' => code | (Digit << ClassShift),
        _ => code | ((AsciiSymbols.Contains((char)code, StringComparison.Ordinal) ? Symbol : Separator) << ClassShift),
    };

    private static int ClassifyBeyondAscii(int code)
    {
        var low = 0;
        var high = Ranges.Length - 1;
        while (low < high)
        {
            var middle = (low + high + 1) / 2;
            if (Ranges[middle].Start <= code)
            {
                low = middle;
            }
            else
            {
                high = middle - 1;
            }
        }

        // Full-width forms are the ASCII characters in another dress.
        if (code is >= 0xFF10 and < 0xFF5B && Ranges[low].Class != Separator)
        {
            return Ascii[code - 0xFEE0];
        }

        if (code < 0x1F00)
        {
            foreach (var (first, last, step, shift) in UpperCase)
            {
                if (code >= first && code <= last && (code - first) % step == 0)
                {
                    return (code + shift) | (Ranges[low].Class << ClassShift) | UpperBit;
                }
            }
        }

        return code | (Ranges[low].Class << ClassShift);
    }
}
