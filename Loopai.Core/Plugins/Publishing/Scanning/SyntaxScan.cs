using System.Text.Json.Nodes;
using Loopai.Core.Plugins.Packages;
using Loopai.Core.Plugins.Runtime;

namespace Loopai.Core.Plugins.Publishing.Scanning;

/// <summary>The parser that JavaScript is read with, which comes with the portal's front end.</summary>
/// <param name="Acorn">acorn's source; null where it was not built.</param>
public sealed record ScannerSources(string? Acorn);

/// <summary>Looks for forbidden constructs in the syntax tree of every source file. The parsers run in the sandbox as plugins do.</summary>
public sealed class SyntaxScan(IPluginSandbox sandbox, ScannerSources sources)
{
    private static readonly PluginLimits Limits = new(TimeSpan.FromSeconds(10), 256);

    public async Task<StepOutcome> RunAsync(PluginPackage package, CancellationToken ct)
    {
        List<PluginFinding> findings = [];
        var log = "";
        foreach (var language in Enum.GetValues<PluginLanguage>())
        {
            var files = package.Files.Keys.Where(path => IsSource(path, language)).ToList();
            if (files.Count == 0)
            {
                continue;
            }

            if (Scanner(language) is not { } scanner)
            {
                return new StepOutcome([], log, "The parser for JavaScript is missing from this installation. Build the portal's front end again.");
            }

            var texts = new JsonObject(files.Select(path => KeyValuePair.Create(path, (JsonNode?)package.Text(path))));
            var answer = await sandbox.CallAsync(scanner, new PluginCall("validate", new JsonObject { ["execution"] = new JsonObject { ["files"] = texts }, ["config"] = new JsonObject() }, NoNetwork.Instance), ct);
            if (answer is not { Status: PluginCallStatus.Answered, Value: { } value })
            {
                return new StepOutcome([], log, $"The files could not be parsed: {answer.Error}");
            }

            findings.AddRange(value["findings"]!.AsArray().Select(row => Finding(row!.AsArray())));
            log += $"parsed {files.Count} {language.Name()} {(files.Count == 1 ? "file" : "files")} in {answer.Elapsed.TotalMilliseconds:F0} ms\n";
        }

        return new StepOutcome([.. findings.DistinctBy(f => (f.Rule, f.File, f.Line))], log);
    }

    private static bool IsSource(string path, PluginLanguage language) =>
        path.EndsWith(language.Extension(), StringComparison.OrdinalIgnoreCase)
        || (language == PluginLanguage.JavaScript && (path.EndsWith(".cjs", StringComparison.OrdinalIgnoreCase) || path.EndsWith(".mjs", StringComparison.OrdinalIgnoreCase)));

    private static PluginFinding Finding(JsonArray row)
    {
        var rule = row[0]!.GetValue<string>();
        return PluginFinding.Error(rule, row[3]!.GetValue<string>(), ScanRules.Mend(rule), row[1]!.GetValue<string>(), row[2]!.GetValue<int>());
    }

    private PluginCode? Scanner(PluginLanguage language) => language switch
    {
        PluginLanguage.Python => Code(language, "scan.py", []),
        PluginLanguage.JavaScript => sources.Acorn is null ? null : Code(language, "scan.js", new() { ["acorn.js"] = sources.Acorn }),
        _ => throw new ArgumentOutOfRangeException(nameof(language), language, null),
    };

    private static PluginCode Code(PluginLanguage language, string entry, Dictionary<string, string> beside)
    {
        using var stream = typeof(SyntaxScan).Assembly.GetManifestResourceStream("Loopai.Core.Plugins." + entry)!;
        using var reader = new StreamReader(stream);
        beside[entry] = reader.ReadToEnd();
        var files = beside.ToDictionary(f => f.Key, f => (ReadOnlyMemory<byte>)System.Text.Encoding.UTF8.GetBytes(f.Value), StringComparer.Ordinal);
        return new PluginCode("loopai-scanner-" + language.Name(), language, entry, files, new Dictionary<string, PluginCode>(StringComparer.Ordinal), Limits) { Isolation = "scanner" };
    }

    private sealed class NoNetwork : IPluginNetwork
    {
        public static NoNetwork Instance { get; } = new();

        public Task<PluginResponse> SendAsync(PluginRequest request, CancellationToken ct) => throw new PluginNetworkException("A scanner asks nobody.");
    }
}
