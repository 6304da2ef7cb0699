using System.Text.Json;
using System.Text.Json.Nodes;
using Loopai.Core.Data;

namespace Loopai.Core.Tasks;

/// <summary>Compares what tasks are.</summary>
internal static class TaskSpecifications
{
    /// <summary>What a task is, as somebody would ask for it.</summary>
    public static TaskSpecification Of(TaskDefinition task) => new()
    {
        Name = task.Name,
        Description = task.Description,
        InputSchema = task.InputSchema,
        OutputSchema = task.OutputSchema,
        AccuracyTarget = task.AccuracyTarget,
        LatencyTargetMs = task.LatencyTargetMs,
        Sampling = task.Sampling,
        TeamId = task.TeamId,
        Tags = new TaskTags(task.Tags),
    };

    /// <summary>SHA-256 over the specification with its schemas in canonical form, so that white space and key order make no difference.</summary>
    public static string HashOf(TaskSpecification specification)
    {
        var text = JsonSerializer.SerializeToNode(specification with { TeamId = null, Tags = null }, JsonSerializerOptions.Web)!;
        text["inputSchema"] = JsonNode.Parse(specification.InputSchema!);
        text["outputSchema"] = JsonNode.Parse(specification.OutputSchema!);
        text["description"] = specification.Description?.Trim() ?? "";
        using var document = JsonDocument.Parse(text.ToJsonString());
        return Convert.ToHexStringLower(CanonicalJson.Hash(document.RootElement));
    }
}
