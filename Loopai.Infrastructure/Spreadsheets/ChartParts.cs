using System.Globalization;
using System.Text;
using Loopai.Core.Reports.Building;

namespace Loopai.Infrastructure.Spreadsheets;

/// <summary>The chart beside a sheet's values: lines, or bars on top of each other where values add up. It draws the cells, so that who changes them sees it change.</summary>
internal static class ChartParts
{
    private const string Chart2006 = "http://schemas.openxmlformats.org/drawingml/2006/chart";
    private const string Main2006 = "http://schemas.openxmlformats.org/drawingml/2006/main";

    /// <summary>The series colours of the portal.</summary>
    private static readonly string[] Colours = ["4A3FD1", "0F8F83", "C2660C", "B0307A", "5B7C14", "5C5B55"];

    /// <summary>Right of the values.</summary>
    public static string Drawing(ReportSheet sheet)
    {
        var first = sheet.Columns.Count + 1;
        return string.Create(CultureInfo.InvariantCulture, $"""
            <xdr:wsDr xmlns:xdr="http://schemas.openxmlformats.org/drawingml/2006/spreadsheetDrawing" xmlns:a="{Main2006}"><xdr:twoCellAnchor><xdr:from><xdr:col>{first}</xdr:col><xdr:colOff>0</xdr:colOff><xdr:row>1</xdr:row><xdr:rowOff>0</xdr:rowOff></xdr:from><xdr:to><xdr:col>{first + 10}</xdr:col><xdr:colOff>0</xdr:colOff><xdr:row>21</xdr:row><xdr:rowOff>0</xdr:rowOff></xdr:to><xdr:graphicFrame macro=""><xdr:nvGraphicFramePr><xdr:cNvPr id="2" name="{Workbook.Escape(sheet.Name)}" descr="{Workbook.Escape(sheet.Chart!.Label)}"/><xdr:cNvGraphicFramePr/></xdr:nvGraphicFramePr><xdr:xfrm><a:off x="0" y="0"/><a:ext cx="0" cy="0"/></xdr:xfrm><a:graphic><a:graphicData uri="{Chart2006}"><c:chart xmlns:c="{Chart2006}" xmlns:r="http://schemas.openxmlformats.org/officeDocument/2006/relationships" r:id="chart"/></a:graphicData></a:graphic></xdr:graphicFrame><xdr:clientData/></xdr:twoCellAnchor></xdr:wsDr>
            """);
    }

    public static string Chart(ReportSheet sheet)
    {
        var chart = sheet.Chart!;
        var kind = chart.IsStacked ? "bar" : "line";
        var series = new StringBuilder();
        for (var i = 0; i < chart.Lines.Count; i++)
        {
            series.Append(Series(sheet, i, chart.IsStacked));
        }

        var opening = chart.IsStacked
            ? """<c:barDir val="col"/><c:grouping val="stacked"/><c:varyColors val="0"/>"""
            : """<c:grouping val="standard"/><c:varyColors val="0"/>""";
        var closing = chart.IsStacked ? """<c:gapWidth val="40"/><c:overlap val="100"/>""" : """<c:marker val="1"/>""";
        return $"""
            <c:chartSpace xmlns:c="{Chart2006}" xmlns:a="{Main2006}"><c:roundedCorners val="0"/><c:chart><c:title><c:tx><c:rich><a:bodyPr/><a:p><a:pPr><a:defRPr sz="1300" b="1"/></a:pPr><a:r><a:rPr lang="en" sz="1300" b="1"/><a:t>{Workbook.Escape(sheet.Title)}</a:t></a:r></a:p></c:rich></c:tx><c:overlay val="0"/></c:title><c:autoTitleDeleted val="0"/><c:plotArea><c:layout/><c:{kind}Chart>{opening}{series}{closing}<c:axId val="1"/><c:axId val="2"/></c:{kind}Chart>{TimeAxis(chart)}<c:valAx><c:axId val="2"/><c:scaling><c:orientation val="minMax"/></c:scaling><c:delete val="0"/><c:axPos val="l"/><c:majorGridlines><c:spPr><a:ln w="6350"><a:solidFill><a:srgbClr val="E6E5E1"/></a:solidFill></a:ln></c:spPr></c:majorGridlines><c:numFmt formatCode="General" sourceLinked="1"/><c:majorTickMark val="none"/><c:minorTickMark val="none"/><c:tickLblPos val="nextTo"/><c:crossAx val="1"/><c:crosses val="autoZero"/><c:crossBetween val="between"/></c:valAx></c:plotArea>{(chart.Lines.Count > 1 ? """<c:legend><c:legendPos val="b"/><c:overlay val="0"/></c:legend>""" : "")}<c:plotVisOnly val="1"/><c:dispBlanksAs val="gap"/></c:chart></c:chartSpace>
            """;
    }

    /// <summary>A date axis knows nothing shorter than a day.</summary>
    private static string TimeAxis(ChartBlock chart)
    {
        var (axis, format, end) = chart.IsWithinADay
            ? ("catAx", "hh:mm", """<c:auto val="0"/><c:lblAlgn val="ctr"/><c:lblOffset val="100"/>""")
            : ("dateAx", @"d\ mmm", """<c:auto val="1"/><c:lblOffset val="100"/><c:baseTimeUnit val="days"/>""");
        return $"""<c:{axis}><c:axId val="1"/><c:scaling><c:orientation val="minMax"/></c:scaling><c:delete val="0"/><c:axPos val="b"/><c:numFmt formatCode="{format}" sourceLinked="0"/><c:majorTickMark val="none"/><c:minorTickMark val="none"/><c:tickLblPos val="low"/><c:crossAx val="2"/><c:crosses val="autoZero"/>{end}</c:{axis}>""";
    }

    private static string Series(ReportSheet sheet, int index, bool isBar)
    {
        var name = $"'{Workbook.Escape(sheet.Name)}'";
        var (column, last) = (SheetPart.NameOf(index + 1), Math.Min(sheet.Rows.Count, SheetPart.MaxRows) + 1);
        var colour = Colours[index % Colours.Length];
        var look = isBar
            ? $"""<c:spPr><a:solidFill><a:srgbClr val="{colour}"/></a:solidFill></c:spPr><c:invertIfNegative val="0"/>"""
            : $"""<c:spPr><a:ln w="25400" cap="rnd"><a:solidFill><a:srgbClr val="{colour}"/></a:solidFill></a:ln></c:spPr><c:marker><c:symbol val="none"/></c:marker>""";
        return string.Create(CultureInfo.InvariantCulture, $"""
            <c:ser><c:idx val="{index}"/><c:order val="{index}"/><c:tx><c:strRef><c:f>{name}!${column}$1</c:f></c:strRef></c:tx>{look}<c:cat><c:numRef><c:f>{name}!$A$2:$A${last}</c:f></c:numRef></c:cat><c:val><c:numRef><c:f>{name}!${column}$2:${column}${last}</c:f></c:numRef></c:val>{(isBar ? "" : """<c:smooth val="0"/>""")}</c:ser>
            """);
    }
}
