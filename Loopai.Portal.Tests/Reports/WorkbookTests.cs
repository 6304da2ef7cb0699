using System.Collections;
using Loopai.Core.Reports.Building;
using Loopai.Infrastructure.Spreadsheets;

namespace Loopai.Portal.Tests.Reports;

public sealed class WorkbookTests
{
    /// <summary>That a sheet takes no memory: what was asked for is in the file before the rest is. The bench measures a million rows.</summary>
    [Fact]
    public void Write_ManyRows_LeaveForTheFileAsTheyAreRead()
    {
        const int Rows = 40_000;
        using var file = new MemoryStream();
        var rows = new RowsOnDemand(Rows, () => file.Length);
        Workbook.Write(file, [new ReportSheet("About", "About", [new("")], [["about"]]), new ReportSheet("All", "All", [new("Number", ValueKind.Number), new("Text")], rows)], TimeZoneInfo.Utc, "USD", default);
        rows.WrittenAtHalf.ShouldBeGreaterThan(file.Length / 3);
    }

    private sealed class RowsOnDemand(int count, Func<long> written) : IReadOnlyList<IReadOnlyList<object?>>
    {
        public long WrittenAtHalf { get; private set; }

        public int Count => count;

        public IReadOnlyList<object?> this[int index] => [index, $"row {index * 7919L % count}"];

        public IEnumerator<IReadOnlyList<object?>> GetEnumerator()
        {
            for (var i = 0; i < count; i++)
            {
                WrittenAtHalf = i == count / 2 ? written() : WrittenAtHalf;
                yield return this[i];
            }
        }

        IEnumerator IEnumerable.GetEnumerator() => GetEnumerator();
    }
}
