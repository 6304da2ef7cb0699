using System.Globalization;
using Loopai.Core.Costs;

namespace Loopai.Portal.Components.Text;

/// <summary>How the portal writes numbers: short, with a thin set of units, a true minus, and a dash for what is not known.</summary>
public static class Format
{
    public const string Unknown = "–";

    private static readonly CultureInfo Culture = CultureInfo.InvariantCulture;

    /// <summary>184231 → "184.2k". Below 10,000 the number is written in full: 9,412.</summary>
    public static string Short(double? value)
    {
        if (value is not { } number || !double.IsFinite(number))
        {
            return Unknown;
        }

        var (amount, unit) = ShortParts(number);
        return amount + unit;
    }

    /// <summary>The number and its magnitude apart, for headline figures that set the unit smaller.</summary>
    public static (string Amount, string Unit) ShortParts(double number) => Math.Abs(number) switch
    {
        // The bounds are where rounding to one decimal reaches the next magnitude: 999,950 reads "1M", not "1000k".
        >= 999_950_000_000 => (Digits(number / 1e12, 1), "T"),
        >= 999_950_000 => (Digits(number / 1e9, 1), "B"),
        >= 999_950 => (Digits(number / 1e6, 1), "M"),
        >= 10_000 => (Digits(number / 1e3, 1), "k"),
        >= 100 => (Digits(number, 0), ""),
        >= 1 or 0 => (Digits(number, 2), ""),
        _ => (Minus(number.ToString("G3", Culture)), ""),
    };

    /// <summary>184231 → "184,231".</summary>
    public static string Exact(double? value) => value is { } number && double.IsFinite(number) ? Minus(number.ToString("#,0.######", Culture)) : Unknown;

    /// <summary>A share of one as a percentage: 0.984 → "98.4 %".</summary>
    public static string Percent(double? share, int decimals = 1) =>
        share is { } value && double.IsFinite(value) ? Digits(value * 100, decimals, pad: true) + " %" : Unknown;

    /// <summary>A share that somebody chose, as it was chosen: "50 %", "33.33 %".</summary>
    public static string Share(double share) => Digits(share * 100, 4) + " %";

    /// <summary>The bounds of an interval of shares: "97.6 – 98.9 %".</summary>
    public static string PercentInterval(double low, double high, int decimals = 1) =>
        $"{Digits(low * 100, decimals, pad: true)} – {Digits(high * 100, decimals, pad: true)} %";

    public static string Interval(double low, double high, int decimals = 1) => $"{Digits(low, decimals)} to {Digits(high, decimals)}";

    /// <summary>A change with its sign: 0.124 → "+12.4 %".</summary>
    public static string PercentChange(double? share, int decimals = 1) =>
        share is { } value && double.IsFinite(value) ? (value > 0 ? "+" : "") + Percent(value, decimals) : Unknown;

    /// <summary>A change with its sign and unit: −0.3 ms.</summary>
    public static string Change(double value, string unit = "", int decimals = 1) =>
        $"{(value > 0 ? "+" : "")}{Digits(value, decimals)}{(unit.Length > 0 ? " " + unit : "")}";

    /// <summary>A duration in milliseconds at the scale people read it in: "840 µs", "0.8 ms" is written "800 µs", "1.2 s".</summary>
    public static string Duration(double? milliseconds)
    {
        if (milliseconds is not { } value || !double.IsFinite(value))
        {
            return Unknown;
        }

        var (amount, unit) = DurationParts(value);
        return $"{amount} {unit}";
    }

    public static (string Amount, string Unit) DurationParts(double milliseconds) => Math.Abs(milliseconds) switch
    {
        0 => ("0", "ms"),
        < 0.9995 => (Digits(milliseconds * 1000, milliseconds < 0.01 ? 1 : 0), "µs"),
        < 999.5 => (Digits(milliseconds, milliseconds < 100 ? 1 : 0), "ms"),
        < 60_000 => (Digits(milliseconds / 1000, 1), "s"),
        < 3_600_000 => (Digits(milliseconds / 60_000, 1), "min"),
        _ => (Digits(milliseconds / 3_600_000, 1), "h"),
    };

    public static string Duration(TimeSpan time) => Duration(time.TotalMilliseconds);

    public static string Bytes(long bytes) => bytes switch
    {
        < 1024 => $"{bytes} B",
        < 1024 * 1024 => Digits(bytes / 1024d, 1) + " KB",
        < 1024 * 1024 * 1024 => Digits(bytes / 1048576d, 1) + " MB",
        _ => Digits(bytes / 1073741824d, 1) + " GB",
    };

    /// <summary>An amount in a currency: <c>$1,912</c>, <c>$12.50</c>, <c>$0.00042</c>. Below a thousand it is written as <see cref="MoneyText"/> has it.</summary>
    public static string Money(decimal? amount, string currency)
    {
        if (amount is not { } value)
        {
            return Unknown;
        }

        var size = Math.Abs(value);
        var number = size == 0 ? "0" : size >= 1000 ? size.ToString("#,0", Culture) : MoneyText.Number(size);
        var digits = number.TrimStart('<', ' ');
        return (number.StartsWith("< ", StringComparison.Ordinal) ? "< " : "") + (value < 0 ? "−" : "") + (currency switch { "USD" => "$" + digits, "EUR" => "€" + digits, "GBP" => "£" + digits, _ => $"{digits} {currency}" });
    }

    /// <summary>"1 execution", "12 executions", "184.2k executions".</summary>
    public static string Count(long count, string one, string? many = null) => $"{Short(count)} {(count == 1 ? one : many ?? one + "s")}";

    /// <summary>A day in UTC: <c>2026-03-02</c>.</summary>
    public static string Day(DateTimeOffset time) => time.UtcDateTime.ToString("yyyy-MM-dd", Culture);

    public static string Ago(DateTimeOffset time, DateTimeOffset now)
    {
        var past = now - time;
        var (amount, ahead) = past < TimeSpan.Zero ? (past.Negate(), true) : (past, false);
        if (amount < TimeSpan.FromSeconds(10))
        {
            return "now";
        }

        if (amount >= TimeSpan.FromDays(30))
        {
            return time.ToString(time.Year == now.Year ? "d MMM" : "d MMM yyyy", Culture);
        }

        var text = amount switch
        {
            { TotalSeconds: < 60 } => $"{(int)amount.TotalSeconds} s",
            { TotalMinutes: < 60 } => $"{(int)amount.TotalMinutes} min",
            { TotalHours: < 24 } => $"{(int)amount.TotalHours} h",
            _ => $"{(int)amount.TotalDays} d",
        };
        return ahead ? $"in {text}" : $"{text} ago";
    }

    private static string Digits(double value, int decimals, bool pad = false)
    {
        var fraction = new string(pad ? '0' : '#', decimals);
        var text = value.ToString(decimals == 0 ? "#,0" : $"#,0.{fraction}", Culture);
        return Minus(text is "-0" ? "0" : text);
    }

    private static string Minus(string text) => text.Replace('-', '−');
}
