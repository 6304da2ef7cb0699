using System.Text.Json;
using Loopai.Core.Flags;

namespace Loopai.Portal.Tests.Flags;

public sealed class CompiledFlagTests
{
    private static readonly DateTimeOffset Now = new(2026, 3, 2, 12, 0, 0, TimeSpan.Zero);

    [Fact]
    public void Evaluate_Off_AnswersTheOffVariationWhateverTheRules()
    {
        var flag = Flag(new FlagTargeting { On = false, Rules = [Rule("""{"plan":"beta"}""", "on")], Otherwise = Serve("on") });

        Told(flag, """{"targetingKey":"u","plan":"beta"}""").ShouldBe("off Disabled ");
    }

    [Fact]
    public void Evaluate_VariationThatIsGone_AnswersTheOffVariation() =>
        Told(Flag(new FlagTargeting { On = true, Otherwise = Serve("gone") }), "{\"targetingKey\":\"u\"}").ShouldBe("off Unknown ");

    [Fact]
    public void Evaluate_SeveralRules_TheFirstThatMatchesDecides()
    {
        var flag = Flag(new FlagTargeting
        {
            On = true, Rules = [Rule("""{"plan":"beta"}""", "on", "Beta"), Rule("""{"age":{"$gte":18}}""", "other", "Grown-ups")], Otherwise = Serve("off"),
        });

        Told(flag, """{"targetingKey":"u","plan":"beta","age":20}""").ShouldBe("on TargetingMatch Beta");
        Told(flag, """{"targetingKey":"u","plan":"free","age":20}""").ShouldBe("other TargetingMatch Grown-ups");
        Told(flag, """{"targetingKey":"u"}""").ShouldBe("off Static ");
    }

    [Fact]
    public void Evaluate_Split_GivesEachItsShareToAHundredthOfAPercent()
    {
        var flag = Flag(new FlagTargeting { On = true, Otherwise = Split(("on", 0.01), ("other", 25), ("off", 74.99)) });

        var counts = Enumerable.Range(0, 200_000).Select(i => flag.Evaluate(Context($$"""{"targetingKey":"user-{{i}}"}"""), Now).Variation!).CountBy(v => v).ToDictionary();

        counts["on"].ShouldBeInRange(5, 45);
        counts["other"].ShouldBeInRange(49_000, 51_000);
    }

    [Fact]
    public void Evaluate_SplitRaised_MovesNobodyBack()
    {
        var (before, after) = (Flag(new FlagTargeting { On = true, Otherwise = Split(("on", 10), ("off", 90)) }), Flag(new FlagTargeting { On = true, Otherwise = Split(("on", 30), ("off", 70)) }));
        var contexts = Enumerable.Range(0, 5_000).Select(i => Context($$"""{"targetingKey":"user-{{i}}"}""")).ToList();

        contexts.Where(c => before.Evaluate(c, Now).Variation == "on").ShouldAllBe(c => after.Evaluate(c, Now).Variation == "on");
        contexts.Count(c => after.Evaluate(c, Now).Variation == "on").ShouldBeInRange(1_350, 1_650);
    }

    [Fact]
    public void Evaluate_SplitByAnAttributeThatIsMissing_SaysWhich()
    {
        var flag = Flag(new FlagTargeting { On = true, Otherwise = Split(("on", 50), ("off", 50)) with { By = "account" } });

        flag.Evaluate(Context("""{"targetingKey":"u"}"""), Now).ShouldSatisfyAllConditions(a => a.Variation.ShouldBeNull(), a => a.Missing.ShouldBe("account"));
        flag.Evaluate(Context("""{"targetingKey":"u","account":17}"""), Now).Reason.ShouldBe(FlagReason.Split);
    }

    [Fact]
    public void Evaluate_Schedules_CountFromTheirBeginningUntilBeforeTheirEnd()
    {
        var hour = new FlagSchedule(Now, Now.AddHours(1));
        var flag = Flag(new FlagTargeting { On = true, Schedule = hour, Otherwise = Serve("on") });
        var ruled = Flag(new FlagTargeting { On = true, Rules = [Rule(null, "on") with { Schedule = hour }], Otherwise = Serve("other") });

        At(flag, Now.AddSeconds(-1)).ShouldBe("off");
        At(flag, Now).ShouldBe("on");
        At(flag, Now.AddHours(1)).ShouldBe("off");
        At(ruled, Now.AddSeconds(-1)).ShouldBe("other");
        At(ruled, Now).ShouldBe("on");

        static string? At(CompiledFlag flag, DateTimeOffset at) => flag.Evaluate(Context("""{"targetingKey":"u"}"""), at).Variation;
    }

    [Fact]
    public void CheckTargeting_EverythingWrong_IsToldAtOnce()
    {
        var errors = new Core.Errors.FieldErrors();
        FlagRules.CheckTargeting(
            errors,
            new FlagTargeting
            {
                Rules =
                [
                    Rule("""{"plan":{"$nonsense":1}}""", "on"), Rule(null, "nowhere"), new FlagRule { Serve = Split(("on", 50), ("off", 49.999)) },
                    new FlagRule { Serve = new FlagServe() }, new FlagRule { Serve = Split(("on", 60), ("on", 60)) },
                ],
                Schedule = new FlagSchedule(Now, Now),
            },
            [new FlagVariation("on", Context("true")), new FlagVariation("off", Context("false"))]);

        errors.ToDictionary().Keys.ShouldBe(
            [
                "rules[0].condition", "rules[1].serve.variation", "rules[2].serve.split[1].percent", "rules[2].serve.split", "rules[3].serve", "rules[4].serve.split[1].variation",
                "rules[4].serve.split", "otherwise", "schedule",
            ],
            ignoreOrder: true);
    }

    private static CompiledFlag Flag(FlagTargeting targeting)
    {
        var flag = new FeatureFlag
        {
            Id = Guid.CreateVersion7(), OrganizationId = Guid.CreateVersion7(), Key = "checkout", Type = FlagType.String,
            Variations = """[{"key":"on","value":"1"},{"key":"off","value":"0"},{"key":"other","value":"2"}]""", OffVariation = "off", CreatedBy = "test", CreatedAt = Now,
        };
        return CompiledFlag.Of(flag, new FlagEnvironment
        {
            FlagId = flag.Id, EnvironmentId = Guid.CreateVersion7(), OrganizationId = flag.OrganizationId, Targeting = FlagJson.Write(targeting), UpdatedAt = Now,
        });
    }

    private static FlagRule Rule(string? condition, string variation, string? name = null) =>
        new() { Name = name, Condition = condition is null ? default : Context(condition), Serve = Serve(variation) };

    private static FlagServe Serve(string variation) => new() { Variation = variation };

    private static FlagServe Split(params (string Variation, double Percent)[] shares) => new() { Split = [.. shares.Select(s => new FlagShare(s.Variation, s.Percent))] };

    private static string Told(CompiledFlag flag, string context) => flag.Evaluate(Context(context), Now) is var a ? $"{a.Variation} {a.Reason} {a.Rule}" : "";

    private static JsonElement Context(string json) => JsonElement.Parse(json);
}
