using System.Text.Json;
using System.Text.Json.Nodes;
using Loopai.Core.Executions;
using Loopai.Core.Plugins.Packages;

namespace Loopai.Core.Plugins.Runtime;

/// <summary>What plugins are told: of an execution only the fields that they declared.</summary>
public static class PluginArguments
{
    public static JsonObject OfExecution(Execution execution, string task, string environment, PluginCapabilities capabilities) => new()
    {
        ["id"] = execution.Id,
        ["at"] = execution.ExecutedAt.ToString("O", System.Globalization.CultureInfo.InvariantCulture),
        ["task"] = new JsonObject { ["id"] = execution.TaskId, ["name"] = task },
        ["environment"] = environment,
        ["version"] = execution.Version,
        ["status"] = JsonNamingPolicy.SnakeCaseLower.ConvertName(execution.Status.ToString()),
        ["input"] = capabilities.Input.Narrow(JsonNode.Parse(execution.Input)),
        ["output"] = execution.Output is { } output ? capabilities.Output.Narrow(JsonNode.Parse(output)) : null,
        ["confidence"] = execution.Confidence,
        ["latencyMs"] = execution.LatencyUs / 1000.0,
    };
}
