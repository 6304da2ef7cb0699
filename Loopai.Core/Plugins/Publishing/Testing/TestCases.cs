using System.Text.Json;
using System.Text.Json.Nodes;
using Loopai.Core.Plugins.Packages;

namespace Loopai.Core.Plugins.Publishing.Testing;

/// <summary>One case of tests.json.</summary>
/// <param name="Name">What it shows.</param>
/// <param name="Hook">Which hook it calls.</param>
/// <param name="Arguments">What the hook is given.</param>
/// <param name="Responses">What <c>loopai.fetch</c> answers, by address.</param>
/// <param name="Expect">What the answer has at least.</param>
/// <param name="Line">Where it stands.</param>
public sealed record TestCase(string Name, string Hook, JsonObject Arguments, IReadOnlyList<CannedResponse> Responses, JsonNode? Expect, int Line);

/// <param name="Url">The address that is asked.</param>
/// <param name="Status">The status it answers with.</param>
/// <param name="Body">What it answers.</param>
public sealed record CannedResponse(string Url, int Status, string Body);

/// <summary>Reads tests.json.</summary>
public static class TestCases
{
    public const int MaxCases = 200;
    private const string Rule = "tests.invalid";

    public static (IReadOnlyList<TestCase> Cases, IReadOnlyList<PluginFinding> Findings) Read(PluginPackage package)
    {
        var bytes = package.Files[PluginPackage.TestsName];
        JsonNode? root;
        JsonLines lines;
        try
        {
            lines = JsonLines.Read(bytes.Span, PluginManifestReader.MaxDepth);
            root = JsonNode.Parse(bytes.Span, documentOptions: new JsonDocumentOptions { MaxDepth = PluginManifestReader.MaxDepth, AllowDuplicateProperties = false });
        }
        catch (Exception e) when (e is JsonException or InvalidOperationException or ArgumentException)
        {
            return ([], [PluginFinding.Error(Rule, $"tests.json is not JSON: {e.Message}", "Mend it where the message says.", PluginPackage.TestsName, (int?)(e as JsonException)?.LineNumber + 1)]);
        }

        if ((root as JsonObject)?["cases"] is not JsonArray { Count: > 0 and <= MaxCases } cases)
        {
            return ([], [PluginFinding.Error(Rule, $"tests.json has no cases, or more than {MaxCases}.", "Write { \"cases\": [ { \"name\", \"hook\", \"arguments\", \"expect\" } ] }.", PluginPackage.TestsName, 1)]);
        }

        var read = new List<TestCase>();
        var findings = new List<PluginFinding>();
        foreach (var (node, at) in cases.Select((node, at) => (node, at)))
        {
            var line = lines.Of($"/cases/{at}");
            if (node is JsonObject one && Text(one["name"]) is { Length: > 0 } name && Text(one["hook"]) is "validate" or "sample" or "handle"
                && one["arguments"] is JsonObject arguments && one.ContainsKey("expect"))
            {
                read.Add(new TestCase(name, Text(one["hook"])!, arguments, Responses(one["responses"]), one["expect"], line));
            }
            else
            {
                findings.Add(PluginFinding.Error(Rule, $"Case {at + 1} lacks its name, its hook, its arguments or what it expects.", "Give it a name, the hook validate, sample or handle, an object of arguments, and expect.", PluginPackage.TestsName, line, $"/cases/{at}"));
            }
        }

        return (read, findings);
    }

    private static string? Text(JsonNode? node) => node is JsonValue value && value.TryGetValue<string>(out var text) ? text : null;

    private static List<CannedResponse> Responses(JsonNode? node) =>
        [.. (node as JsonArray ?? []).OfType<JsonObject>().Select(r => new CannedResponse(
            Text(r["url"]) ?? "", r["status"] is JsonValue status && status.TryGetValue<int>(out var code) ? code : 200, Text(r["body"]) ?? r["body"]?.ToJsonString() ?? ""))];
}
