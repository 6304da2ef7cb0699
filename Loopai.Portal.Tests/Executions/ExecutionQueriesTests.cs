using Loopai.Core.Data;
using Loopai.Core.Executions;
using Loopai.Core.Validation;
using Loopai.Portal.Pages.Executions;
using Loopai.Portal.Tests.Data;
using Loopai.Portal.Tests.Validation;

namespace Loopai.Portal.Tests.Executions;

public sealed class ExecutionQueriesTests(LoopaiDatabaseFixture fixture) : IClassFixture<LoopaiDatabaseFixture>
{
    private readonly ExecutionQueries _queries = new(fixture.Data);

    [Fact]
    public async Task ListAsync_SmallPages_WalksEveryExecutionOnceNewestFirst()
    {
        var given = await Given.TaskAsync(fixture.Database);
        for (var i = 0; i < 23; i++)
        {
            // Some share a millisecond: then the id decides.
            await given.ExecutionAsync(at: Given.Noon.AddSeconds(i / 3));
        }

        var walked = new List<Execution>();
        string? cursor = null;
        do
        {
            var page = await _queries.ListAsync(given.Caller, new ExecutionFilter(), new PageRequest(5, cursor), CancellationToken.None);
            walked.AddRange(page.Items);
            cursor = page.NextCursor;
        }
        while (cursor is not null);

        walked.Select(e => e.Id).Distinct().Count().ShouldBe(23);
        walked.Select(e => e.ExecutedAt).ShouldBeInOrder(SortDirection.Descending);
        var streamed = new List<Guid>();
        await foreach (var e in _queries.StreamAsync(given.Caller, new ExecutionFilter(), 10, CancellationToken.None))
        {
            streamed.Add(e.Id);
        }

        streamed.ShouldBe(walked.Take(10).Select(e => e.Id));
    }

    [Fact]
    public async Task ListAsync_EveryFilter_AgreesWithMatches()
    {
        var given = await Given.TaskAsync(fixture.Database);
        await given.ExecutionAsync(output: "\"spam\"", confidence: 0.4);
        var (key, team) = (Guid.CreateVersion7(), Guid.CreateVersion7());
        await given.ExecutionAsync(output: "\"ham\"", version: 2, confidence: 0.9, key: key, team: team);
        await given.ExecutionAsync(output: "\"ham\"", at: Given.Noon.AddHours(3));
        ExecutionFilter[] filters =
        [
            new(), new() { TaskId = given.Task.Id }, new() { TaskId = Guid.NewGuid() }, new() { Version = 2 }, new() { Status = ExecutionStatus.Success },
            new() { FailedOnly = true }, new() { From = Given.Noon.AddHours(1) }, new() { To = Given.Noon.AddHours(1) }, new() { Unit = "nobody" },
            new() { Output = "\"ham\"" }, new() { Sampled = true }, new() { Sampled = false }, new() { ConfidenceBelow = 0.5 },
            new() { KeyId = key }, new() { KeyId = ExecutionRollup.None }, new() { TeamId = team }, new() { TeamId = ExecutionRollup.None },
        ];
        var all = (await _queries.ListAsync(given.Caller, new ExecutionFilter(), new PageRequest(), CancellationToken.None)).Items;
        all.Count.ShouldBe(3);

        foreach (var filter in filters)
        {
            var listed = (await _queries.ListAsync(given.Caller, filter, new PageRequest(), CancellationToken.None)).Items;
            listed.Select(e => e.Id).ShouldBe(all.Where(filter.Matches).Select(e => e.Id), filter.ToString());
        }
    }

    [Fact]
    public async Task FindValidationAsync_SampledExecution_GivesItsVerdict()
    {
        var given = await Given.TaskAsync(fixture.Database);
        var validation = await given.ExecutionAsync(status: ValidationStatus.Matched);

        (await _queries.FindValidationAsync(given.Caller, validation.ExecutionId, CancellationToken.None))!.Status.ShouldBe(ValidationStatus.Matched);
        (await _queries.FindValidationAsync(given.Caller, Guid.NewGuid(), CancellationToken.None)).ShouldBeNull();
    }

    [Theory]
    [InlineData("plain", "\"plain\"")]
    [InlineData("say \"hi\"", "\"say \"\"hi\"\"\"")]
    [InlineData("=1+1", "\"'=1+1\"")]
    [InlineData("@cmd", "\"'@cmd\"")]
    [InlineData("-0.5", "\"-0.5\"")]
    [InlineData(null, "")]
    public void Cell_AnyText_IsQuotedAndNoFormula(string? text, string expected) => ExecutionsCsv.Cell(text).ShouldBe(expected);

    [Fact]
    public void Parse_ValuesThatCannotBeRead_DoNotNarrow()
    {
        ExecutionsQuery.Parse("?task=x&version=-1&status=lost&sampled=maybe&below=much&range=soon").IsNarrowed.ShouldBeFalse();
        ExecutionsQuery.Parse("?status=invalid_output").ToFilter(Given.Noon).Status.ShouldBe(ExecutionStatus.InvalidOutput);
        ExecutionsQuery.Parse("?status=failed").ToFilter(Given.Noon).FailedOnly.ShouldBeTrue();
    }
}
