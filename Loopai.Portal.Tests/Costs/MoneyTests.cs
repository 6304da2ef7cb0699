using Loopai.Core.Costs;
using Loopai.Core.Costs.Budgets;
using Loopai.Core.Costs.Ledger;
using Loopai.Core.Costs.Savings;
using Loopai.Core.Executions;

namespace Loopai.Portal.Tests.Costs;

public sealed class MoneyTests
{
    [Fact]
    public void Share_OfAHundredAmongThree_AddsUpExactly() => Money.Share(100, [1, 1, 1], 2).ShouldBe([33.34m, 33.33m, 33.33m]);

    [Fact]
    public void Share_AnyAmountAndWeights_AddsUpExactly()
    {
        var random = new Random(11);
        for (var i = 0; i < 500; i++)
        {
            var amount = decimal.Round((decimal)((random.NextDouble() - 0.3) * 1000), random.Next(0, 5));
            var weights = Enumerable.Range(0, random.Next(1, 12)).Select(_ => random.Next(4) == 0 ? 0m : (decimal)random.NextDouble()).ToList();
            var parts = Money.Share(amount, weights, 2);
            parts.Sum().ShouldBe(amount, $"{amount} by {string.Join(' ', weights)}");
            parts.Count.ShouldBe(weights.Count);
        }
    }

    /// <summary>A million calls: 0.0002 a call and 2 % wrong against 0.000001 and 3 % wrong, a mistake costing 0.01, one in two thousand checked at 0.05, made for 400.</summary>
    [Fact]
    public void Comparison_WorkedExample_GivesTheFiguresOfTheDocument()
    {
        var compared = new Comparison(1_000_000, 0.0002m, 0.98m, 0.000001m, 0.97m, 0.0005m, 0.05m, 0.01m, 400);
        compared.ModelPerMonth.ShouldBe(400);
        compared.ProgramPerMonth.ShouldBe(326);
        compared.SavedPerMonth.ShouldBe(74);
        compared.PaybackMonths!.Value.ShouldBe(5.405m, 0.001m);
        compared.BreakEvenCalls!.Value.ShouldBe(5_405_405.4m, 0.1m);
        compared.After(6).ShouldBe((2400m, 2356m));
        (compared with { ProgramAccuracy = 0.9m }).PaybackMonths.ShouldBeNull("what loses money never pays back");
        SavingsMath.PerRightAnswer(10, 0.5m, 100).ShouldBe(0.2m);
        SavingsMath.PerRightAnswer(10, 0, 100).ShouldBeNull();
    }

    /// <summary>Weeks begin with Monday, months end in December too, and days have the length that the zone gives them.</summary>
    [Fact]
    public void BudgetSpan_InAZoneWithSummerTime_BeginsAtLocalMidnight()
    {
        var days = LocalDays.Of("Europe/Berlin");
        var sunday = new DateTimeOffset(2026, 3, 29, 12, 0, 0, TimeSpan.Zero);
        var day = BudgetSpan.Of(BudgetPeriod.Day, null, days, sunday);
        (day.To - day.From).ShouldBe(TimeSpan.FromHours(23));
        BudgetSpan.Of(BudgetPeriod.Week, null, days, sunday).First.ShouldBe(new DateOnly(2026, 3, 23));
        BudgetSpan.Of(BudgetPeriod.Month, null, days, new DateTimeOffset(2026, 12, 31, 23, 30, 0, TimeSpan.Zero)).First.ShouldBe(new DateOnly(2027, 1, 1));
        var rolling = BudgetSpan.Of(BudgetPeriod.Rolling, 7, days, sunday);
        (rolling.Last.DayNumber - rolling.First.DayNumber).ShouldBe(6);
    }

    [Theory]
    [InlineData("Europe/Berlin")]
    [InlineData("America/New_York")]
    [InlineData("UTC")]
    public void Parts_AdjoiningQuartersBeforeTheHours_CountEveryDayOnce(string zone)
    {
        var days = LocalDays.Of(zone);
        var now = new DateTimeOffset(2026, 2, 10, 9, 0, 0, TimeSpan.Zero);
        var counted = new[] { new DateOnly(2025, 1, 1), new DateOnly(2025, 4, 1), new DateOnly(2025, 7, 1), new DateOnly(2025, 10, 1) }
            .Select(first => new LedgerRange(Guid.Empty, "EUR", days.StartOf(first), days.StartOf(first.AddMonths(3)), now))
            .SelectMany(range => range.Parts()).Where(part => part.Level == RollupLevel.Day)
            .SelectMany(part => Enumerable.Range(0, 400).Select(i => part.From.AddDays(i)).TakeWhile(day => day < part.To)).ToList();

        counted.Distinct().Count().ShouldBe(counted.Count, "no day belongs to two quarters");
        counted[0].ShouldBe(new DateTimeOffset(2025, 1, 1, 0, 0, 0, TimeSpan.Zero));
        counted[^1].ShouldBe(new DateTimeOffset(2025, 11, 13, 0, 0, 0, TimeSpan.Zero));
        counted.Count.ShouldBe(317);
    }
}
