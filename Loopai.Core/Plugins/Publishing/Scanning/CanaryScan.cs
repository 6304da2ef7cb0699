using System.Text.Json.Nodes;
using Loopai.Core.Plugins.Packages;
using Loopai.Core.Plugins.Publishing.Testing;
using Loopai.Core.Plugins.Runtime;

namespace Loopai.Core.Plugins.Publishing.Scanning;

/// <summary>
/// Runs the plugin with values that can be recognised: secrets, and fields that it did not declare. Where one of them comes out again, or a host is asked that was not
/// declared, the plugin does more than it says.
/// </summary>
public sealed class CanaryScan(IPluginSandbox sandbox)
{
    public const string UndeclaredField = "loopai_canary_field";

    public async Task<StepOutcome> RunAsync(PluginPackage package, IReadOnlyDictionary<string, PluginPackage> dependencies, CancellationToken ct)
    {
        var manifest = package.Manifest;
        var code = Runnable.Of(package, dependencies);
        var findings = new List<PluginFinding>();
        var calls = 0;
        foreach (var arguments in Arguments(package))
        {
            var network = new CanaryNetwork(manifest.Capabilities);
            var answer = await sandbox.CallAsync(code, new PluginCall(manifest.Kind.Hook(), arguments, network), ct);
            if (answer.Status == PluginCallStatus.Unavailable)
            {
                return new StepOutcome([], "", $"The plugin could not be run with canaries: {answer.Error}");
            }

            calls++;
            Judge(manifest, answer, network.Asked, findings);
        }

        return new StepOutcome([.. findings.DistinctBy(f => (f.Rule, f.Message))], $"ran {manifest.Kind.Hook()} {calls} times with canaries\n");
    }

    private static IEnumerable<JsonObject> Arguments(PluginPackage package)
    {
        var manifest = package.Manifest;
        var cases = TestCases.Read(package).Cases.Where(c => c.Hook == manifest.Kind.Hook()).Select(c => c.Arguments).Take(8);
        foreach (var given in cases.Concat(Conformance.Arguments(package).Take(4)))
        {
            var arguments = (JsonObject)given.DeepClone();
            arguments["config"] = Canaries.Configure(manifest, arguments["config"] as JsonObject ?? []);
            if (arguments["execution"] is JsonObject execution)
            {
                Mark(execution, "input", manifest.Capabilities.Input);
                Mark(execution, "output", manifest.Capabilities.Output);
            }

            yield return arguments;
        }
    }

    /// <summary>Adds a field that nobody declared, and makes those recognisable that the case has but the manifest does not name.</summary>
    private static void Mark(JsonObject execution, string name, FieldScope scope)
    {
        if (scope.IsAll || execution[name] is not (null or JsonObject))
        {
            return;
        }

        var fields = execution[name] as JsonObject ?? [];
        execution[name] = fields;
        foreach (var field in fields.Select(f => f.Key).Append(UndeclaredField).Where(f => !scope.Covers(f)).ToList())
        {
            fields[field] = Canaries.Field;
        }
    }

    private static void Judge(PluginManifest manifest, PluginAnswer answer, IReadOnlyList<PluginRequest> asked, List<PluginFinding> findings)
    {
        List<(string Url, string Content)> requests = [.. asked.Select(r => (r.Url, $"{r.Url}\n{r.Body}\n{string.Join('\n', r.Headers.Select(h => $"{h.Key}: {h.Value}"))}"))];
        var answered = answer.Value;
        if (manifest.Kind == PluginKind.WebhookHandler && answered is JsonObject handled && handled["requests"] is JsonArray wanted)
        {
            requests.AddRange(wanted.OfType<JsonObject>().Select(r => (r["url"]?.ToString() ?? "", r.ToJsonString())));
            answered = null;
        }

        foreach (var (url, content) in requests)
        {
            var host = Uri.TryCreate(url, UriKind.Absolute, out var address) ? address.Host : url;
            if (!manifest.Capabilities.AllowsHost(host))
            {
                findings.Add(PluginFinding.Error("capability.undeclared-host", $"It asked {host}, which it does not declare.", "Add the host to capabilities.network, or take the request out.", PluginManifest.FileName, pointer: "/capabilities/network"));
            }

            if (content.Contains(Canaries.Field, StringComparison.Ordinal))
            {
                findings.Add(UndeclaredFound("sent"));
            }
        }

        var said = $"{answered?.ToJsonString()}\n{answer.Error}\n{answer.Printed}";
        if (said.Contains(Canaries.Field, StringComparison.Ordinal))
        {
            findings.Add(UndeclaredFound("answered"));
        }

        if (said.Contains(Canaries.Secret, StringComparison.Ordinal))
        {
            findings.Add(PluginFinding.Error("capability.secret-leak", "A secret of its configuration comes out in its answer or in what it prints, where people read it.", "Never put a secret into a reason, a payload or a log."));
        }
    }

    private static PluginFinding UndeclaredFound(string how) => PluginFinding.Error(
        "capability.undeclared-field", $"It {how} a field of an execution that it does not declare.", "Name the field in capabilities.input or capabilities.output, or leave it alone.", PluginManifest.FileName, pointer: "/capabilities");
}
