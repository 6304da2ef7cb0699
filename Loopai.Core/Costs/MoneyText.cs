using System.Globalization;

namespace Loopai.Core.Costs;

/// <summary>
/// How an amount is written, on pages, in charts' tables, reports, files and mails: two places from one unit on, and below it as many as three digits that carry
/// meaning take. 1,234.50, 0.125, 0.00042; nothing that costs something is written as nothing.
/// </summary>
public static class MoneyText
{
    /// <summary>An amount has at least these places.</summary>
    public const int LeastPlaces = 2;

    /// <summary>Beyond these an amount is only said to be less.</summary>
    public const int MostPlaces = 15;

    private const int MeaningfulDigits = 3;

    /// <summary>How many places after the point the amount takes.</summary>
    public static int Places(decimal amount)
    {
        var places = MeaningfulDigits - 1;
        for (var size = Math.Abs(amount); size is > 0 and < 1 && places < MostPlaces; size *= 10)
        {
            places++;
        }

        return Math.Max(LeastPlaces, places);
    }

    /// <summary>As a format of .NET and of spreadsheets has it: <c>#,##0.00####</c>.</summary>
    public static string Format(int places) => "#,##0.00" + new string('#', places - LeastPlaces);

    /// <summary>The amount without its currency.</summary>
    public static string Number(decimal amount, CultureInfo? culture = null)
    {
        var places = Places(amount);
        var (rounded, format) = (decimal.Round(amount, places), Format(places));
        return amount != 0 && rounded == 0
            ? $"< {new decimal(1, 0, 0, false, MostPlaces).ToString(format, culture ?? CultureInfo.InvariantCulture)}"
            : rounded.ToString(format, culture ?? CultureInfo.InvariantCulture);
    }

    /// <summary>The amount with its currency behind it: <c>0.00042 USD</c>.</summary>
    public static string Of(decimal amount, string currency, CultureInfo? culture = null) => $"{Number(amount, culture)} {currency}";
}
