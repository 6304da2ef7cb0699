using System.Globalization;
using Loopai.Core.Costs;
using Loopai.Core.Reports.Building;

namespace Loopai.Infrastructure.Spreadsheets;

/// <summary>How cells look; a style is known by its place in the part.</summary>
internal static class CellStyles
{
    public const uint Text = 1;
    public const uint Header = 2;
    public const uint Label = 9;
    public const uint NumberHeader = 10;

    private const uint Number = 3;
    private const uint Share = 4;
    private const uint Milliseconds = 5;
    private const uint Money = 6;
    private const uint Time = 7;
    private const uint Day = 8;

    /// <summary>Where the styles of small amounts begin, by their places: the first has one more than any amount.</summary>
    private const uint SmallMoney = 11;
    private const int SmallMoneyFormat = 170;
    private const int SmallMoneyStyles = MoneyText.MostPlaces - MoneyText.LeastPlaces;

    /// <summary>The style of a cell; an amount below one unit is shown with the digits that carry meaning.</summary>
    public static uint Of(ValueKind kind, object? value) =>
        kind == ValueKind.Money && value is IConvertible number and not string && MoneyText.Places(number.ToDecimal(CultureInfo.InvariantCulture)) is > MoneyText.LeastPlaces and var places
            ? SmallMoney + (uint)(places - MoneyText.LeastPlaces - 1)
            : Of(kind);

    public static uint Of(ValueKind kind) => kind switch
    {
        ValueKind.Text => Text, ValueKind.Number => Number, ValueKind.Share => Share, ValueKind.Milliseconds => Milliseconds, ValueKind.Money => Money, ValueKind.Time => Time,
        ValueKind.Day => Day,
    };

    public static string Part(string currency) =>
        $"""
        <styleSheet xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main">
        <numFmts count="{6 + SmallMoneyStyles}"><numFmt numFmtId="164" formatCode="#,##0.######"/><numFmt numFmtId="165" formatCode="0.0%"/><numFmt numFmtId="166" formatCode="#,##0.0##&quot; ms&quot;"/><numFmt numFmtId="167" formatCode="{MoneyText.Format(MoneyText.LeastPlaces)}&quot; {Workbook.Escape(currency)}&quot;"/><numFmt numFmtId="168" formatCode="yyyy\-mm\-dd hh:mm"/><numFmt numFmtId="169" formatCode="yyyy\-mm\-dd"/>{Small(i => $"""<numFmt numFmtId="{SmallMoneyFormat + i}" formatCode="{MoneyText.Format(MoneyText.LeastPlaces + 1 + i)}&quot; {Workbook.Escape(currency)}&quot;"/>""")}</numFmts>
        <fonts count="3"><font><sz val="11"/><name val="Calibri"/></font><font><b/><sz val="11"/><color rgb="FFFFFFFF"/><name val="Calibri"/></font><font><b/><sz val="11"/><name val="Calibri"/></font></fonts>
        <fills count="3"><fill><patternFill patternType="none"/></fill><fill><patternFill patternType="gray125"/></fill><fill><patternFill patternType="solid"><fgColor rgb="FF4A3FD1"/><bgColor indexed="64"/></patternFill></fill></fills>
        <borders count="1"><border><left/><right/><top/><bottom/><diagonal/></border></borders>
        <cellStyleXfs count="1"><xf numFmtId="0" fontId="0" fillId="0" borderId="0"/></cellStyleXfs>
        <cellXfs count="{SmallMoney + SmallMoneyStyles}"><xf numFmtId="0" fontId="0" fillId="0" borderId="0" xfId="0"/><xf numFmtId="0" fontId="0" fillId="0" borderId="0" xfId="0" applyAlignment="1"><alignment vertical="top" wrapText="1"/></xf><xf numFmtId="0" fontId="1" fillId="2" borderId="0" xfId="0" applyFont="1" applyFill="1"/>{Format(164)}{Format(165)}{Format(166)}{Format(167)}{Format(168)}{Format(169)}<xf numFmtId="0" fontId="2" fillId="0" borderId="0" xfId="0" applyFont="1" applyAlignment="1"><alignment vertical="top"/></xf><xf numFmtId="0" fontId="1" fillId="2" borderId="0" xfId="0" applyFont="1" applyFill="1" applyAlignment="1"><alignment horizontal="right"/></xf>{Small(i => Format(SmallMoneyFormat + i))}</cellXfs>
        <cellStyles count="1"><cellStyle name="Normal" xfId="0" builtinId="0"/></cellStyles>
        </styleSheet>
        """;

    private static string Small(Func<int, string> part) => string.Concat(Enumerable.Range(0, SmallMoneyStyles).Select(part));

    private static string Format(int number) =>
        $"""<xf numFmtId="{number}" fontId="0" fillId="0" borderId="0" xfId="0" applyNumberFormat="1" applyAlignment="1"><alignment vertical="top"/></xf>""";
}
