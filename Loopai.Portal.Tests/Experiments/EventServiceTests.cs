using System.Text;
using Loopai.Core.Access;
using Loopai.Core.Errors;
using Loopai.Core.Experiments.Events;
using Loopai.Portal.Tests.Data;

namespace Loopai.Portal.Tests.Experiments;

public sealed class EventServiceTests(LoopaiDatabaseFixture fixture) : IClassFixture<LoopaiDatabaseFixture>, IAsyncLifetime
{
    private GivenExperiment _given = null!;
    private EventService _events = null!;

    public async Task InitializeAsync()
    {
        _given = await GivenExperiment.AsyncFor(fixture.Database);
        _events = new EventService(fixture.Data, TimeProvider.System);
    }

    public Task DisposeAsync() => Task.CompletedTask;

    [Fact]
    public async Task TakeAsync_SentAgain_CountsOnce()
    {
        const string two = """[{"id":"1","unit":"ada","name":"buy","value":2.5},{"id":"2","unit":"ada","name":"buy"}]""";
        (await TakeAsync(two)).ShouldBe(new EventResult(2, 2, 0, 0, 0, []), EventComparer.Instance);
        (await TakeAsync(two)).ShouldBe(new EventResult(2, 0, 2, 0, 0, []), EventComparer.Instance);
    }

    [Fact]
    public async Task TakeAsync_SameIdForSomethingElse_IsToldByRow()
    {
        var result = await TakeAsync("""{"id":"1","unit":"ada","name":"buy"}""" + "\n\n" + """{"id":"1","unit":"bob","name":"buy"}""", isLines: true);
        (result.Accepted, result.Rejected, result.Errors[0].Row, result.Errors[0].Field).ShouldBe((1, 1, 3, "id"));
    }

    [Theory]
    [InlineData("""{"unit":"ada","name":"buy"}""", "id")]
    [InlineData("""{"id":"1","name":"buy"}""", "unit")]
    [InlineData("""{"id":"1","unit":"ada"}""", "name")]
    [InlineData("""{"id":"1","unit":"ada","name":"buy","value":1e999}""", "value")]
    [InlineData("""{"id":"1","unit":"ada","name":"buy","value":"NaN"}""", "value")]
    [InlineData("""{"id":"1","unit":"ada","name":"buy","at":"2199-01-01T00:00:00Z"}""", "at")]
    [InlineData("""{"id":"1","unit":"ada","name":"buy","at":"2001-01-01T00:00:00Z"}""", "at")]
    [InlineData("""{"id":"1","unit":"ada","name":"buy","at":"yesterday"}""", "at")]
    [InlineData("""{"id":"1","unit":"ada","name":"buy","amount":3}""", "amount")]
    [InlineData("{\"id\":\"1\",\"unit\":\"\\ud800\",\"name\":\"buy\"}", "")]
    [InlineData("\"buy\"", "")]
    public async Task TakeAsync_OneRowWrong_TakesTheOthers(string wrong, string field)
    {
        var result = await TakeAsync($$"""[{{wrong}},{"id":"good","unit":"ada","name":"buy"}]""");
        (result.Accepted, result.Rejected, result.Errors[0].Row, result.Errors[0].Field).ShouldBe((1, 1, 1, field));
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task TakeAsync_NoUtf8_IsRefusedAsAWhole(bool isLines) => (await Should.ThrowAsync<InvalidException>(
        () => _events.TakeAsync(_given.Caller, Encoding.Latin1.GetBytes("[{\"id\":\"1\",\"unit\":\"Müller\",\"name\":\"buy\"}]"), isLines, default))).Code.ShouldBe("events.not_json");

    [Fact]
    public async Task TakeAsync_MemberWithABrokenName_IsNoServerError()
    {
        const string Broken = "{\"id\":\"1\",\"\\udc00\":\"ada\",\"name\":\"buy\"}";
        (await Should.ThrowAsync<InvalidException>(() => TakeAsync($"[{Broken}]"))).Code.ShouldBe("events.not_json");
        (await TakeAsync(Broken + "\n" + "{\"id\":\"2\",\"unit\":\"ada\",\"name\":\"buy\"}", isLines: true)).ShouldSatisfyAllConditions(r => r.Accepted.ShouldBe(1), r => r.Rejected.ShouldBe(1));
    }

    [Fact]
    public async Task TakeAsync_UnitOf10KB_IsRefused()
    {
        var result = await TakeAsync($$"""[{"id":"1","unit":"{{new string('u', 10_240)}}","name":"buy"}]""");
        result.Errors[0].Message.ShouldContain("1 to 256");
    }

    [Fact]
    public async Task TakeAsync_BeforeExposure_IsKeptAndTold()
    {
        var running = await _given.StartAsync();
        await _given.ExecutedAsync(running, unit: "ada");
        var at = DateTimeOffset.UtcNow.AddDays(-2).ToString("O");
        var result = await TakeAsync($$"""[{"id":"1","unit":"ada","name":"buy","at":"{{at}}"},{"id":"2","unit":"ada","name":"buy"},{"id":"3","unit":"bob","name":"buy","at":"{{at}}"}]""");
        (result.Accepted, result.BeforeExposure).ShouldBe((3, 1));
    }

    [Fact]
    public async Task TakeAsync_TenThousand_AreTakenAndOneMoreIsNot()
    {
        var rows = Enumerable.Range(0, EventReader.MaxEvents).Select(i => $$"""{"id":"e{{i}}","unit":"u{{i % 100}}","name":"buy"}""").ToList();
        (await TakeAsync(string.Join('\n', rows), isLines: true)).Accepted.ShouldBe(EventReader.MaxEvents);
        (await Should.ThrowAsync<InvalidException>(() => TakeAsync(string.Join('\n', [.. rows, rows[0]]), isLines: true))).Code.ShouldBe("events.too_many");
    }

    [Fact]
    public async Task TakeAsync_BrokenJson_TakesNothing() => (await Should.ThrowAsync<InvalidException>(() => TakeAsync("[{"))).Code.ShouldBe("events.not_json");

    [Fact]
    public async Task TakeAsync_TheSameByTwoAtOnce_CountsOnce()
    {
        var rows = "[" + string.Join(',', Enumerable.Range(0, 200).Select(i => $$"""{"id":"both{{i}}","unit":"ada","name":"buy"}""")) + "]";
        var results = await Task.WhenAll(Enumerable.Range(0, 3).Select(_ => TakeAsync(rows)));
        results.Sum(r => r.Accepted).ShouldBe(200);
        results.Sum(r => r.Duplicates).ShouldBe(400);
    }

    [Fact]
    public async Task TakeAsync_WithoutPermission_IsRefused() =>
        await Should.ThrowAsync<ForbiddenException>(() => _events.TakeAsync(_given.Person("Ada", Permissions.TasksRead), "[]"u8.ToArray(), isLines: false, default));

    private Task<EventResult> TakeAsync(string body, bool isLines = false) => _events.TakeAsync(_given.Caller, Encoding.UTF8.GetBytes(body), isLines, default);

    private sealed class EventComparer : IEqualityComparer<EventResult>
    {
        public static readonly EventComparer Instance = new();

        public bool Equals(EventResult? x, EventResult? y) => x! with { Errors = [] } == y! with { Errors = [] } && x.Errors.SequenceEqual(y.Errors);

        public int GetHashCode(EventResult obj) => obj.Received;
    }
}
