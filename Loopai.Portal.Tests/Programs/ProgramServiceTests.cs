using System.Text.Json;
using Loopai.Core.Data;
using Loopai.Core.Errors;
using Loopai.Core.Programs;
using Loopai.Core.Tasks;
using Loopai.Portal.Tests.Data;
using Loopai.Portal.Tests.Tasks;
using Microsoft.EntityFrameworkCore;

namespace Loopai.Portal.Tests.Programs;

public sealed class ProgramServiceTests : IClassFixture<LoopaiDatabaseFixture>, IAsyncLifetime
{
    private readonly LoopaiDatabaseFixture _fixture;
    private readonly ScriptedSandbox _sandbox = new();
    private readonly ProgramService _programs;
    private TestOrganization _organization = null!;
    private TaskDefinition _task = null!;

    public ProgramServiceTests(LoopaiDatabaseFixture fixture)
    {
        _fixture = fixture;
        _programs = new ProgramService(fixture.Data, _sandbox, TimeProvider.System);
    }

    public async Task InitializeAsync()
    {
        _organization = await _fixture.Database.AddOrganizationAsync();
        _task = await _fixture.Database.AddTaskAsync(_organization);
    }

    public Task DisposeAsync() => Task.CompletedTask;

    [Fact]
    public async Task CreateAsync_RightOnAllExamples_IsValidated()
    {
        await _fixture.Database.AddExamplesAsync(_organization, _task.Id, 30);

        var program = await CreateAsync();

        (program.Version, program.Status, program.Accuracy).ShouldBe((1, ProgramStatus.Validated, 1.0));
        JsonElement.Parse(program.Report!).GetProperty("examples").GetInt32().ShouldBe(30);
    }

    [Fact]
    public async Task CreateAsync_ThatFailsOnSome_IsADraftAndShowsThem()
    {
        await _fixture.Database.AddExamplesAsync(_organization, _task.Id, 30);
        _sandbox.Answer = input => input.Contains("buy", StringComparison.Ordinal) ? "\"spam\"" : null;

        var program = await CreateAsync();

        (program.Status, program.Accuracy).ShouldBe((ProgramStatus.Draft, 0.5));
        var report = JsonSerializer.Deserialize<TrialReport>(program.Report!, JsonSerializerOptions.Web)!;
        (report.Right, report.Wrong, report.Failed, report.Failures.Count).ShouldBe((15, 0, 15, 10));
        report.Failures[0].Error.ShouldBe("KeyError: 'text' (line 3)");
    }

    [Fact]
    public async Task CreateAsync_WhoseOutputBreaksTheSchema_CountsItAsFailed()
    {
        await _fixture.Database.AddExamplesAsync(_organization, _task.Id, 2);
        _sandbox.Answer = _ => "42";

        JsonElement.Parse((await CreateAsync()).Report!).GetProperty("failed").GetInt32().ShouldBe(2);
    }

    [Fact]
    public async Task CreateAsync_WithoutExamples_IsADraft() => (await CreateAsync()).Status.ShouldBe(ProgramStatus.Draft);

    [Fact]
    public async Task CreateAsync_ThatDoesNotLoad_IsRefusedWithTheMessage()
    {
        _sandbox.LoadError = "SyntaxError: invalid syntax (line 1)";

        (await Should.ThrowAsync<InvalidException>(() => CreateAsync())).Errors["code"][0].ShouldContain("line 1");
        (await _programs.ListAsync(_organization.Caller, _task.Id, new PageRequest(), CancellationToken.None)).Items.ShouldBeEmpty();
    }

    [Fact]
    public async Task CreateAsync_WithoutSandbox_SaysWhatIsMissing()
    {
        _sandbox.Missing = "Install bubblewrap.";

        (await Should.ThrowAsync<UnavailableException>(() => CreateAsync())).Message.ShouldContain("Install bubblewrap.");
    }

    [Theory]
    [InlineData(ProgramLanguage.Model, "code", "language")]
    [InlineData(null, "code", "language")]
    [InlineData(ProgramLanguage.Python, " ", "code")]
    [InlineData(ProgramLanguage.Python, "a\0", "code")]
    public async Task CreateAsync_ThatCannotBeTaken_NamesTheField(ProgramLanguage? language, string code, string field) =>
        (await Should.ThrowAsync<InvalidException>(() => _programs.CreateAsync(
            _organization.Caller, _task.Id, new CreateProgram(language, code, null), CancellationToken.None))).Errors.Keys.ShouldBe([field]);

    [Fact]
    public async Task CreateAsync_LargerThanTheLimit_IsRefused() =>
        (await Should.ThrowAsync<InvalidException>(() => CreateAsync(new string('#', CreateProgram.MaxCodeBytes + 1)))).Errors["code"][0].ShouldContain("256 KB");

    [Fact]
    public async Task CreateAsync_ByManyAtOnce_GivesEachItsOwnNumber()
    {
        var made = await Task.WhenAll(Enumerable.Range(0, 8).Select(_ => CreateAsync()));

        made.Select(p => p.Version).Order().ShouldBe(Enumerable.Range(1, 8));
    }

    [Fact]
    public async Task ActivateAsync_ThenAnOlderOne_RollsBack()
    {
        await _fixture.Database.AddExamplesAsync(_organization, _task.Id, 4);
        await CreateAsync();
        await CreateAsync();
        await ActivateAsync(1);
        await ActivateAsync(2);

        var back = await ActivateAsync(1);

        back.Status.ShouldBe(ProgramStatus.Active);
        await using var db = await _fixture.Data.OpenAsync(_organization.Caller, CancellationToken.None);
        (await db.Programs.OrderBy(p => p.Version).Select(p => p.Status).ToListAsync()).ShouldBe([ProgramStatus.Active, ProgramStatus.Deprecated]);
        (await db.Tasks.Select(t => new { t.ActiveVersion, t.Revision }).SingleAsync(CancellationToken.None)).ShouldBe(new { ActiveVersion = (int?)1, Revision = 4 });
        (await db.AuditEvents.Where(a => a.Action == "program.activated").OrderBy(a => a.Id).Select(a => $"{a.Before}>{a.After}").ToListAsync())
            .ShouldBe([">1", "1>2", "2>1"]);
    }

    [Fact]
    public async Task ActivateAsync_OfADraft_NeedsForce()
    {
        await CreateAsync();

        (await Should.ThrowAsync<ConflictException>(() => ActivateAsync(1))).Message.ShouldContain("no examples to try it on");
        (await ActivateAsync(1, force: true)).Status.ShouldBe(ProgramStatus.Active);
    }

    [Fact]
    public async Task ActivateAsync_OfTwoAtOnce_LeavesExactlyOneActive()
    {
        for (var i = 0; i < 6; i++)
        {
            await CreateAsync();
        }

        var outcomes = await Task.WhenAll(Enumerable.Range(1, 6).Select(async version =>
        {
            try
            {
                await ActivateAsync(version, force: true);
                return true;
            }
            catch (ConflictException)
            {
                return false;
            }
        }));

        outcomes.ShouldContain(true);
        await using var db = await _fixture.Data.OpenAsync(_organization.Caller, CancellationToken.None);
        var active = await db.Programs.Where(p => p.Status == ProgramStatus.Active).Select(p => (int?)p.Version).ToListAsync();
        active.ShouldBe([(await db.Tasks.SingleAsync()).ActiveVersion]);
    }

    [Fact]
    public async Task ActivateAsync_OfAVersionThatIsNotThere_IsNotFound() => await Should.ThrowAsync<NotFoundException>(() => ActivateAsync(7));

    [Fact]
    public async Task UpdateNotesAsync_AfterSomebodyElse_IsRefused()
    {
        var program = await CreateAsync();
        var tag = ProgramService.TagOf(program.Notes);
        await _programs.UpdateNotesAsync(_organization.Caller, _task.Id, 1, "first", tag, CancellationToken.None);

        await Should.ThrowAsync<ChangedMeanwhileException>(() => _programs.UpdateNotesAsync(_organization.Caller, _task.Id, 1, "second", tag, CancellationToken.None));
        (await _programs.GetAsync(_organization.Caller, _task.Id, 1, CancellationToken.None)).Notes.ShouldBe("first");
    }

    [Fact]
    public async Task CompareAsync_TwoSources_AnswersTextsAndFigures()
    {
        await CreateAsync("one");
        await CreateAsync("two");

        var comparison = await _programs.CompareAsync(_organization.Caller, _task.Id, 1, 2, CancellationToken.None);

        (comparison.Left.Text, comparison.Right.Text, comparison.Right.Program.SizeBytes).ShouldBe(("one", "two", 3));
    }

    [Fact]
    public async Task DownloadAsync_OfASource_HoldsItWithItsTask()
    {
        await CreateAsync("def execute(input): return 'ham'");

        var download = await _programs.DownloadAsync(_organization.Caller, _task.Id, 1, CancellationToken.None);

        download.FileName.ShouldBe($"task-{_task.Id}-v1.zip");
        using var zip = new System.IO.Compression.ZipArchive(new MemoryStream(download.Zip));
        using var source = new StreamReader(zip.GetEntry("program.py").ShouldNotBeNull().Open());
        (await source.ReadToEndAsync()).ShouldBe("def execute(input): return 'ham'");
        zip.Entries.Select(e => e.FullName).ShouldContain("task.json");
    }

    [Fact]
    public async Task ListAsync_NewestFirst_InWindows()
    {
        await CreateAsync("one");
        await CreateAsync("three");

        var first = await _programs.ListAsync(_organization.Caller, _task.Id, new PageRequest(1), CancellationToken.None);
        var second = await _programs.ListAsync(_organization.Caller, _task.Id, new PageRequest(1, first.NextCursor), CancellationToken.None);

        first.Items.Concat(second.Items).Select(p => (p.Version, p.SizeBytes)).ShouldBe([(2, 5), (1, 3)]);
        second.NextCursor.ShouldBeNull();
    }

    private Task<ProgramVersion> CreateAsync(string code = "def execute(input): ...") =>
        _programs.CreateAsync(_organization.Caller, _task.Id, new CreateProgram(ProgramLanguage.Python, code, null), CancellationToken.None);

    private Task<ProgramVersion> ActivateAsync(int version, bool force = false) =>
        _programs.ActivateAsync(_organization.Caller, _task.Id, version, force, CancellationToken.None);
}
