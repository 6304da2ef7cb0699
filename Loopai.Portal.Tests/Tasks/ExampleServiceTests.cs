using System.Text;
using System.Text.Json;
using Loopai.Core.Access;
using Loopai.Core.Data;
using Loopai.Core.Errors;
using Loopai.Core.Tasks;
using Loopai.Portal.Tests.Data;
using Microsoft.EntityFrameworkCore;

namespace Loopai.Portal.Tests.Tasks;

public sealed class ExampleServiceTests(LoopaiDatabaseFixture fixture) : IClassFixture<LoopaiDatabaseFixture>, IAsyncLifetime
{
    private readonly ExampleService _examples = new(fixture.Data, TimeProvider.System);
    private TestOrganization _organization = null!;
    private TaskDefinition _task = null!;

    public async Task InitializeAsync()
    {
        _organization = await fixture.Database.AddOrganizationAsync();
        _task = await fixture.Database.AddTaskAsync(_organization);
    }

    public Task DisposeAsync() => Task.CompletedTask;

    [Fact]
    public async Task ImportAsync_SameInputAgain_UpdatesOrLeavesIt()
    {
        await ImportAsync(Line("a", "spam") + Line("b", "ham"));

        var result = await ImportAsync(Line("a", "ham") + Line("b", "ham") + Line("c", "spam") + Line("c", "ham") + Line("c", "ham") + "broken\n");

        result.ShouldSatisfyAllConditions(
            r => r.Received.ShouldBe(6), r => r.Added.ShouldBe(1), r => r.Updated.ShouldBe(2), r => r.Unchanged.ShouldBe(2), r => r.Rejected.ShouldBe(1),
            r => r.Errors.ShouldHaveSingleItem().Row.ShouldBe(6));
        (await ListAsync()).ToDictionary(e => e.Input, e => e.Output).ShouldBe(
            new Dictionary<string, string> { ["{\"text\":\"a\"}"] = "\"ham\"", ["{\"text\":\"b\"}"] = "\"ham\"", ["{\"text\":\"c\"}"] = "\"ham\"" }, ignoreOrder: true);
    }

    [Fact]
    public async Task ImportAsync_SameInputWrittenOtherwise_IsTheSameExample()
    {
        await ImportAsync("""{"input":{"text":"ü","n":1.0},"output":"x"}""");

        (await ImportAsync("""{"input":{ "n":1, "text":"\u00fc" },"output":"x"}""")).Unchanged.ShouldBe(1);
    }

    [Fact]
    public async Task ImportAsync_MoreRowsThanALimitAllows_TakesNothing()
    {
        await ImportAsync(Line("before", "ham"));
        var rows = string.Concat(Enumerable.Range(0, ExampleService.MaxRows + 1).Select(i => Line($"text {i}", i % 2 == 0 ? "spam" : "ham")));

        (await Should.ThrowAsync<InvalidException>(() => ImportAsync(rows))).Message.ShouldContain("100,000");

        (await _examples.CountsAsync(_organization.Caller, _task.Id, CancellationToken.None)).Total.ShouldBe(1);
    }

    [Fact]
    public async Task ImportAsync_ManyRows_TakesThemAllAndCountsThem()
    {
        var result = await ImportAsync(string.Concat(Enumerable.Range(0, 20_000).Select(i => Line($"text {i}", i % 4 == 0 ? "spam" : "ham"))));

        result.Added.ShouldBe(20_000);
        var counts = await _examples.CountsAsync(_organization.Caller, _task.Id, CancellationToken.None);
        counts.Outputs.Select(o => (o.Output.GetString(), o.Count)).ShouldBe([("ham", 15_000), ("spam", 5_000)]);
    }

    [Fact]
    public async Task ImportAsync_BrokenAfterManyRows_TakesNothing()
    {
        var json = "[" + string.Join(",", Enumerable.Range(0, 2_500).Select(i => Line($"t{i}", "x").Trim())) + ", oops";

        await Should.ThrowAsync<InvalidException>(() => ImportAsync(json, ExampleFormat.Json));

        (await ListAsync()).ShouldBeEmpty();
    }

    [Fact]
    public async Task ImportAsync_ManyBadRows_ShowsTheFirstHundred()
    {
        var result = await ImportAsync(string.Concat(Enumerable.Repeat("bad\n", 150)) + Line("a", "x"));

        (result.Rejected, result.Errors.Count, result.Added).ShouldBe((150, 100, 1));
    }

    [Fact]
    public async Task ImportAsync_Nothing_IsRefused() => (await Should.ThrowAsync<InvalidException>(() => ImportAsync("\n\n"))).Code.ShouldBe("examples.empty");

    [Fact]
    public async Task ImportAsync_OfAnotherOrganizationsTask_IsNotFound()
    {
        var other = await fixture.Database.AddOrganizationAsync();
        using var body = new MemoryStream(Encoding.UTF8.GetBytes(Line("a", "x")));

        await Should.ThrowAsync<NotFoundException>(() => _examples.ImportAsync(other.Caller, _task.Id, body, ExampleFormat.JsonLines, CancellationToken.None));
    }

    [Fact]
    public async Task ImportAsync_WithoutPermission_IsForbidden()
    {
        var reader = Caller.ForUser(Guid.NewGuid(), "reader", _organization.Id, _organization.EnvironmentId, [Permissions.TasksRead]);

        await Should.ThrowAsync<ForbiddenException>(() => _examples.ImportAsync(reader, _task.Id, Stream.Null, ExampleFormat.JsonLines, CancellationToken.None));
    }

    [Fact]
    public async Task ImportAsync_ToAnArchivedTask_IsAConflict()
    {
        var archived = await fixture.Database.AddTaskAsync(_organization, archived: true);

        await Should.ThrowAsync<ConflictException>(() => _examples.ImportAsync(_organization.Caller, archived.Id, Stream.Null, ExampleFormat.Csv, CancellationToken.None));
    }

    [Fact]
    public async Task ListAsync_InWindows_ShowsEachExampleOnce()
    {
        await ImportAsync(string.Concat(Enumerable.Range(0, 25).Select(i => Line($"t{i}", "x"))));
        var seen = new List<string>();
        string? cursor = null;
        do
        {
            var page = await _examples.ListAsync(_organization.Caller, _task.Id, new ExampleFilter(), new PageRequest(10, cursor), CancellationToken.None);
            seen.AddRange(page.Items.Select(e => e.Input));
            cursor = page.NextCursor;
        }
        while (cursor is not null);

        seen.Count.ShouldBe(25);
        seen.Distinct().Count().ShouldBe(25);
    }

    [Fact]
    public async Task ListAsync_Filtered_FindsTextAndOutput()
    {
        await ImportAsync(Line("Say \\\"Grüße\\\" 100%", "spam") + Line("nothing", "ham"));

        (await ListAsync(new ExampleFilter("\"GRÜSSE"))).ShouldBeEmpty();
        (await ListAsync(new ExampleFilter("\"grüße\" 100%"))).ShouldHaveSingleItem();
        (await ListAsync(new ExampleFilter("0%0"))).ShouldBeEmpty();
        (await ListAsync(new ExampleFilter(Output: JsonElement.Parse("\"ham\"")))).ShouldHaveSingleItem().Input.ShouldContain("nothing");
        (await ListAsync(new ExampleFilter(ForTraining: false))).ShouldBeEmpty();
    }

    [Fact]
    public async Task LabelsForAsync_AnswersTheKnownInputs()
    {
        await ImportAsync(Line("a", "spam"));
        var (known, unknown) = (CanonicalJson.Hash("""{"text":"a"}"""), CanonicalJson.Hash("""{"text":"b"}"""));

        var labels = await _examples.LabelsForAsync(_organization.Caller, _task.Id, [known, unknown], CancellationToken.None);

        labels.ShouldHaveSingleItem().ShouldBe(new(Convert.ToHexStringLower(known), "\"spam\""));
    }

    [Fact]
    public async Task AddAsync_ThatDoesNotFit_NamesTheField()
    {
        var bad = new ExampleInput { Input = JsonElement.Parse("""{"text":7}"""), Output = JsonElement.Parse("\"x\"") };

        (await Should.ThrowAsync<InvalidException>(() => _examples.AddAsync(_organization.Caller, _task.Id, bad, "portal", CancellationToken.None)))
            .Errors.Keys.ShouldBe(["/input/text"]);
    }

    [Fact]
    public async Task DeleteAsync_OneThenAll_LeavesNothingAndARecord()
    {
        await ImportAsync(Line("a", "x") + Line("b", "x") + Line("c", "x"));
        var one = (await ListAsync())[0].Id;

        await _examples.DeleteAsync(_organization.Caller, _task.Id, one, CancellationToken.None);
        await Should.ThrowAsync<NotFoundException>(() => _examples.DeleteAsync(_organization.Caller, _task.Id, one, CancellationToken.None));

        (await _examples.DeleteAllAsync(_organization.Caller, _task.Id, CancellationToken.None)).ShouldBe(2);
        await using var db = await fixture.Data.OpenAsync(_organization.Caller, CancellationToken.None);
        (await db.AuditEvents.OrderBy(a => a.At).Select(a => a.Action).ToListAsync()).ShouldBe(["examples.imported", "example.deleted", "examples.deleted"]);
    }

    private static string Line(string text, string output) => $$"""{"input":{"text":"{{text}}"},"output":"{{output}}"}""" + "\n";

    private async Task<ImportResult> ImportAsync(string text, ExampleFormat format = ExampleFormat.JsonLines)
    {
        using var body = new MemoryStream(Encoding.UTF8.GetBytes(text));
        return await _examples.ImportAsync(_organization.Caller, _task.Id, body, format, CancellationToken.None);
    }

    private async Task<IReadOnlyList<Example>> ListAsync(ExampleFilter? filter = null) =>
        (await _examples.ListAsync(_organization.Caller, _task.Id, filter ?? new ExampleFilter(), new PageRequest(), CancellationToken.None)).Items;
}
