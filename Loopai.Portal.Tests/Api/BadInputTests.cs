using System.Net;
using System.Net.Http.Headers;
using System.Net.Http.Json;
using System.Text;
using System.Text.Json;
using Loopai.Core.Access;
using Microsoft.EntityFrameworkCore;

namespace Loopai.Portal.Tests.Api;

/// <summary>Whatever comes in: a 4xx problem that helps, and nothing half-written.</summary>
[Collection(PortalCollection.Name)]
public sealed class BadInputTests(PortalFixture portal) : IAsyncLifetime
{
    private HttpClient _client = null!;
    private Guid _task;

    public async Task InitializeAsync()
    {
        _client = portal.Client(portal.Acme);
        _task = await portal.CreateSpamFilterAsync(portal.Acme);
    }

    /// <summary>However a request was bad, no execution came of it.</summary>
    public async Task DisposeAsync()
    {
        _client.Dispose();
        await using var db = await portal.Database.Data.OpenAsync(portal.Acme.Owner, CancellationToken.None);
        (await db.Executions.CountAsync(e => e.TaskId == _task)).ShouldBe(0);
    }

    [Theory]
    [InlineData("""{"taskId": """, "request.json")]
    [InlineData("", "request.json")]
    [InlineData("[]", "request.json")]
    [InlineData("null", "request.json")]
    [InlineData("""{"input":{"text":"a"}}""", "execution.invalid")]
    [InlineData("""{"taskId":"not-a-uuid","input":{"text":"a"}}""", "execution.invalid")]
    [InlineData("""{"taskId":TASK}""", "execution.input_missing")]
    [InlineData("""{"taskId":TASK,"input":{"text":"a"},"versoin":1}""", "execution.invalid")]
    [InlineData("""{"taskId":TASK,"input":{"text":"a"},"version":"one"}""", "execution.invalid")]
    [InlineData("""{"taskId":TASK,"input":{"text":"a"},"version":1.5}""", "execution.invalid")]
    [InlineData("""{"taskId":TASK,"input":{"text":"a"},"timeoutMs":-1}""", "execution.timeout")]
    [InlineData("""{"taskId":TASK,"input":{"text":"a"},"unit":""}""", "execution.unit")]
    [InlineData("""{"taskId":TASK,"input":{"text":"a"},"executedAt":"yesterday"}""", "execution.invalid")]
    [InlineData("""{"taskId":TASK,"input":{"text":"a\u0000b"}}""", "request.json")]
    [InlineData("""{"taskId":TASK,"input":{"text":"\ud800"}}""", "request.json")]
    [InlineData("""{"taskId":TASK,"input":{"text":"a","\udc00":1}}""", "request.json")]
    [InlineData("""{"taskId":TASK,"input":{"text":"a"},"unit":"\u0000"}""", "request.json")]
    [InlineData("""{"taskId":TASK,"input":{"text":NaN}}""", "request.json")]
    [InlineData("""{"taskId":TASK,"input":{"text":Infinity}}""", "request.json")]
    [InlineData("""{"taskId":TASK,"input":{"text":"a","text":"b"}}""", "request.json")]
    [InlineData("""{"taskId":TASK,"input":{"text":"a"},"input":{"text":"b"}}""", "request.json")]
    public async Task Execute_BadBody_Is400(string body, string code)
    {
        var problem = await (await PostAsync("tasks/execute", body)).ShouldBeProblemAsync(HttpStatusCode.BadRequest, code);
        problem.GetProperty("detail").GetString()!.Length.ShouldBeGreaterThan(20);
    }

    [Theory]
    [InlineData("experiments/01900000-0000-7000-8000-000000000000/decide", """{"outcome":"best","reason":"x"}""", "it is one of ")]
    [InlineData("experiments", """{"coverage":"half"}""", "it is a number.")]
    [InlineData("tasks", """{"name":5}""", "expected a string")]
    public async Task Post_ValueOfAnotherType_SaysWhatIsRightInTheCallersWords(string path, string body, string right)
    {
        var problem = await (await PostAsync(path, body)).ShouldBeProblemAsync(HttpStatusCode.BadRequest, "request.json");
        var detail = problem.GetProperty("detail").GetString()!;
        detail.ShouldContain(right);
        detail.ShouldNotContain("Loopai.");
        detail.ShouldNotContain("System.");
    }

    [Theory]
    [InlineData(new byte[] { 0xED, 0xA0, 0x80 })]
    [InlineData(new byte[] { 0xFF })]
    [InlineData(new byte[] { 0xC0, 0x80 })]
    [InlineData(new byte[] { 0x00 })]
    public async Task Execute_BytesThatAreNoText_Is400(byte[] bytes)
    {
        byte[] body = [.. Encoding.UTF8.GetBytes($$$"""{"taskId":"{{{_task}}}","input":{"text":"a"""), .. bytes, .. "\"}}"u8];
        byte[] batch = [.. Encoding.UTF8.GetBytes($$$"""{"taskId":"{{{_task}}}","items":[{"id":"1","input":{"text":"a"""), .. bytes, .. "\"}}]}"u8];
        byte[] task = [.. "{\"name\":\"a"u8, .. bytes, .. "\",\"inputSchema\":{},\"outputSchema\":{}}"u8];

        await (await PostAsync("tasks/execute", body)).ShouldBeProblemAsync(HttpStatusCode.BadRequest, "request.json");
        await (await PostAsync("batch/execute", batch)).ShouldBeProblemAsync(HttpStatusCode.BadRequest, "request.json");
        await (await PostAsync("tasks", task)).ShouldBeProblemAsync(HttpStatusCode.BadRequest, "request.json");
    }

    [Fact]
    public async Task Execute_InputAgainstTheSchema_TellsEveryErrorByItsPointer()
    {
        var schema = """{"type":"object","properties":{"a":{"type":"integer"},"b":{"items":{"maxLength":1}}},"required":["c"]}""";
        var created = await _client.PostAsJsonAsync("tasks", new { name = $"t{_task}", inputSchema = JsonElement.Parse(schema), outputSchema = true });
        var id = (await created.Content.ReadFromJsonAsync<JsonElement>()).GetProperty("id").GetGuid();
        await portal.AddVersionAsync(portal.Acme, id);

        var answer = await PostAsync($"tasks/{id}/execute", """{"input":{"a":"x","b":["1","22","333"]}}""");

        var errors = (await answer.ShouldBeProblemAsync(HttpStatusCode.BadRequest, "execution.input_invalid")).GetProperty("errors");
        errors.EnumerateObject().Select(e => e.Name).ShouldBe(["/input", "/input/a", "/input/b/1", "/input/b/2"], ignoreOrder: true);
    }

    [Fact]
    public async Task Execute_UnknownTaskOrVersion_Is404()
    {
        await (await _client.ExecuteAsync(Guid.CreateVersion7())).ShouldBeProblemAsync(HttpStatusCode.NotFound, "task.not_found");
        await (await PostAsync("tasks/execute", """{"taskId":TASK,"input":{"text":"a"},"version":99}""")).ShouldBeProblemAsync(
            HttpStatusCode.NotFound, "execution.unknown_version");
    }

    [Fact]
    public async Task Execute_ArchivedTask_Is409UntilRestored()
    {
        var other = await portal.CreateSpamFilterAsync(portal.Acme);
        (await _client.DeleteAsync($"tasks/{other}")).StatusCode.ShouldBe(HttpStatusCode.OK);

        await (await ExecuteUntilAsync(other, HttpStatusCode.Conflict)).ShouldBeProblemAsync(HttpStatusCode.Conflict, "task.archived");

        (await _client.PostAsync($"tasks/{other}/restore", null)).StatusCode.ShouldBe(HttpStatusCode.OK);
        (await ExecuteUntilAsync(other, HttpStatusCode.OK)).StatusCode.ShouldBe(HttpStatusCode.OK);
    }

    [Theory]
    [InlineData("tasks/execute")]
    [InlineData("batch/execute")]
    [InlineData("tasks")]
    public async Task Post_50Megabytes_Is413(string path)
    {
        using var request = new HttpRequestMessage(HttpMethod.Post, path) { Content = new ByteArrayContent(new byte[50 * 1024 * 1024]) };
        request.Content.Headers.ContentType = new MediaTypeHeaderValue("application/json");
        request.Headers.ExpectContinue = true; // So that the answer is not lost to the sending.
        await (await _client.SendAsync(request)).ShouldBeProblemAsync(HttpStatusCode.RequestEntityTooLarge, "request.too_large");
    }

    [Theory]
    [InlineData("tasks/execute", """{"taskId":TASK,"input":DEEP}""")]
    [InlineData("batch/execute", """{"taskId":TASK,"items":[{"id":"1","input":DEEP}]}""")]
    [InlineData("tasks", """{"name":"deep","inputSchema":DEEP,"outputSchema":{}}""")]
    public async Task Post_200Deep_Is400(string path, string body) =>
        await (await PostAsync(path, body.Replace("DEEP", new string('[', 200) + new string(']', 200), StringComparison.Ordinal)))
            .ShouldBeProblemAsync(HttpStatusCode.BadRequest, "request.json");

    [Theory]
    [InlineData("""{"taskId":TASK,"items":[]}""", "items")]
    [InlineData("""{"taskId":TASK}""", "items")]
    [InlineData("""{"items":[{"id":"1","input":{}}]}""", "taskId")]
    [InlineData("""{"taskId":TASK,"items":[{"id":"1","input":{"text":"a"}},{"id":"1","input":{"text":"b"}}]}""", "items[1].id")]
    [InlineData("""{"taskId":TASK,"items":[{"input":{"text":"a"}}]}""", "items[0].id")]
    [InlineData("""{"taskId":TASK,"items":[{"id":"1"}]}""", "items[0].input")]
    [InlineData("""{"taskId":TASK,"items":[null]}""", "items[0]")]
    [InlineData("""{"taskId":TASK,"items":[{"id":"1","input":{"text":"a"}}],"maxConcurrency":0}""", "maxConcurrency")]
    [InlineData("""{"taskId":TASK,"items":[{"id":"1","input":{"text":"a"}}],"maxConcurrency":101}""", "maxConcurrency")]
    [InlineData("""{"taskId":TASK,"items":[{"id":"1","input":{"text":"a"}}],"timeoutMs":-5}""", "timeoutMs")]
    public async Task Batch_BadBody_Is400AndNamesTheField(string body, string field)
    {
        var problem = await (await PostAsync("batch/execute", body)).ShouldBeProblemAsync(HttpStatusCode.BadRequest, "batch.invalid");
        problem.GetProperty("errors").TryGetProperty(field, out _).ShouldBeTrue(problem.ToString());
    }

    [Theory]
    [InlineData("experiments", "{\"taskId\":TASK,\"metrics\":[null]}", "metrics[0]")]
    [InlineData("experiments", "{\"taskId\":TASK,\"forced\":[{\"unit\":\"u\",\"variant\":\"control\"},null]}", "forced[1]")]
    [InlineData("tasks/ID/rollouts", "{\"version\":2,\"stages\":[null]}", "stages[0]")]
    [InlineData("tasks/ID/rollouts", "{\"version\":2,\"windows\":[null]}", "windows[0]")]
    [InlineData("flags", "{\"key\":\"k\",\"variations\":[null]}", "variations[0]")]
    public async Task Post_NullInAList_Is400AndNamesIt(string path, string body, string field)
    {
        var problem = await (await PostAsync(path.Replace("ID", _task.ToString(), StringComparison.Ordinal), body)).ShouldBeProblemAsync(HttpStatusCode.BadRequest, "request.null");
        problem.GetProperty("errors").TryGetProperty(field, out _).ShouldBeTrue(problem.ToString());
    }

    [Theory]
    [InlineData("tasks?stauts=archived", "stauts")]
    [InlineData("tasks/ID/examples?ouptut=spam", "ouptut")]
    [InlineData("tasks/ID/programs?status=active", "status")]
    [InlineData("tasks/ID/programs/jobs?status=running", "status")]
    [InlineData("tasks/ID/quality?frm=2026-01-01T00:00:00Z", "frm")]
    [InlineData("validations?task=1", "task")]
    [InlineData("executions?task=1", "task")]
    public async Task Get_UnknownParameter_Is400AndNamesIt(string path, string parameter)
    {
        var answer = await _client.GetAsync(path.Replace("ID", _task.ToString(), StringComparison.Ordinal));
        var problem = await answer.ShouldBeProblemAsync(HttpStatusCode.BadRequest, "request.query");
        problem.GetProperty("errors").TryGetProperty(parameter, out _).ShouldBeTrue(problem.ToString());
    }

    [Theory]
    [InlineData("tasks/ID/quality")]
    [InlineData("validations")]
    [InlineData("executions")]
    public async Task Get_RangeThatRunsBackwards_Is400(string path)
    {
        var answer = await _client.GetAsync($"{path.Replace("ID", _task.ToString(), StringComparison.Ordinal)}?from=2026-02-01T00:00:00Z&to=2026-01-01T00:00:00Z");
        (await answer.ShouldBeProblemAsync(HttpStatusCode.BadRequest)).GetProperty("errors").TryGetProperty("from", out _).ShouldBeTrue();
    }

    [Fact]
    public async Task Get_MissingParameter_Is400InTheCallersWords()
    {
        var problem = await (await _client.GetAsync($"tasks/{_task}/programs/compare?left=1")).ShouldBeProblemAsync(HttpStatusCode.BadRequest, "request.parameter");
        problem.GetProperty("detail").GetString().ShouldBe("right is missing from the address; it is a whole number.");
    }

    [Fact]
    public async Task Task_WithAnExampleThatDoesNotFit_IsNotMade()
    {
        var name = $"Half {Guid.NewGuid():n}";
        var body = $$"""{"name":"{{name}}","inputSchema":{{PortalTasks.InputSchema}},"outputSchema":{{PortalTasks.OutputSchema}},"examples":[EXAMPLES]}""";

        var refused = await PostAsync("tasks", body.Replace("EXAMPLES", """{"input":{"text":"buy"},"output":"spam"},{"input":{"text":1},"output":"spam"}""", StringComparison.Ordinal));
        await refused.ShouldBeProblemAsync(HttpStatusCode.BadRequest, "example.invalid");
        (await _client.GetFromJsonAsync<JsonElement>($"tasks?search={Uri.EscapeDataString(name)}")).GetProperty("items").GetArrayLength().ShouldBe(0);

        var made = await PostAsync("tasks", body.Replace("EXAMPLES", """{"input":{"text":"buy"},"output":"spam"}""", StringComparison.Ordinal));
        made.StatusCode.ShouldBe(HttpStatusCode.Created);
        (await _client.GetFromJsonAsync<JsonElement>($"{made.Headers.Location}/examples/counts")).GetProperty("total").GetInt32().ShouldBe(1);
    }

    [Fact]
    public async Task Patch_ExamplesAreRefused_AndNullTakesATargetAway()
    {
        var address = $"tasks/{_task}";
        await (await _client.PatchAsJsonAsync(address, new { examples = new[] { new { input = new { text = "a" }, output = "ham" } } }))
            .ShouldBeProblemAsync(HttpStatusCode.BadRequest, "request.json");

        await _client.PatchAsJsonAsync(address, new { accuracyTarget = 0.9, latency_target_ms = 5 });
        var without = await (await _client.PatchAsync(address, JsonContent.Create(JsonElement.Parse("""{"accuracy_target":null}""")))).Content.ReadFromJsonAsync<JsonElement>();

        without.TryGetProperty("accuracyTarget", out _).ShouldBeFalse();
        without.GetProperty("latencyTargetMs").GetDouble().ShouldBe(5);
    }

    [Fact]
    public async Task Batch_10001Items_Is400()
    {
        var items = string.Join(',', Enumerable.Range(0, 10_001).Select(i => $$$"""{"id":"{{{i}}}","input":{"text":"a"}}"""));
        await (await PostAsync("batch/execute", $$"""{"taskId":TASK,"items":[{{items}}]}""")).ShouldBeProblemAsync(HttpStatusCode.BadRequest, "batch.invalid");
    }

    [Fact]
    public async Task Execute_OwnClockWithAnOrdinaryKey_Is403()
    {
        const string Body = """{"taskId":TASK,"input":{"text":"a"},"executedAt":"2026-01-01T00:00:00Z"}""";
        var problem = await (await PostAsync("tasks/execute", Body)).ShouldBeProblemAsync(HttpStatusCode.Forbidden, "access.forbidden");
        problem.GetProperty("detail").GetString()!.ShouldContain(Permissions.ExecutionsImport);
    }

    [Theory]
    [InlineData("(a+)+$")]
    [InlineData("^(([a-z])+.)+[A-Z]([a-z])+$")]
    public async Task Execute_SchemaWithACatastrophicPattern_AnswersSoon(string pattern)
    {
        var created = await _client.PostAsJsonAsync("tasks", new { name = $"re{Guid.NewGuid()}", inputSchema = new { type = "string", pattern }, outputSchema = true });
        created.StatusCode.ShouldBe(HttpStatusCode.Created, await created.Content.ReadAsStringAsync());
        var id = (await created.Content.ReadFromJsonAsync<JsonElement>()).GetProperty("id").GetGuid();
        using var patience = new CancellationTokenSource(TimeSpan.FromSeconds(10));

        var answer = await _client.PostAsJsonAsync($"tasks/{id}/execute", new { input = new string('a', 40_000) + "!" }, patience.Token);

        await answer.ShouldBeProblemAsync(HttpStatusCode.BadRequest, "execution.input_invalid");
    }

    private async Task<HttpResponseMessage> ExecuteUntilAsync(Guid task, HttpStatusCode status)
    {
        // A change of a task reaches the hot path within a second, by way of the database.
        var until = DateTime.UtcNow.AddSeconds(5);
        while (true)
        {
            var answer = await _client.ExecuteAsync(task);
            if (answer.StatusCode == status || DateTime.UtcNow > until)
            {
                return answer;
            }

            await Task.Delay(20);
        }
    }

    private Task<HttpResponseMessage> PostAsync(string path, string body) =>
        PostAsync(path, Encoding.UTF8.GetBytes(body.Replace("TASK", $"\"{_task}\"", StringComparison.Ordinal)));

    private Task<HttpResponseMessage> PostAsync(string path, byte[] body) =>
        _client.PostAsync(path, new ByteArrayContent(body) { Headers = { ContentType = new MediaTypeHeaderValue("application/json") } });
}
