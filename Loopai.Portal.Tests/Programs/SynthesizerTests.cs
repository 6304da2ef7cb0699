using System.Text.Json;
using Loopai.Core.Programs;
using Loopai.Core.Programs.Models;
using Loopai.Core.Programs.Synthesis;

namespace Loopai.Portal.Tests.Programs;

public sealed class SynthesizerTests
{
    [Theory]
    [InlineData(SynthesisStrategy.Rule, "rule")]
    [InlineData(SynthesisStrategy.Ml, "ml")]
    [InlineData(SynthesisStrategy.Hybrid, "hybrid")]
    public void Synthesize_TicketsByStrategy_LearnsTheQueues(SynthesisStrategy strategy, string expected)
    {
        var result = GivenExamples.Learn(GivenExamples.Tickets(160), new { @enum = new[] { "billing", "account", "shipping" } }, strategy);

        result.Strategy.ShouldBe(expected);
        var report = result.Report;
        report.MeasuredBy.ShouldBe("held-out");
        (report.TrainedOn + report.HeldOut).ShouldBe(160);
        report.Classification!.Accuracy.ShouldBeGreaterThan(0.9);
        report.Classification.Confusion.Sum(row => row.Sum()).ShouldBe(report.HeldOut);
        report.Candidates.Count(candidate => candidate.Chosen).ShouldBe(1);
        var unseen = GivenExamples.Tickets(200, seed: 9);
        var program = ModelProgram.Load(result.Artifact);
        unseen.Count(ticket => JsonElement.DeepEquals(program.Answer(ticket.Input), ticket.Output)).ShouldBeGreaterThan(180);
    }

    [Fact]
    public void Synthesize_AutoWhereOneWordDecides_PrefersRulesThatReadAsSentences()
    {
        var result = GivenExamples.Learn(GivenExamples.Tickets(160));

        result.Strategy.ShouldBe("rule");

        // The most frequent queue needs no rule of its own, so which words stand in the list depends on which that is.
        var rules = ModelProgram.Load(result.Artifact).Describe().Rules;
        rules.ShouldContain(rule => rule.When.Contains("contains \"parcel\"") && rule.Then == "shipping" || rule.When.Contains("contains \"login\"") && rule.Then == "account");
        rules[^1].Sentence.ShouldStartWith("Otherwise: ");
    }

    [Fact]
    public void Synthesize_BooleanFromANumber_FindsTheLimit()
    {
        var examples = Enumerable.Range(0, 200).Select(i => GivenExamples.Example(new { amount = i * 7 % 1000 }, i * 7 % 1000 >= 500)).ToArray();

        var program = ModelProgram.Load(GivenExamples.Learn(examples, new { type = "boolean" }, SynthesisStrategy.Rule).Artifact);

        program.Answer(new { amount = 900 }).ValueKind.ShouldBe(JsonValueKind.True);
        program.Answer(new { amount = 20 }).ValueKind.ShouldBe(JsonValueKind.False);
    }

    [Fact]
    public void Synthesize_Numbers_LearnsARegressionWithinTheRangeSeen()
    {
        var result = GivenExamples.Learn(GivenExamples.Prices(300), new { type = "number" });

        result.Report.Kind.ShouldBe("regression");
        result.Report.Regression!.R2.ShouldBeGreaterThan(0.98);
        var program = ModelProgram.Load(result.Artifact);
        program.Answer(new { size = 100, isNew = true }).GetDouble().ShouldBe(310, 15);
        program.Answer(new { size = 1e9, isNew = true }).GetDouble().ShouldBeLessThan(620);
    }

    [Fact]
    public void Synthesize_ObjectWithOneProperty_AnswersTheObject()
    {
        var examples = GivenExamples.Tickets(100).Select(ticket => ticket with { Output = GivenExamples.Json(new { label = ticket.Output }) }).ToArray();

        var program = ModelProgram.Load(GivenExamples.Learn(examples, new { type = "object" }).Artifact);

        program.Answer(new { subject = "parcel" }).GetProperty("label").ValueKind.ShouldBe(JsonValueKind.String);
    }

    [Fact]
    public void Synthesize_NoExamples_MakesABaselineThatSaysSo()
    {
        var result = GivenExamples.Learn([], new { @enum = new[] { "spam", "ham" } });

        result.Strategy.ShouldBe("baseline");
        result.Report.Warnings.ShouldContain(warning => warning.Contains("no examples"));
        var answer = ModelProgram.Load(result.Artifact).Execute(GivenExamples.Json("anything"));
        answer.Confidence.ShouldBe(0);
        System.Text.Encoding.UTF8.GetString(answer.Output.Span).ShouldBe("\"spam\"");
    }

    [Fact]
    public void Synthesize_FreeTextOutputs_SaysWhatCannotBeLearned()
    {
        var examples = Enumerable.Range(0, 60).Select(i => GivenExamples.Example($"question {i}", $"a long answer of its own, number {i}")).ToArray();

        var result = GivenExamples.Learn(examples);

        result.Report.Kind.ShouldBe("baseline");
        result.Report.Warnings.ShouldContain(warning => warning.Contains("60 different outputs"));
    }

    [Fact]
    public void Synthesize_TwoPerClass_WarnsAndMeasuresByCrossValidation()
    {
        LabelledExample[] examples =
        [
            GivenExamples.Example("I love it", "good"), GivenExamples.Example("love this", "good"),
            GivenExamples.Example("I hate it", "bad"), GivenExamples.Example("hate this", "bad"),
        ];

        var result = GivenExamples.Learn(examples);

        result.Report.MeasuredBy.ShouldBe("cross-validation");
        result.Report.Warnings.ShouldContain(warning => warning.StartsWith("There are only 4 examples"));
        ModelProgram.Load(result.Artifact).Answer("we love that").GetString().ShouldBe("good");
    }

    [Fact]
    public void Synthesize_ConflictsRepeatsAndAMissingClass_AreNamed()
    {
        var examples = GivenExamples.Tickets(80).ToList();
        examples.Add(examples[0] with { Output = GivenExamples.Json(examples[0].Output.GetString() == "billing" ? "account" : "billing") });
        examples.Add(examples[1]);

        var warnings = GivenExamples.Learn(examples, new { @enum = new[] { "billing", "account", "shipping", "legal" } }).Report.Warnings;

        warnings.ShouldContain(warning => warning.StartsWith("1 input has conflicting outputs"));
        warnings.ShouldContain(warning => warning.StartsWith("2 examples repeat"));
        warnings.ShouldContain("No example has the output legal: the program never answers it.");
    }

    [Fact]
    public void Synthesize_SameRequestTwice_GivesTheSameBytes()
    {
        var tickets = GivenExamples.Tickets(80);

        var first = GivenExamples.Learn(tickets, strategy: SynthesisStrategy.Hybrid);
        var second = GivenExamples.Learn(tickets, strategy: SynthesisStrategy.Hybrid);

        first.Artifact.ShouldBe(second.Artifact);
    }

    [Fact]
    public void Synthesize_Cancelled_Stops()
    {
        using var cancelled = new CancellationTokenSource();
        cancelled.Cancel();

        Should.Throw<OperationCanceledException>(() => Synthesizer.Synthesize(
            new SynthesisRequest { Examples = GivenExamples.Tickets(100), InputSchema = default, OutputSchema = default }, null, cancelled.Token));
    }

    [Fact]
    public void Report_Serialized_IsCamelCase()
    {
        var json = JsonSerializer.SerializeToElement(GivenExamples.Learn(GivenExamples.Tickets(100)).Report, JsonSerializerOptions.Web);

        json.GetProperty("classification").GetProperty("classes")[0].GetProperty("f1").ValueKind.ShouldBe(JsonValueKind.Number);
        json.GetProperty("trainingMs").GetDouble().ShouldBeGreaterThan(0);
    }

    [Fact]
    public void Wilson_EightOfTen_IsThePublishedInterval()
    {
        var (low, high) = Measures.Wilson(8, 10);

        low.ShouldBe(0.4902, 0.0001);
        high.ShouldBe(0.9433, 0.0001);
    }
}
