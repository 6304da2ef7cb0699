using System.Globalization;
using System.IO.Compression;
using System.Text;
using Loopai.Core.Reports.Building;

namespace Loopai.Infrastructure.Spreadsheets;

/// <summary>
/// Writes a workbook as a stream: sheets go into the archive row by row, so that a million rows take no more memory than ten. The SDK's own package keeps every part
/// in memory until it is closed, so only its element writer is used, and the few parts around the sheets are written here.
/// </summary>
internal static class Workbook
{
    private const string Main = "http://schemas.openxmlformats.org/spreadsheetml/2006/main";
    private const string Relations = "http://schemas.openxmlformats.org/officeDocument/2006/relationships";
    private const string Types = "application/vnd.openxmlformats-officedocument";

    public static void Write(Stream stream, IReadOnlyList<ReportSheet> sheets, TimeZoneInfo zone, string currency, CancellationToken ct)
    {
        using var zip = new ZipArchive(stream, ZipArchiveMode.Create, leaveOpen: true);
        var charts = sheets.Index().Where(s => s.Item.Chart is not null && s.Item.Rows.Count > 0).Select(s => s.Index + 1).ToHashSet();
        Add(zip, "[Content_Types].xml", ContentTypes(sheets.Count, charts));
        Add(zip, "_rels/.rels", Relationships([("rId1", "officeDocument", "xl/workbook.xml")]));
        Add(zip, "xl/workbook.xml", Book(sheets));
        Add(zip, "xl/_rels/workbook.xml.rels", Relationships([.. sheets.Index().Select(s => ($"s{s.Index + 1}", "worksheet", $"worksheets/sheet{s.Index + 1}.xml")), ("styles", "styles", "styles.xml")]));
        Add(zip, "xl/styles.xml", CellStyles.Part(currency));
        foreach (var (index, sheet) in sheets.Index())
        {
            var number = index + 1;
            using (var entry = zip.CreateEntry($"xl/worksheets/sheet{number}.xml").Open())
            {
                SheetPart.Write(entry, sheet, zone, isAbout: index == 0, hasChart: charts.Contains(number), ct);
            }

            if (charts.Contains(number))
            {
                Add(zip, $"xl/worksheets/_rels/sheet{number}.xml.rels", Relationships([("drawing", "drawing", $"../drawings/drawing{number}.xml")]));
                Add(zip, $"xl/drawings/drawing{number}.xml", ChartParts.Drawing(sheet));
                Add(zip, $"xl/drawings/_rels/drawing{number}.xml.rels", Relationships([("chart", "chart", $"../charts/chart{number}.xml")]));
                Add(zip, $"xl/charts/chart{number}.xml", ChartParts.Chart(sheet));
            }
        }
    }

    /// <summary>Text as it stands in XML: what XML cannot hold is left out.</summary>
    public static string Escape(string text) => System.Security.SecurityElement.Escape(Clean(text));

    public static string Clean(string text) => text.All(System.Xml.XmlConvert.IsXmlChar) ? text : string.Concat(text.Where(System.Xml.XmlConvert.IsXmlChar));

    private static string Book(IReadOnlyList<ReportSheet> sheets)
    {
        var xml = new StringBuilder($"""<workbook xmlns="{Main}" xmlns:r="{Relations}"><sheets>""");
        foreach (var (index, sheet) in sheets.Index())
        {
            xml.Append(CultureInfo.InvariantCulture, $"""<sheet name="{Escape(sheet.Name)}" sheetId="{index + 1}" r:id="s{index + 1}"/>""");
        }

        xml.Append("</sheets><definedNames>");
        foreach (var (index, sheet) in sheets.Index().Where(s => s.Index > 0))
        {
            // The heading on every printed page.
            xml.Append(CultureInfo.InvariantCulture, $"""<definedName name="_xlnm.Print_Titles" localSheetId="{index}">'{Escape(sheet.Name)}'!$1:$1</definedName>""");
        }

        return sheets.Count > 1 ? xml.Append("</definedNames></workbook>").ToString() : xml.ToString().Replace("<definedNames>", "", StringComparison.Ordinal) + "</workbook>";
    }

    private static string ContentTypes(int sheets, HashSet<int> charts)
    {
        var xml = new StringBuilder("""<Types xmlns="http://schemas.openxmlformats.org/package/2006/content-types"><Default Extension="rels" ContentType="application/vnd.openxmlformats-package.relationships+xml"/><Default Extension="xml" ContentType="application/xml"/>""");
        Override("xl/workbook.xml", "spreadsheetml.sheet.main");
        Override("xl/styles.xml", "spreadsheetml.styles");
        for (var number = 1; number <= sheets; number++)
        {
            Override($"xl/worksheets/sheet{number}.xml", "spreadsheetml.worksheet");
            if (charts.Contains(number))
            {
                Override($"xl/drawings/drawing{number}.xml", "drawing");
                Override($"xl/charts/chart{number}.xml", "drawingml.chart");
            }
        }

        return xml.Append("</Types>").ToString();

        void Override(string part, string type) => xml.Append($"""<Override PartName="/{part}" ContentType="{Types}.{type}+xml"/>""");
    }

    private static string Relationships(IReadOnlyList<(string Id, string Type, string Target)> relations) =>
        $"""<Relationships xmlns="http://schemas.openxmlformats.org/package/2006/relationships">{string.Concat(relations.Select(r => $"""<Relationship Id="{r.Id}" Type="{Relations}/{r.Type}" Target="{r.Target}"/>"""))}</Relationships>""";

    private static void Add(ZipArchive zip, string name, string xml)
    {
        using var entry = zip.CreateEntry(name).Open();
        entry.Write(Encoding.UTF8.GetBytes($"""<?xml version="1.0" encoding="UTF-8" standalone="yes"?>{"\n"}{xml}"""));
    }
}
