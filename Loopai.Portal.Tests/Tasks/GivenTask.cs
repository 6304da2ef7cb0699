using Loopai.Core.Tasks;
using Loopai.Portal.Tests.Data;

namespace Loopai.Portal.Tests.Tasks;

/// <summary>Tasks as tests need them.</summary>
internal static class GivenTask
{
    public static async Task<TaskDefinition> AddTaskAsync(
        this LoopaiDatabase database, TestOrganization organization, string output = """{"type":"string"}""", bool archived = false)
    {
        var id = Guid.CreateVersion7();
        var task = new TaskDefinition
        {
            Id = id,
            OrganizationId = organization.Id,
            Name = $"Task {id}",
            InputSchema = """{"type":"object","properties":{"text":{"type":"string"}},"required":["text"]}""",
            OutputSchema = output,
            SpecificationHash = "",
            CreatedBy = "test",
            CreatedAt = DateTimeOffset.UtcNow,
            Status = archived ? Core.Tasks.TaskStatus.Archived : Core.Tasks.TaskStatus.Active,
            ArchivedAt = archived ? DateTimeOffset.UtcNow : null,
        };
        await using var db = await database.Data.OpenAsync(organization.Caller, CancellationToken.None);
        db.Tasks.Add(task);
        await db.SaveChangesAsync();
        return task;
    }

    /// <summary>Examples with these texts; the output says whether the text holds "buy".</summary>
    public static async Task AddExamplesAsync(this LoopaiDatabase database, TestOrganization organization, Guid taskId, int count)
    {
        var rows = Enumerable.Range(0, count).Select(i => i % 2 == 0
            ? (Text: $"buy cheap pills number {i} today", Output: "spam")
            : (Text: $"minutes of meeting {i} attached", Output: "ham"));
        await new ExampleService(database.Data, TimeProvider.System).AddManyAsync(
            organization.Caller,
            taskId,
            [.. rows.Select(r => new ExampleInput
            {
                Input = System.Text.Json.JsonSerializer.SerializeToElement(new { text = r.Text }),
                Output = System.Text.Json.JsonSerializer.SerializeToElement(r.Output),
            })],
            CancellationToken.None);
    }
}
