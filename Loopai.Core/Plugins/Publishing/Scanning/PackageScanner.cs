using System.Security.Cryptography;
using Loopai.Core.Plugins.Packages;

namespace Loopai.Core.Plugins.Publishing.Scanning;

/// <summary>Files that are known to be malicious, by their SHA-256 in hex; an operator adds to them.</summary>
public sealed record KnownBadFiles(IReadOnlyCollection<string> Hashes);

/// <summary>The scan: known-bad files, native code, secrets, what hides, what is forbidden, what is not declared, and the licence.</summary>
public sealed class PackageScanner(SyntaxScan syntax, CanaryScan canaries, KnownBadFiles knownBad)
{
    /// <summary>Looks at all of it. A part that cannot be done leaves the package unscanned as a whole.</summary>
    public async Task<StepOutcome> RunAsync(PluginPackage package, IReadOnlyDictionary<string, PluginPackage> dependencies, CancellationToken ct)
    {
        List<PluginFinding> findings = [.. KnownBad(package), .. package.Files.OrderBy(f => f.Key, StringComparer.Ordinal).SelectMany(f => FileScan.Run(f.Key, f.Value)), .. LicenseScan.Run(package)];
        var log = $"looked at {package.Files.Count} files for secrets, native code and hidden characters\n";
        var parsed = await syntax.RunAsync(package, ct);
        findings.AddRange(parsed.Findings);
        if (parsed.CannotRun is { } reason)
        {
            return new StepOutcome(findings, log + parsed.Log, reason);
        }

        if (findings.Exists(f => f.Severity == FindingSeverity.Error))
        {
            return new StepOutcome(findings, log + parsed.Log + "not run with canaries, for what it shows already is enough to stop it\n");
        }

        var run = await canaries.RunAsync(package, dependencies, ct);
        return new StepOutcome([.. findings, .. run.Findings], log + parsed.Log + run.Log, run.CannotRun);
    }

    private IEnumerable<PluginFinding> KnownBad(PluginPackage package)
    {
        const string Mend = "Take it out. If it is known by mistake, ask the operator of this installation.";
        if (knownBad.Hashes.Contains(package.Sha256))
        {
            yield return PluginFinding.Error("scan.known-bad", "This package is known to be malicious.", Mend);
        }

        foreach (var path in package.Files.Where(f => knownBad.Hashes.Contains(Convert.ToHexStringLower(SHA256.HashData(f.Value.Span)))).Select(f => f.Key))
        {
            yield return PluginFinding.Error("scan.known-bad", $"'{path}' is known to be malicious.", Mend, path);
        }
    }
}
