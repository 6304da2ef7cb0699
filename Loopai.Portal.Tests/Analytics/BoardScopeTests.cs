using Loopai.Core.Analytics;
using Loopai.Core.Analytics.Dashboards;
using Loopai.Portal.Components.Inputs;
using Loopai.Portal.Pages.Dashboards;

namespace Loopai.Portal.Tests.Analytics;

public sealed class BoardScopeTests
{
    private static readonly DateTimeOffset From = new(2026, 3, 1, 0, 0, 0, TimeSpan.Zero);

    [Theory]
    [InlineData("key", "0199e19e-1234-7567-89ab-cdef01234567", "key=0199e19e-1234-7567-89ab-cdef01234567")]
    [InlineData("key", "none", "key=none")]
    [InlineData("team", "none", "team=none")]
    [InlineData("task", "0199e19e-1234-7567-89ab-cdef01234567", "task=0199e19e-1234-7567-89ab-cdef01234567")]
    public void ExecutionsUrl_OfASeries_LeadsToItsExecutionsAlone(string dimension, string value, string expected)
    {
        var series = new AnalyticsSeries([new AnalyticsValue(dimension, value, "x")], false, [], [], null, null, null);
        var panel = new BoardPanel { Id = "p", Title = "P", Metrics = ["executions"], Dimension = dimension };
        BoardScope.Parse("").ExecutionsUrl("acme", "production", panel, series, From, From.AddDays(1)).ShouldContain(expected);
    }

    [Fact]
    public void ExecutionsUrl_BoardOfATeam_KeepsTheTeam() =>
        BoardScope.Parse("team=none").ExecutionsUrl("acme", null, new BoardPanel { Id = "p", Title = "P", Metrics = ["cost"] }, null, From, From.AddDays(1)).ShouldContain("team=none");

    [Fact]
    public void Faults_AddressOfNothing_NamesEachPart()
    {
        var task = Guid.CreateVersion7();
        BoardAddress.Faults($"range=14d&task={task}&compare=yes&env=production", [new Option(task.ToString(), "Spam")], []).ShouldBeEmpty();
        var faults = BoardAddress.Faults($"range=fortnight&task={Guid.CreateVersion7()}&team=x&compare=no&rnage=7d&panel=9", [new Option(task.ToString(), "Spam")], []);
        faults.Count.ShouldBe(6);
        faults.ShouldContain(f => f.Contains("Did you mean 'range'?", StringComparison.Ordinal));
    }
}
