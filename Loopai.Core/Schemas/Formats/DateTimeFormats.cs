namespace Loopai.Core.Schemas.Formats;

/// <summary>Dates and times of RFC 3339, durations of its appendix A.</summary>
internal static class DateTimeFormats
{
    private const int DateLength = 10;
    private const int MinutesPerDay = 24 * 60;

    public static bool IsDateTime(ReadOnlySpan<char> text) =>
        text.Length > DateLength && text[DateLength] is 'T' or 't' && IsDate(text[..DateLength]) && IsTime(text[(DateLength + 1)..]);

    public static bool IsDate(ReadOnlySpan<char> text) =>
        text.Length == DateLength
        && text[4] == '-'
        && text[7] == '-'
        && TryReadNumber(text[..4], out var year)
        && TryReadNumber(text[5..7], out var month)
        && TryReadNumber(text[8..], out var day)
        && month is >= 1 and <= 12
        && day >= 1
        // DateTime knows no year 0, which was a leap year.
        && day <= DateTime.DaysInMonth(year == 0 ? 4 : year, month);

    public static bool IsTime(ReadOnlySpan<char> text)
    {
        if (text.Length < 9
            || text[2] != ':'
            || text[5] != ':'
            || !TryReadNumber(text[..2], out var hour)
            || !TryReadNumber(text[3..5], out var minute)
            || !TryReadNumber(text[6..8], out var second)
            || hour > 23
            || minute > 59
            || second > 60)
        {
            return false;
        }

        var rest = text[8..];
        if (rest[0] == '.')
        {
            var digits = rest[1..].IndexOfAnyExceptInRange('0', '9');
            if (digits <= 0)
            {
                return false;
            }

            rest = rest[(digits + 1)..];
        }

        // Leap seconds end a day, and days end by UTC.
        return TryReadOffset(rest, out var offset)
            && (second < 60 || Mod((hour * 60) + minute - offset) == MinutesPerDay - 1);

        static int Mod(int minutes) => ((minutes % MinutesPerDay) + MinutesPerDay) % MinutesPerDay;
    }

    public static bool IsDuration(ReadOnlySpan<char> text)
    {
        if (text.Length < 3 || text[0] != 'P')
        {
            return false;
        }

        text = text[1..];
        if (text[^1] == 'W')
        {
            return IsDigits(text[..^1]);
        }

        var time = text.IndexOf('T');
        var date = time < 0 ? text : text[..time];
        return (date.IsEmpty ? time >= 0 : AreParts(date, "YMD")) && (time < 0 || AreParts(text[(time + 1)..], "HMS"));
    }

    // Each unit at most once, in order, and none left out in between: P1Y2D has no months.
    private static bool AreParts(ReadOnlySpan<char> text, string units)
    {
        var next = -1;
        while (!text.IsEmpty)
        {
            var digits = text.IndexOfAnyExceptInRange('0', '9');
            var unit = digits <= 0 ? -1 : units.IndexOf(text[digits], StringComparison.Ordinal);
            if (unit < 0 || (next >= 0 && unit != next))
            {
                return false;
            }

            next = unit + 1;
            text = text[(digits + 1)..];
        }

        return next > 0;
    }

    private static bool TryReadOffset(ReadOnlySpan<char> text, out int minutes)
    {
        minutes = 0;
        if (text is "Z" or "z")
        {
            return true;
        }

        if (text.Length != 6
            || text[0] is not ('+' or '-')
            || text[3] != ':'
            || !TryReadNumber(text[1..3], out var hour)
            || !TryReadNumber(text[4..], out var minute)
            || hour > 23
            || minute > 59)
        {
            return false;
        }

        minutes = ((hour * 60) + minute) * (text[0] == '-' ? -1 : 1);
        return true;
    }

    private static bool TryReadNumber(ReadOnlySpan<char> digits, out int number)
    {
        number = 0;
        foreach (var digit in digits)
        {
            number = (number * 10) + (digit - '0');
        }

        return IsDigits(digits);
    }

    private static bool IsDigits(ReadOnlySpan<char> text) => !text.IsEmpty && !text.ContainsAnyExceptInRange('0', '9');
}
