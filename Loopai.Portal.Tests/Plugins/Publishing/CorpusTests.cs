using System.Globalization;
using System.Security.Cryptography;
using System.Text;
using Loopai.Core.Plugins.Packages;
using Loopai.Core.Plugins.Publishing;
using Loopai.Core.Plugins.Publishing.Scanning;
using Loopai.Core.Plugins.Publishing.Testing;
using Loopai.Portal.Tests.Plugins.Runtime;
using Loopai.Portal.Tests.Sandbox;

namespace Loopai.Portal.Tests.Plugins.Publishing;

/// <summary>Hostile packages are stopped by the rule that is meant for them, and honest ones pass. The table of docs/plugins/scan.md is what this found.</summary>
public sealed class CorpusTests(PluginSandboxFixture sandbox) : IClassFixture<PluginSandboxFixture>
{
    private const string Start = "<!-- corpus -->\n";
    private const string End = "<!-- /corpus -->";
    private static readonly Dictionary<string, PluginPackage> None = [];

    [SandboxFact]
    public async Task Pipeline_Corpus_StopsTheHostileAndLetsTheHonestPass()
    {
        CorpusPackage[] corpus = [.. HostileArchives.All(), .. HostileCode.All(), .. HonestPackages.All()];
        corpus.Count(p => p.Rule is not null).ShouldBeGreaterThanOrEqualTo(40);
        corpus.Count(p => p.Rule is null).ShouldBeGreaterThanOrEqualTo(40);

        var seen = new Seen[corpus.Length];
        await Parallel.ForAsync(0, corpus.Length, new ParallelOptions { MaxDegreeOfParallelism = 4 }, async (at, ct) => seen[at] = await LookAsync(corpus[at], ct));

        var wrong = seen.Where(s => !s.IsRight).Select(s => $"{s.Package.Name}: expected {s.Package.Rule ?? "nothing"}, found {string.Join("; ", s.Errors.Select(e => $"{e.Rule} {e.File}:{e.Line} {e.Message}"))}{s.CannotRun}").ToList();
        wrong.ShouldBeEmpty(string.Join('\n', wrong));
        await ShouldBeWrittenAsync(Table(seen));
    }

    private async Task<Seen> LookAsync(CorpusPackage one, CancellationToken ct)
    {
        var (package, findings) = PluginPackageReader.Read(one.Bytes);
        if (package is null)
        {
            return new Seen(one, findings, null);
        }

        List<PluginFinding> found = [];
        if (one.Rule is null || one.Rule.StartsWith("conformance.", StringComparison.Ordinal))
        {
            var tested = await new PackageTests(sandbox.Sandbox).RunAsync(package, None, ct);
            found.AddRange(tested.Findings);
            if (tested.CannotRun is { } reason)
            {
                return new Seen(one, found, reason);
            }
        }

        if (found.Count == 0)
        {
            var scanned = await Scanner().RunAsync(package, None, ct);
            found.AddRange(scanned.Findings);
            return new Seen(one, found, scanned.CannotRun);
        }

        return new Seen(one, found, null);
    }

    private PackageScanner Scanner() => new(
        new SyntaxScan(sandbox.Sandbox, new ScannerSources(File.ReadAllText(RepositoryRoot.File("Loopai.Portal/wwwroot/lib/acorn.js")))), new CanaryScan(sandbox.Sandbox),
        new KnownBadFiles([Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(HostileCode.KnownBad)))]));

    private static string Table(IReadOnlyList<Seen> seen)
    {
        var text = new StringBuilder();
        var (hostile, honest) = (seen.Where(s => s.Package.Rule is not null).ToList(), seen.Where(s => s.Package.Rule is null).ToList());
        text.Append(CultureInfo.InvariantCulture, $"{hostile.Count(s => s.Errors.Any())} of {hostile.Count} hostile packages are stopped; {honest.Count(s => s.Errors.Any())} of {honest.Count} honest ones are stopped wrongly.\n\n");
        text.Append("| hostile package | stopped by |\n| --- | --- |\n");
        hostile.ForEach(s => text.Append(CultureInfo.InvariantCulture, $"| {s.Package.Name} | `{s.Package.Rule}` |\n"));
        text.Append("\n| honest package | result |\n| --- | --- |\n");
        honest.ForEach(s => text.Append(CultureInfo.InvariantCulture, $"| {s.Package.Name} | {(s.Warnings.Any() ? "passes, with " + string.Join(", ", s.Warnings.Select(w => $"`{w.Rule}`")) : "passes")} |\n"));
        return text.ToString();
    }

    private static async Task ShouldBeWrittenAsync(string table)
    {
        var path = RepositoryRoot.File("docs/plugins/scan.md");
        var document = await File.ReadAllTextAsync(path);
        var (from, to) = (document.IndexOf(Start, StringComparison.Ordinal) + Start.Length, document.IndexOf(End, StringComparison.Ordinal));
        if (Environment.GetEnvironmentVariable("LOOPAI_WRITE_DOCS") == "1")
        {
            await File.WriteAllTextAsync(path, document[..from] + table + document[to..]);
            return;
        }

        document[from..to].ShouldBe(table, "docs/plugins/scan.md differs; write it with LOOPAI_WRITE_DOCS=1.");
    }

    private sealed record Seen(CorpusPackage Package, IReadOnlyList<PluginFinding> Findings, string? CannotRun)
    {
        public IEnumerable<PluginFinding> Errors => Findings.Where(f => f.Severity == FindingSeverity.Error);

        public IEnumerable<PluginFinding> Warnings => Findings.Where(f => f.Severity == FindingSeverity.Warning);

        public bool IsRight => CannotRun is null && (Package.Rule is null ? !Errors.Any() : Errors.Any(e => e.Rule == Package.Rule));
    }
}
