using Loopai.Core.Errors;
using Loopai.Core.Validation;
using Loopai.Portal.Tests.Data;

namespace Loopai.Portal.Tests.Validation;

public sealed class QualityServiceTests(LoopaiDatabaseFixture fixture) : IClassFixture<LoopaiDatabaseFixture>
{
    private readonly QualityService _quality = new(fixture.Data);

    [Fact]
    public async Task GetAsync_UnequalProbabilities_WeighsAndLeavesOutTheForced()
    {
        var given = await Given.TaskAsync(fixture.Database);
        await given.ExecutionAsync(probability: 0.1, status: ValidationStatus.Matched);
        await given.ExecutionAsync(probability: 0.5, status: ValidationStatus.Mismatched, expected: "\"ham\"");
        await given.ExecutionAsync(probability: null, status: ValidationStatus.Mismatched, expected: "\"ham\"");
        await given.ExecutionAsync(status: ValidationStatus.Pending);
        await given.ExecutionAsync(status: ValidationStatus.InReview);
        await given.ExecutionAsync(status: ValidationStatus.Undecidable);
        await given.ExecutionAsync(version: 2, status: ValidationStatus.InReview);

        var versions = (await _quality.GetAsync(given.Caller, given.Task.Id, new QualityWindow(), default)).Versions;
        versions.Select(v => v.Version).ShouldBe([2, 1]);
        versions[0].Accuracy.ShouldBeNull();
        var first = versions[1];
        (first.Validated, first.Matched, first.Forced, first.Pending, first.InReview, first.Undecidable).ShouldBe((3, 1, 1, 1, 1, 1));
        first.Accuracy!.Value.ShouldBe(10.0 / 12, 1e-9);
        first.Accuracy.EffectiveSize.ShouldBe(144.0 / 104, 1e-9);
        var wilson = Wilson.Interval(10.0 / 12 * 144 / 104, 144.0 / 104);
        first.Accuracy.Low.ShouldBe(wilson.Low, 1e-9);
        first.Accuracy.High.ShouldBe(wilson.High, 1e-9);
    }

    [Fact]
    public async Task GetAsync_Classes_GivesConfusionPrecisionAndRecall()
    {
        var given = await Given.TaskAsync(fixture.Database);
        for (var i = 0; i < 3; i++)
        {
            await given.ExecutionAsync(output: "\"spam\"", status: ValidationStatus.Matched);
        }

        await given.ExecutionAsync(output: "\"spam\"", status: ValidationStatus.Mismatched, expected: "\"ham\"");
        await given.ExecutionAsync(output: "\"ham\"", status: ValidationStatus.Mismatched, expected: "\"spam\"", probability: 0.25);
        await given.ExecutionAsync(output: "\"ham\"", status: ValidationStatus.Mismatched);

        var confusion = (await _quality.GetAsync(given.Caller, given.Task.Id, new QualityWindow(), default)).Versions.Single().Confusion!;
        confusion.Cells[0].ShouldBe(new ConfusionCell("\"spam\"", "\"spam\"", 3, 6));
        confusion.Cells.Select(c => (c.Expected, c.Actual, c.Count, c.Weight)).Skip(1).ShouldBe([("\"ham\"", "\"spam\"", 1L, 2.0), ("\"spam\"", "\"ham\"", 1L, 4.0)]);
        confusion.Classes.ShouldBe([new ClassQuality("\"spam\"", 4, 6.0 / 8, 6.0 / 10), new ClassQuality("\"ham\"", 1, 0, 0)]);
    }

    [Fact]
    public async Task GetAsync_ByDayAndConfidence_SplitsTheShare()
    {
        var given = await Given.TaskAsync(fixture.Database, outputSchema: """{"type":"string"}""");
        await given.ExecutionAsync(confidence: 0.25, status: ValidationStatus.Mismatched, at: Given.Noon);
        await given.ExecutionAsync(confidence: 1, status: ValidationStatus.Matched, at: Given.Noon.AddHours(11));
        await given.ExecutionAsync(confidence: 0.95, status: ValidationStatus.Matched, at: Given.Noon.AddHours(13), probability: 0.25);

        var version = (await _quality.GetAsync(given.Caller, given.Task.Id, new QualityWindow(), default)).Versions.Single();
        version.Confusion.ShouldBeNull();
        version.ByDay.Select(d => (d.Day, d.Validated, d.Accuracy.Value)).ShouldBe([(new DateOnly(2026, 3, 2), 2L, 0.5), (new DateOnly(2026, 3, 3), 1L, 1.0)]);
        version.ByConfidence.Select(d => (d.Decile, d.Validated, d.Accuracy.Value)).ShouldBe([(2, 1L, 0.0), (9, 2L, 1.0)]);
        version.ByConfidence[1].MeanConfidence.ShouldBe(((1 * 2) + (0.95 * 4)) / 6, 1e-9);

        var window = new QualityWindow(From: Given.Noon.AddHours(12), EnvironmentId: given.Organization.EnvironmentId);
        (await _quality.GetAsync(given.Caller, given.Task.Id, window, default)).Versions.Single().Validated.ShouldBe(1);
    }

    [Fact]
    public async Task GetAsync_ForeignTask_IsNotFound()
    {
        var given = await Given.TaskAsync(fixture.Database);
        var stranger = (await Given.TaskAsync(fixture.Database)).Caller;
        await Should.ThrowAsync<NotFoundException>(() => _quality.GetAsync(stranger, given.Task.Id, new QualityWindow(), default));
    }

    [Fact]
    public void Confusion_ManyClasses_ShowsTheMostFrequentAndFoldsTheRest()
    {
        var pairs = Enumerable.Range(0, 30).Select(i => new OutputPair($"{i}", $"{i}", 100 - i, 100 - i)).Append(new OutputPair("0", "29", 5, 5)).ToList();
        var confusion = Confusion.Of(pairs);
        confusion.Classes.Count.ShouldBe(Confusion.MaxClasses);
        confusion.Cells.Sum(c => c.Count).ShouldBe(pairs.Sum(p => p.Count));
        confusion.Cells.ShouldContain(new ConfusionCell("0", null, 5, 5));
    }
}
