using System.Globalization;
using System.Text.Json.Nodes;
using Loopai.Core.Plugins.Packages;

namespace Loopai.Core.Plugins.Publishing.Testing;

/// <summary>Arguments that a plugin of a kind has to cope with, whatever it is for.</summary>
public static class Conformance
{
    private static readonly JsonNode?[] Values = ["spam", "", 0, -1.5, 1e308, true, null, new JsonArray("a", 1, null), new JsonObject { ["nested"] = new JsonObject { ["deep"] = "value" } }, "Grüße, 世界 🙂", new string('x', 20_000)];

    /// <summary>With the configuration of its own first case, or the plainest that its schema allows.</summary>
    public static IEnumerable<JsonObject> Arguments(PluginPackage package)
    {
        var manifest = package.Manifest;
        var config = TestCases.Read(package).Cases.Select(c => c.Arguments["config"]).OfType<JsonObject>().FirstOrDefault() ?? Plainest(manifest);
        return Values.Select((value, at) => Arguments(manifest, value, at, config));
    }

    /// <summary>The same execution or event with a configuration of which nothing is set.</summary>
    public static JsonObject Unconfigured(PluginManifest manifest) => Arguments(manifest, "spam", 0, []);

    private static JsonObject Arguments(PluginManifest manifest, JsonNode? value, int at, JsonObject config)
    {
        var arguments = new JsonObject { ["config"] = config.DeepClone() };
        if (manifest.Kind == PluginKind.WebhookHandler)
        {
            arguments["event"] = new JsonObject
            {
                ["id"] = $"msg_{at:D8}", ["type"] = at % 2 == 0 ? "execution.failed" : "validation.failed", ["at"] = "2026-01-15T10:00:00Z",
                ["organization"] = new JsonObject { ["id"] = Id(1), ["slug"] = "acme", ["name"] = "Acme" }, ["data"] = new JsonObject { ["taskId"] = Id(2), ["value"] = value?.DeepClone() },
            };
            return arguments;
        }

        arguments["execution"] = new JsonObject
        {
            ["id"] = Id(at), ["at"] = "2026-01-15T10:00:00Z", ["task"] = new JsonObject { ["id"] = Id(2), ["name"] = "spam" }, ["environment"] = "production", ["version"] = 3,
            ["status"] = "success", ["input"] = Fields(manifest.Capabilities.Input, value), ["output"] = Fields(manifest.Capabilities.Output, value),
            ["confidence"] = at % 3 == 0 ? null : 0.75, ["latencyMs"] = 1.25,
        };
        if (manifest.Kind == PluginKind.Sampler)
        {
            arguments["state"] = null;
        }

        return arguments;
    }

    private static JsonObject Fields(FieldScope scope, JsonNode? value) =>
        new((scope.IsAll ? ["value", "label", "text"] : scope.Fields).Select(field => KeyValuePair.Create(field, value?.DeepClone())));

    private static JsonObject Plainest(PluginManifest manifest)
    {
        var config = new JsonObject();
        foreach (var (name, schema) in manifest.Configuration["properties"] as JsonObject ?? [])
        {
            config[name] = schema is JsonObject property ? property["default"]?.DeepClone() ?? (property["examples"] as JsonArray)?.FirstOrDefault()?.DeepClone() ?? (property["enum"] as JsonArray)?.FirstOrDefault()?.DeepClone() ?? Plain(property) : null;
        }

        return config;
    }

    private static JsonNode? Plain(JsonObject schema) => schema["type"]?.ToString() switch
    {
        "string" => schema["format"]?.ToString() == "uri" ? "https://example.com/" : "text",
        "integer" or "number" => schema["minimum"]?.DeepClone() ?? 1,
        "boolean" => false,
        "array" => new JsonArray(),
        "object" => new JsonObject(),
        _ => null,
    };

    private static string Id(int at) => "01890000-0000-7000-8000-" + at.ToString("D12", CultureInfo.InvariantCulture);
}
