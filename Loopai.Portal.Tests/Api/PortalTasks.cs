using System.Net.Http.Json;
using System.Text.Json;
using Loopai.Core.Access;
using Loopai.Core.Data;
using Loopai.Core.Programs;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.DependencyInjection;

namespace Loopai.Portal.Tests.Api;

/// <summary>Tasks with a program that answers, as API and browser tests need them.</summary>
public static class PortalTasks
{
    public const string InputSchema = """{"type":"object","properties":{"text":{"type":"string"}},"required":["text"]}""";
    public const string OutputSchema = """{"enum":["spam","ham"]}""";

    private static readonly Lazy<SynthesisResult> SpamFilter = new(() => Synthesizer.Synthesize(
        new SynthesisRequest
        {
            Examples =
            [
                .. Enumerable.Range(0, 60).Select(i => i % 2 == 0
                    ? new LabelledExample(Text($"buy cheap pills number {i} today"), JsonSerializer.SerializeToElement("spam"))
                    : new LabelledExample(Text($"minutes of meeting {i} attached"), JsonSerializer.SerializeToElement("ham"))),
            ],
            InputSchema = JsonElement.Parse(InputSchema),
            OutputSchema = JsonElement.Parse(OutputSchema),
            Strategy = SynthesisStrategy.Rule,
        },
        null,
        CancellationToken.None));

    public static JsonElement Text(string text) => JsonSerializer.SerializeToElement(new { text });

    /// <summary>A task through the API; the id.</summary>
    public static async Task<Guid> CreateTaskAsync(this HttpClient client, string? name = null, string? outputSchema = null, double? samplingRate = null)
    {
        var answer = await client.PostAsJsonAsync("tasks", new
        {
            name = name ?? $"Spam {Guid.NewGuid():n}",
            inputSchema = JsonElement.Parse(InputSchema),
            outputSchema = JsonElement.Parse(outputSchema ?? OutputSchema),
            samplingRate,
        });
        answer.IsSuccessStatusCode.ShouldBeTrue(await answer.Content.ReadAsStringAsync());
        return (await answer.Content.ReadFromJsonAsync<JsonElement>()).GetProperty("id").GetGuid();
    }

    /// <summary>A task whose version 1 tells spam from ham: a text with "buy" or "pills" in it is spam.</summary>
    public static async Task<Guid> CreateSpamFilterAsync(
        this PortalFixture portal, PortalOrganization organization, string? name = null, string? outputSchema = null, double samplingRate = 0)
    {
        var id = await portal.Client(organization).CreateTaskAsync(name, outputSchema, samplingRate);
        await portal.AddVersionAsync(organization, id);
        return id;
    }

    /// <summary>The spam filter as the task's next version, active.</summary>
    public static Task<int> AddVersionAsync(this PortalFixture portal, PortalOrganization organization, Guid taskId) =>
        AddVersionAsync(portal.Services, organization, taskId);

    /// <inheritdoc cref="AddVersionAsync(PortalFixture, PortalOrganization, Guid)"/>
    public static async Task<int> AddVersionAsync(IServiceProvider services, PortalOrganization organization, Guid taskId)
    {
        await using var db = await services.GetRequiredService<LoopaiData>().OpenAsync(Caller.System(organization.Id), CancellationToken.None);
        var task = await db.Tasks.SingleAsync(t => t.Id == taskId);
        db.Programs.Add(new ProgramVersion
        {
            Id = Guid.CreateVersion7(), OrganizationId = organization.Id, TaskId = taskId, Version = ++task.LastVersion, Language = ProgramLanguage.Model,
            Strategy = SpamFilter.Value.Strategy, Artifact = SpamFilter.Value.Artifact, Status = ProgramStatus.Validated,
            Report = JsonSerializer.Serialize(SpamFilter.Value.Report, JsonSerializerOptions.Web), CreatedBy = "test", CreatedAt = DateTimeOffset.UtcNow,
        });
        await db.SaveChangesAsync();
        await services.GetRequiredService<ProgramService>()
            .ActivateAsync(Caller.System(organization.Id), taskId, task.LastVersion, force: true, CancellationToken.None);
        return task.LastVersion;
    }

    public static Task<HttpResponseMessage> ExecuteAsync(this HttpClient client, Guid taskId, string text = "buy pills") =>
        client.PostAsJsonAsync("tasks/execute", new { taskId, input = new { text } });
}
