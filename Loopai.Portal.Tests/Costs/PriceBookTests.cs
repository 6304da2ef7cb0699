using Loopai.Core.Costs.Prices;
using Loopai.Core.Programs;

namespace Loopai.Portal.Tests.Costs;

public sealed class PriceBookTests
{
    private static readonly DateTimeOffset March = new(2026, 3, 1, 0, 0, 0, TimeSpan.Zero);
    private static readonly Guid Organization = Guid.CreateVersion7();

    [Fact]
    public void Find_SeveralNamesFit_TheOrganizationsGoFirstThenTheMoreSpecial()
    {
        var book = new PriceBook("USD", [Tokens("*", "gpt-*", 1), Tokens("openai", "gpt-*", 2), Tokens("*", "gpt-4o-mini", 3)], [Tokens("openai", "gpt-4o-mini-2024", 9, isList: true)]);

        book.Tokens("openai", "gpt-4o-mini", March)!.Input.ShouldBe(3);
        book.Tokens("OpenAI", "GPT-4o", March)!.Input.ShouldBe(2);
        book.Tokens("azure", "gpt-4o", March)!.Input.ShouldBe(1);
        book.Tokens("openai", "gpt-4o-mini-2024", March)!.Input.ShouldBe(2, "a list price never goes before the organization's own");
        book.Tokens("openai", "claude", March).ShouldBeNull();
    }

    [Fact]
    public void Find_PriceChanged_CountsByTheTimeOfTheUsage()
    {
        var book = new PriceBook("USD", [Compute(1, March), Compute(2, March.AddDays(10)), Withdrawn(March.AddDays(20))], [Compute(7, March.AddYears(-1), isList: true)]);

        book.Compute(ProgramLanguage.Python, March.AddHours(-1))!.PerUnit.ShouldBe(7);
        book.Compute(ProgramLanguage.Python, March)!.PerUnit.ShouldBe(1);
        book.Compute(ProgramLanguage.Python, March.AddDays(10))!.PerUnit.ShouldBe(2);
        book.Compute(ProgramLanguage.Python, March.AddDays(21))!.PerUnit.ShouldBe(7, "the list price counts again where the organization's has ended");
        book.OfRun(ProgramLanguage.Python, 1_500_000, March.AddDays(10)).Cost.ShouldBe(3m);
    }

    [Fact]
    public void Find_OtherCurrency_IsNoPrice()
    {
        var book = new PriceBook("EUR", [], ListPrices.All);
        book.OfRun(ProgramLanguage.Model, 1_000_000, March).ShouldBe((null, null));
        book.CurrentAt(March).ShouldBeEmpty();
    }

    [Fact]
    public void Of_CachedAndReasoningTokens_AreParts()
    {
        var price = new Price
        {
            Id = Guid.CreateVersion7(), OrganizationId = Organization, Kind = PriceKind.Tokens, Provider = "p", Name = "m", Currency = "USD", Input = 2, CachedInput = 0.5m, Output = 8,
            Reasoning = 10, EffectiveFrom = March, CreatedBy = "test", CreatedAt = March,
        };
        price.Of(new TokenUsage(1_000_000, 100_000, 400_000, 50_000)).ShouldBe(1.2m + 0.2m + 0.4m + 0.5m);
    }

    [Fact]
    public void ListPrices_Shipped_AreCompleteAndNameTheirSource()
    {
        ListPrices.All.Select(p => p.Id).ShouldBeUnique();
        ListPrices.All.ShouldAllBe(p => p.IsList && p.Source.Length > 0 && p.Currency == "USD" && (p.Kind == PriceKind.Tokens ? p.Input != null && p.Output != null : p.PerUnit != null));
        foreach (var language in Enum.GetValues<ProgramLanguage>())
        {
            new PriceBook("USD", [], ListPrices.All).Compute(language, March).ShouldNotBeNull();
        }
    }

    private static Price Tokens(string provider, string name, decimal input, bool isList = false) => new()
    {
        Id = Guid.CreateVersion7(), OrganizationId = isList ? Guid.Empty : Organization, Kind = PriceKind.Tokens, Provider = provider, Name = name, Currency = "USD", Input = input,
        Output = input, EffectiveFrom = March.AddYears(-1), CreatedBy = "test", CreatedAt = March,
    };

    private static Price Compute(decimal each, DateTimeOffset from, bool isList = false) => new()
    {
        Id = Guid.CreateVersion7(), OrganizationId = isList ? Guid.Empty : Organization, Kind = PriceKind.Compute, Name = "python", Currency = "USD", PerUnit = each, EffectiveFrom = from,
        CreatedBy = "test", CreatedAt = from,
    };

    private static Price Withdrawn(DateTimeOffset from) => new()
    {
        Id = Guid.CreateVersion7(), OrganizationId = Organization, Kind = PriceKind.Compute, Name = "python", Currency = "USD", Withdrawn = true, EffectiveFrom = from, CreatedBy = "test",
        CreatedAt = from,
    };
}
