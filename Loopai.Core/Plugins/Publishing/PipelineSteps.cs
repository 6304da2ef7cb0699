using System.Text.Json;
using Loopai.Core.Access;
using Loopai.Core.Data;
using Loopai.Core.Plugins.Packages;
using Loopai.Core.Plugins.Packages.Signing;
using Loopai.Core.Plugins.Publishing.Scanning;
using Loopai.Core.Plugins.Publishing.Testing;
using Loopai.Core.Plugins.Registry;
using Microsoft.EntityFrameworkCore;

namespace Loopai.Core.Plugins.Publishing;

/// <summary>What each step does.</summary>
public sealed class PipelineSteps(LoopaiData data, PackageTests tests, PackageScanner scanner, PluginSigner signer, VersionRegistry registry)
{
    public async Task<StepEnd> RunAsync(Caller caller, BegunStep begun, CancellationToken ct)
    {
        await using var db = await data.OpenAsync(caller, ct);
        if (await db.BytesAsync(begun.Submission, ct) is not { } bytes)
        {
            return StepEnd.Of(new StepOutcome([], "", "The package is not kept any more. Submit it again."));
        }

        var (package, faults) = PluginPackageReader.Read(bytes);
        if (package is null)
        {
            return StepEnd.Of(new StepOutcome(faults, $"read {bytes.Length:N0} bytes\n"));
        }

        var (dependencies, missing) = await DependencyPackages.FindAsync(db, signer, package.Manifest, ct);
        return begun.Step.Step switch
        {
            PluginStep.Validate => await ValidateAsync(db, begun.Submission, package, missing, ct),
            PluginStep.Test => StepEnd.Of(missing.Count > 0 ? new StepOutcome(missing, "") : await tests.RunAsync(package, dependencies, ct)),
            PluginStep.Scan => StepEnd.Of(missing.Count > 0 ? new StepOutcome(missing, "") : await scanner.RunAsync(package, dependencies, ct)),
            PluginStep.Review => await ReviewAsync(db, package, ct),
            PluginStep.Publish => await PublishAsync(db, begun.Submission, package, bytes, ct),
            _ => throw new InvalidOperationException($"There is no step {begun.Step.Step}."),
        };
    }

    private async Task<StepEnd> ValidateAsync(LoopaiDbContext db, PluginSubmission submission, PluginPackage package, IReadOnlyList<PluginFinding> missing, CancellationToken ct)
    {
        var refused = await registry.FaultsAsync(db, Submitter(submission), package.Manifest, submission.IsPublic, ct);
        return StepEnd.Of(new StepOutcome(
            [.. missing, .. refused.Select(f => PluginFinding.Error("registry.refused", f, "Change plugin.json, or the publisher.", PluginManifest.FileName))],
            $"read {package.Files.Count} files, {package.Files.Sum(f => (long)f.Value.Length):N0} bytes unpacked\n{package.Manifest.Id} {package.Manifest.Version}, {package.Manifest.Kind.Name()} in {package.Manifest.Language.Name()}\n"));
    }

    private static async Task<StepEnd> ReviewAsync(LoopaiDbContext db, PluginPackage package, CancellationToken ct)
    {
        var changes = await db.BeforeAsync(package.Manifest, ct) is { } before ? PackageChanges.Of(before.Manifest, before.Files, package) : null;
        return ReviewPolicies.Reason(await db.ReviewRuleAsync(ct), changes) is { } reason
            ? new StepEnd(new StepOutcome([], $"waits for a person: {reason}\n"), PluginStepState.Waiting, SubmissionState.InReview, Why: reason)
            : new StepEnd(new StepOutcome([], "the policy of this organization asks for nobody\n"), PluginStepState.NotNeeded, SubmissionState.Waiting);
    }

    private async Task<StepEnd> PublishAsync(LoopaiDbContext db, PluginSubmission submission, PluginPackage package, byte[] bytes, CancellationToken ct)
    {
        // A portal that died between publishing and writing it down published already.
        var (key, version) = (package.Manifest.Id.Key, package.Manifest.Version.ToNormalizedString());
        var id = await db.PluginVersions.Where(v => v.Version == version && v.Sha256 == package.Sha256)
            .Join(db.Plugins.Where(p => p.Key == key && p.OrganizationId == submission.OrganizationId), v => v.PluginId, p => p.Id, (v, _) => (Guid?)v.Id).FirstOrDefaultAsync(ct);
        var log = "it was published already\n";
        if (id is null)
        {
            var done = await db.StepsAsync(submission, ct);
            var signature = await signer.SignAsync(package, ct);
            var added = await registry.AddAsync(
                db, Submitter(submission),
                new VersionToPublish(package, bytes, signature.Value, signature.KeyId)
                {
                    IsPublic = submission.IsPublic, Sbom = SoftwareBill.Of(package), Provenance = SubmissionService.PublicProvenance(submission),
                    TestResults = Results(done, PluginStep.Test), ScanResults = Results(done, PluginStep.Scan),
                },
                ct);
            (id, log) = (added.Id, $"signed with key {signature.KeyId}\npublished {key} {version}\n");
        }

        return new StepEnd(new StepOutcome([], log), PluginStepState.Passed, SubmissionState.Published, id);
    }

    /// <summary>What a step said, as it is kept with the version.</summary>
    private static string Results(List<PluginSubmissionStep> steps, PluginStep of)
    {
        var step = steps.Single(s => s.Step == of);
        return JsonSerializer.Serialize(
            new { state = step.State.ToString(), at = step.FinishedAt, log = step.Log, findings = FindingJson.Read(step.Findings) }, JsonSerializerOptions.Web);
    }

    /// <summary>Whoever submitted it, a person or a key, with what they needed for that: their part was checked when they did.</summary>
    private static Caller Submitter(PluginSubmission submission)
    {
        string[] held = [Permissions.PluginsPublish, Permissions.PluginsRead, Permissions.OrganizationManage];
        var key = submission.Provenance is { } provenance && JsonElement.Parse(provenance).TryGetProperty("keyId", out var id) && id.ValueKind == JsonValueKind.String ? id.GetGuid() : (Guid?)null;
        return (key, submission.CreatedById) switch
        {
            ({ } keyId, var owner) => Caller.ForKey(keyId, submission.CreatedBy, submission.OrganizationId, Guid.Empty, HeldPermissions.Everywhere(held), owner),
            (null, { } person) => Caller.ForUser(person, submission.CreatedBy, submission.OrganizationId, Guid.Empty, held),
            _ => Caller.System(submission.OrganizationId),
        };
    }
}
