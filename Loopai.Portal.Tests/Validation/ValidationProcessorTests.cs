using Loopai.Core.Executions;
using Loopai.Core.Validation;
using Loopai.Portal.Tests.Data;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.Logging.Abstractions;

namespace Loopai.Portal.Tests.Validation;

/// <summary>Each test has a database of its own, since the processor takes what it finds in all organizations.</summary>
public sealed class ValidationProcessorTests : IAsyncLifetime
{
    private readonly Versions _versions = new();
    private LoopaiDatabase _database = null!;

    public async Task InitializeAsync() => _database = await LoopaiDatabase.CreateAsync();

    public async Task DisposeAsync() => await _database.DisposeAsync();

    [Theory]
    [InlineData(Oracle.Labels, "\"spam\"", ValidationStatus.Matched)]
    [InlineData(Oracle.Labels, "\"ham\"", ValidationStatus.Mismatched)]
    [InlineData(Oracle.Labels, null, ValidationStatus.Undecidable)]
    [InlineData(Oracle.LabelsThenPerson, "\"ham\"", ValidationStatus.Mismatched)]
    [InlineData(Oracle.LabelsThenPerson, null, ValidationStatus.InReview)]
    [InlineData(Oracle.Person, "\"spam\"", ValidationStatus.InReview)]
    public async Task RunOnceAsync_ByOracleAndLabel_Decides(Oracle oracle, string? label, ValidationStatus status)
    {
        var given = await Given.TaskAsync(_database, new SamplingPolicy { Oracle = oracle });
        if (label is not null)
        {
            await given.ExampleAsync("""{ "n": 1.0, "text": "x" }""", label);
        }

        var pending = await given.ExecutionAsync(output: "\"spam\"", input: """{"text":"x","n":1}""");
        (await Processor().RunOnceAsync(default)).ShouldBe(1);
        var decided = await ReadAsync(given, pending.Id);
        decided.Status.ShouldBe(status);
        decided.DecidedBy.ShouldBe(status is ValidationStatus.Matched or ValidationStatus.Mismatched ? DecidedBy.Labels : null);
        decided.Expected.ShouldBe(decided.DecidedBy is null ? null : label);
        (await Processor().RunOnceAsync(default)).ShouldBe(0);
    }

    [Fact]
    public async Task RunOnceAsync_LabelOfAnotherTask_IsNotUsed()
    {
        var policy = new SamplingPolicy { Oracle = Oracle.Labels };
        var given = await Given.TaskAsync(_database, policy);
        var other = await Given.TaskAsync(_database, policy);
        await other.ExampleAsync("""{"text":"x"}""", "\"spam\"");
        var (pending, known) = (await given.ExecutionAsync(), await other.ExecutionAsync());
        await Processor().RunOnceAsync(default);
        (await ReadAsync(given, pending.Id)).Status.ShouldBe(ValidationStatus.Undecidable);
        (await ReadAsync(other, known.Id)).Status.ShouldBe(ValidationStatus.Matched);
    }

    [Fact]
    public async Task RunOnceAsync_VersionOracle_AsksTheVersionAndNeverItself()
    {
        var given = await Given.TaskAsync(_database, new SamplingPolicy { Oracle = Oracle.Version, OracleVersion = 2 });
        var (asked, itself) = (await given.ExecutionAsync(version: 1), await given.ExecutionAsync(version: 2));
        _versions.Answer = () => new VersionAnswer(ExecutionStatus.Success, "\"ham\"", null);
        await Processor().RunOnceAsync(default);
        var decided = await ReadAsync(given, asked.Id);
        (decided.Status, decided.Expected, decided.DecidedBy, decided.DecidedByName).ShouldBe((ValidationStatus.Mismatched, "\"ham\"", DecidedBy.Version, "2"));
        (await ReadAsync(given, itself.Id)).Status.ShouldBe(ValidationStatus.Undecidable);
        _versions.Calls.ShouldBe(1);
    }

    [Fact]
    public async Task RunOnceAsync_OracleAway_IsAskedAgainWhenTheClaimRunsOut()
    {
        var time = new Clock(Given.Noon);
        var given = await Given.TaskAsync(_database, new SamplingPolicy { Oracle = Oracle.Version, OracleVersion = 2 });
        var pending = await given.ExecutionAsync();
        _versions.Answer = () => throw new IOException("no worker");
        (await Processor(time).RunOnceAsync(default)).ShouldBe(1);
        (await ReadAsync(given, pending.Id)).Status.ShouldBe(ValidationStatus.Pending);

        _versions.Answer = () => new VersionAnswer(ExecutionStatus.Success, "\"spam\"", null);
        (await Processor(time).RunOnceAsync(default)).ShouldBe(0, "claimed");
        time.Now += ValidationProcessor.ClaimFor + TimeSpan.FromSeconds(2);
        (await Processor(time).RunOnceAsync(default)).ShouldBe(1);
        (await ReadAsync(given, pending.Id)).Status.ShouldBe(ValidationStatus.Matched);
    }

    [Fact]
    public async Task RunOnceAsync_SeveralPortals_AskEachOnce()
    {
        var given = await Given.TaskAsync(_database, new SamplingPolicy { Oracle = Oracle.Version, OracleVersion = 2 });
        for (var i = 0; i < 60; i++)
        {
            await given.ExecutionAsync();
        }

        _versions.Answer = () => new VersionAnswer(ExecutionStatus.Success, "\"spam\"", null);
        var taken = await Task.WhenAll(Enumerable.Range(0, 4).Select(_ => Processor().RunOnceAsync(default)));
        taken.Sum().ShouldBe(60);
        _versions.Calls.ShouldBe(60);
    }

    [Fact]
    public async Task RunOnceAsync_DecidedByAPersonMeanwhile_LeavesThatVerdict()
    {
        var given = await Given.TaskAsync(_database, new SamplingPolicy { Oracle = Oracle.Version, OracleVersion = 2 });
        var pending = await given.ExecutionAsync();
        var service = new ValidationService(_database.Data, TimeProvider.System);
        _versions.Before = async () => await service.DecideAsync(given.Caller, pending.Id, new Verdict(Match: true), default);
        _versions.Answer = () => new VersionAnswer(ExecutionStatus.Success, "\"ham\"", null);
        await Processor().RunOnceAsync(default);
        var decided = await ReadAsync(given, pending.Id);
        (decided.Status, decided.DecidedBy).ShouldBe((ValidationStatus.Matched, DecidedBy.Person));
    }

    [Fact]
    public async Task Worker_Signal_StartsARoundAtOnceAndSurvivesAnOutage()
    {
        var given = await Given.TaskAsync(_database, new SamplingPolicy { Oracle = Oracle.Person });
        var signal = new ValidationSignal();
        using var worker = new ValidationWorker(Processor(), signal, TimeProvider.System, NullLogger<ValidationWorker>.Instance);
        await _database.AsOwnerAsync("ALTER TABLE validations RENAME TO away");
        await worker.StartAsync(default);
        await worker.StartedAsync(default);
        await _database.AsOwnerAsync("ALTER TABLE away RENAME TO validations");
        var pending = await given.ExecutionAsync();
        signal.Raise();
        var deadline = DateTime.UtcNow.AddSeconds(20);
        while ((await ReadAsync(given, pending.Id)).Status == ValidationStatus.Pending && DateTime.UtcNow < deadline)
        {
            await Task.Delay(20);
        }

        (await ReadAsync(given, pending.Id)).Status.ShouldBe(ValidationStatus.InReview);
        await worker.StopAsync(default);
    }

    private ValidationProcessor Processor(TimeProvider? time = null) =>
        new(_database.Data, _versions, time ?? TimeProvider.System, NullLogger<ValidationProcessor>.Instance);

    private async Task<ValidationRecord> ReadAsync(Given given, Guid id)
    {
        await using var db = await _database.Data.OpenAsync(given.Caller, default);
        return await db.Validations.AsNoTracking().SingleAsync(v => v.Id == id);
    }

    private sealed class Versions : IVersionRunner
    {
        private int _calls;

        public int Calls => _calls;

        public Func<Task> Before { get; set; } = () => Task.CompletedTask;

        public Func<VersionAnswer> Answer { get; set; } = () => throw new InvalidOperationException("Not to be asked.");

        public async Task<VersionAnswer> RunAsync(Guid organizationId, Guid taskId, int version, string inputJson, CancellationToken ct)
        {
            Interlocked.Increment(ref _calls);
            await Before();
            return Answer();
        }
    }

    private sealed class Clock(DateTimeOffset now) : TimeProvider
    {
        public DateTimeOffset Now { get; set; } = now;

        public override DateTimeOffset GetUtcNow() => Now;
    }
}
