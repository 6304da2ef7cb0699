using System.Globalization;
using Loopai.Core.Reports;
using Loopai.Core.Reports.Building;
using Loopai.Portal.Pages.Reports.Document;

namespace Loopai.Portal.Tests.Reports;

public sealed class ReportValuesTests
{
    [Theory]
    [InlineData("en", "21 Nov 2026", "21 Nov 2026, 14:05")]
    [InlineData("de", "21.11.2026", "21.11.2026 14:05")]
    public void Show_Moment_CanBeReadInOneWayOnly(string language, string day, string time)
    {
        var (document, at) = (Document(language), new DateTimeOffset(2026, 11, 21, 13, 5, 0, TimeSpan.Zero));
        (document.Show(at, ValueKind.Day), document.Show(at, ValueKind.Time)).ShouldBe((day, time));
    }

    [Theory]
    [InlineData(1234.5, "1,234.50 USD")]
    [InlineData(0.1702, "0.17 USD")]
    [InlineData(0.000057, "0.000057 USD")]
    [InlineData(0.000000000833, "0.000000000833 USD")]
    [InlineData(0, "0.00 USD")]
    public void Number_Money_IsNeverNothingWhereThereIsSome(double amount, string expected) => Document("en").Number(amount, ValueKind.Money).ShouldBe(expected);

    [Fact]
    public void Cells_AmountBelowACent_KeepsItsDigitsBesideLargeOnes()
    {
        var table = new TableBlock([new("Task"), new("Spent", ValueKind.Money)], [["a", 12.5m], ["b", 0.0001m], ["c", null]]);
        Document("en").Cells(table).Select(row => row[1]).ShouldBe(["12.50", "0.0001", "–"]);
        Document("en").Heading(table.Columns[1]).ShouldBe("Spent, USD");
    }

    [Theory]
    [InlineData("decided", "decided")]
    [InlineData("owner-of-it@reports.example", "owner-<wbr>of-<wbr>it@<wbr>reports.<wbr>example")]
    [InlineData("a & b", "a &amp; b")]
    public void CellText_BreaksWhatIsTooLongAfterItsSignsOnly(string text, string html) => CellText.Html(text).Value.ShouldBe(html);

    [Fact]
    public void Words_DaysOfOneMonth_SayTheMonthOnce()
    {
        ReportPeriod Of(string from, string to) => ReportPeriod.Of(
            new ReportDefinition { Period = PeriodKind.Custom, From = DateOnly.Parse(from, CultureInfo.InvariantCulture), To = DateOnly.Parse(to, CultureInfo.InvariantCulture) }, default, TimeZoneInfo.Utc);
        var english = CultureInfo.GetCultureInfo("en");
        Of("2026-11-08", "2026-11-21").Words(english).ShouldBe("8 – 21 Nov 2026");
        Of("2026-10-30", "2026-11-05").Words(english).ShouldBe("30 Oct – 5 Nov 2026");
        Of("2026-11-21", "2026-11-21").Words(english).ShouldBe("Saturday, 21 Nov 2026");
        Of("2026-11-01", "2026-11-30").Words(english).ShouldBe("November 2026");
    }

    private static ReportDocument Document(string language) => new()
    {
        Title = "T", Description = "", Organization = "Acme", Environment = "production", Period = ReportPeriod.Of(new ReportDefinition(), default(DateTimeOffset).AddYears(2025), TimeZoneInfo.Utc),
        Before = null, Zone = TimeZoneInfo.FindSystemTimeZoneById("Europe/Berlin"), Culture = CultureInfo.GetCultureInfo(language), Currency = "USD", Paper = PaperSize.A4,
        MadeAt = default, Sections = [],
    };
}
