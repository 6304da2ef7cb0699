using Loopai.Core.Costs.Budgets;
using Loopai.Core.Costs.Ledger;
using Loopai.Portal.Pages.Costs;

namespace Loopai.Portal.Tests.Costs;

public sealed class BudgetVerdictsTests
{
    [Fact]
    public void Of_UsedUpBudgetThatOnlyTells_AllowsAndSaysWhy()
    {
        var answer = BudgetVerdicts.Of([State(BudgetAction.Alert, 120)], 0.1m, 5000, "USD");
        answer.Allowed.ShouldBeTrue();
        answer.Budgets.Single().HasRoom.ShouldBeFalse();
        answer.Sentence.ShouldBe(
            "Allowed, although a budget is used up: organization Acme, monthly: 120.00 + 0.10 > 100.00 USD, but it only tells people, and stops nothing."
            + " It may cost 0.10 USD at most, with a time limit of 5\u00a0s.");
    }

    [Fact]
    public void Of_UsedUpBudgetThatStops_NamesIt()
    {
        var answer = BudgetVerdicts.Of([State(BudgetAction.Throttle, 120), State(BudgetAction.Stop, 99.95m)], 0.1m, 100, "USD");
        answer.Allowed.ShouldBeFalse();
        answer.Sentence.ShouldStartWith("Denied by organization Acme, monthly: 99.95 + 0.10 > 100.00 USD.");
    }

    [Fact]
    public void Of_WithoutAPrice_AllowsAsTheGateDoes()
    {
        var answer = BudgetVerdicts.Of([State(BudgetAction.Stop, 120)], null, 5000, "USD");
        (answer.Allowed, answer.Budgets.Single().Allowed, answer.Budgets.Single().HasRoom).ShouldBe((true, true, false));
        answer.Sentence.ShouldStartWith("Allowed: it has no price");
    }

    [Fact]
    public void Text_OfAnOverspentBudget_SaysHowMuchOver()
    {
        var state = State(BudgetAction.Alert, 134);
        var alert = new BudgetAlert
        {
            OrganizationId = state.Budget.OrganizationId, BudgetId = state.Budget.Id, Period = "2026-03", Basis = ThresholdBasis.Forecast, Percent = 100, Spent = 134, Expected = 150, Amount = 100,
            At = default,
        };
        state.Over.ShouldBe(34);
        BudgetNotices.Text(state, alert).ShouldBe(
            "The budget All of organization Acme allows 100.00 USD (monthly). 134.00 USD are spent, 134 %: 34.00 USD over. 150.00 USD are foreseen for the end of the period on 2026-03-31, 50.00 USD over.");
    }

    [Theory]
    [InlineData("33.858", "33.86", "more than 99.9 % less")]
    [InlineData("62.5", "100", "62.5 % less")]
    [InlineData("-20", "100", "20.0 % more")]
    [InlineData("0.01", "100", "less than 0.1 % less")]
    public void Less_NearlyAllOrNothing_IsNotRoundedToIt(string saved, string would, string expected) =>
        CostWords.Less(decimal.Parse(saved, System.Globalization.CultureInfo.InvariantCulture), decimal.Parse(would, System.Globalization.CultureInfo.InvariantCulture)).ShouldBe(expected);

    [Fact]
    public void Read_FiguresOutOfRange_AreNamedAndLeftAsTheyWere()
    {
        var (form, faults) = CalculatorForm.Read(name => name switch { "calls" => "abc", "macc" => "120", "in" => "5", _ => null });
        (form.Calls, form.TokensIn).ShouldBe((1_000_000, 5));
        faults.Keys.ShouldBe(["Calls a month", "Right answers of the model"]);
    }

    private static BudgetState State(BudgetAction action, decimal spent)
    {
        var budget = new Budget
        {
            Id = Guid.CreateVersion7(), OrganizationId = Guid.CreateVersion7(), Name = "All", Scope = ScopeKind.Organization, ScopeId = Guid.Empty, Period = BudgetPeriod.Month, Amount = 100,
            Action = action, ThrottlePerMinute = 3, CreatedBy = "test", CreatedAt = default,
        };
        return new BudgetState(budget, "Acme", "USD", new DateOnly(2026, 3, 1), new DateOnly(2026, 3, 31), spent, 0, null, null, []);
    }
}
