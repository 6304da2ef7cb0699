using System.Globalization;
using System.Text;
using System.Text.Json.Nodes;
using Loopai.Core.Plugins.Packages;
using Loopai.Core.Plugins.Runtime;

namespace Loopai.Core.Plugins.Publishing.Testing;

/// <summary>Runs a package's own cases and Loopai's conformance set in the sandbox.</summary>
public sealed class PackageTests(IPluginSandbox sandbox)
{
    public async Task<StepOutcome> RunAsync(PluginPackage package, IReadOnlyDictionary<string, PluginPackage> dependencies, CancellationToken ct)
    {
        var (cases, faults) = TestCases.Read(package);
        var run = new Run(sandbox, package, Runnable.Of(package, dependencies), ct);
        run.Findings.AddRange(faults);
        if (faults.Count == 0 && !cases.Any(c => c.Hook == package.Manifest.Kind.Hook()))
        {
            run.Findings.Add(PluginFinding.Error("tests.coverage", $"No case calls {package.Manifest.Kind.Hook()}, the hook of a {package.Manifest.Kind.Name()}.", "Add a case with that hook.", PluginPackage.TestsName));
        }

        foreach (var one in cases)
        {
            await run.OwnAsync(one);
        }

        await run.ConformAsync();
        return new StepOutcome([.. run.Findings.DistinctBy(f => (f.Rule, f.Message))], run.Log.ToString(), run.CannotRun);
    }

    private sealed class Run(IPluginSandbox sandbox, PluginPackage package, PluginCode code, CancellationToken ct)
    {
        private readonly PluginManifest _manifest = package.Manifest;

        public List<PluginFinding> Findings { get; } = [];

        public StringBuilder Log { get; } = new();

        public string? CannotRun { get; private set; }

        public async Task OwnAsync(TestCase one)
        {
            if (await CallAsync(one.Hook, one.Arguments, one.Responses) is not { } answer)
            {
                return;
            }

            var fault = answer.Status != PluginCallStatus.Answered ? answer.Error
                : one.Hook == _manifest.Kind.Hook() && AnswerCheck.Fault(_manifest.Kind, answer.Value) is { } shape ? $"the answer does not fit the hook: {shape.TrimEnd('.')}"
                : AnswerCheck.Has(answer.Value, one.Expect) ? null
                : $"expected {Short(one.Expect)}, got {Short(answer.Value)}";
            Log.Append(fault is null ? "passed  " : "failed  ").Append(one.Name).Append(CultureInfo.InvariantCulture, $"  ({answer.Elapsed.TotalMilliseconds:F0} ms)\n");
            if (fault is not null)
            {
                Findings.Add(PluginFinding.Error("tests.failed", $"The case '{one.Name}' failed: {fault}.", "Mend the plugin, or the case.", PluginPackage.TestsName, one.Line));
            }
        }

        public async Task ConformAsync()
        {
            var hook = _manifest.Kind.Hook();
            var calls = 0;
            foreach (var arguments in Conformance.Arguments(package))
            {
                if (await CallAsync(hook, arguments, []) is not { } answer || !Conforms(answer))
                {
                    return;
                }

                calls++;
                if (_manifest.Kind != PluginKind.Sampler && calls <= 2)
                {
                    var again = await CallAsync(hook, arguments, []);
                    if (again is { Status: PluginCallStatus.Answered } && !JsonNode.DeepEquals(again.Value, answer.Value))
                    {
                        Findings.Add(PluginFinding.Error("conformance.deterministic", $"{hook} answered the same arguments differently: {Short(answer.Value)}, then {Short(again.Value)}.", "Let nothing but the arguments decide: no chance, no clock, no state between calls."));
                        return;
                    }
                }
            }

            if (await CallAsync(hook, Conformance.Unconfigured(_manifest), []) is { } bare && bare.Status != PluginCallStatus.Answered)
            {
                Findings.Add(PluginFinding.Error("conformance.unconfigured", $"{hook} fails when nothing is configured: {bare.Error}.", "Take settings with a default, and answer in words what is missing.", _manifest.Entry));
            }

            Log.Append(CultureInfo.InvariantCulture, $"conformance: {calls} kinds of arguments, within {_manifest.Capabilities.TimeoutMs} ms and {_manifest.Capabilities.MemoryMb} MB\n");
        }

        private bool Conforms(PluginAnswer answer)
        {
            var hook = _manifest.Kind.Hook();
            var finding = answer.Status switch
            {
                PluginCallStatus.TimedOut => PluginFinding.Error("conformance.time", $"{hook} did not answer within the {_manifest.Capabilities.TimeoutMs} ms that it declares.", "Make it faster, or declare more time.", _manifest.Entry),
                PluginCallStatus.OutOfMemory => PluginFinding.Error("conformance.memory", $"{hook} needs more than the {_manifest.Capabilities.MemoryMb} MB that it declares.", "Keep less, or declare more memory.", _manifest.Entry),
                PluginCallStatus.Answered when AnswerCheck.Fault(_manifest.Kind, answer.Value) is { } fault =>
                    PluginFinding.Error("conformance.shape", $"{hook} answered {Short(answer.Value)}, but: {fault}", "Answer as the guide says, whatever the arguments are.", _manifest.Entry),
                PluginCallStatus.Answered => null,
                _ => PluginFinding.Error("conformance.crash", $"{hook} fails on arguments that it will meet: {answer.Error}.", "Take fields that are missing, null, long or of another type.", _manifest.Entry),
            };
            if (finding is not null)
            {
                Findings.Add(finding);
            }

            return finding is null;
        }

        private async Task<PluginAnswer?> CallAsync(string hook, JsonObject arguments, IReadOnlyList<CannedResponse> responses)
        {
            if (CannotRun is not null)
            {
                return null;
            }

            var answer = await sandbox.CallAsync(code, new PluginCall(hook, (JsonObject)arguments.DeepClone(), new CannedNetwork(responses, _manifest.Capabilities.AllowsHost)), ct);
            if (answer.Status != PluginCallStatus.Unavailable)
            {
                return answer;
            }

            CannotRun = $"The plugin could not be run: {answer.Error}";
            return null;
        }

        private static string Short(JsonNode? value) => value?.ToJsonString() is { } text ? text.Length <= 200 ? text : text[..200] + "…" : "null";
    }
}
