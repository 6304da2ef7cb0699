using System.Security.Cryptography;
using System.Text.Json;
using Loopai.Core.Access;
using Loopai.Core.Audit;
using Loopai.Core.Data;
using Loopai.Core.Errors;
using Loopai.Core.Plugins.Packages;
using Loopai.Core.Plugins.Registry;
using Microsoft.EntityFrameworkCore;

namespace Loopai.Core.Plugins.Publishing;

/// <summary>Takes packages, and shows how far they are. What people decide about them is <see cref="SubmissionDecisions"/>'.</summary>
public sealed class SubmissionService(LoopaiData data, TimeProvider time)
{
    /// <summary>How many may be under way at once.</summary>
    public const int MaxUnderWay = 20;

    /// <summary>How many packages are kept that are not published yet.</summary>
    public const int MaxKept = 100;

    internal const string Kind = "plugin_submission";

    /// <summary>Takes a package. Whether it is one is found out by the first step, and shown there.</summary>
    public async Task<SubmissionDetail> SubmitAsync(Caller caller, SubmissionRequest request, CancellationToken ct)
    {
        caller.Demand(Permissions.PluginsPublish);
        if (request.Bytes.Length == 0)
        {
            throw PublishingErrors.Empty();
        }

        if (request.Bytes.Length > PackageLimits.MaxPackageBytes)
        {
            throw PublishingErrors.TooLarge(PackageLimits.MaxPackageBytes / 1024 / 1024);
        }

        Check(request.Provenance);
        var manifest = PluginPackageReader.Read(request.Bytes).Package?.Manifest;
        await using var db = await data.OpenAsync(caller, ct);
        await db.DemandPublisherAsync(caller, manifest?.Id.Publisher, ct);
        if (await db.PluginSubmissions.CountAsync(s => s.State == SubmissionState.Waiting || s.State == SubmissionState.Running, ct) >= MaxUnderWay)
        {
            throw PublishingErrors.TooMany(MaxUnderWay);
        }

        if (await db.PluginSubmissionPackages.CountAsync(ct) >= MaxKept)
        {
            throw PublishingErrors.TooManyKept(MaxKept);
        }

        var submission = new PluginSubmission
        {
            Id = Guid.CreateVersion7(), OrganizationId = caller.OrganizationId, Key = manifest?.Id.Key, Version = manifest?.Version.ToNormalizedString(),
            Sha256 = Convert.ToHexStringLower(SHA256.HashData(request.Bytes)), Size = request.Bytes.Length, IsPublic = request.IsPublic, Source = request.Source,
            Provenance = Provenance(caller, request, time.GetUtcNow()), CreatedById = caller.PersonId, CreatedBy = caller.Name, CreatedAt = time.GetUtcNow(),
        };
        db.PluginSubmissions.Add(submission);
        db.PluginSubmissionPackages.Add(new PluginSubmissionPackage { SubmissionId = submission.Id, OrganizationId = submission.OrganizationId, Bytes = request.Bytes });
        db.BeginRun(submission, []);
        db.Note(caller, submission, SubmissionEventKind.Submitted, null, time.GetUtcNow());
        db.Record(caller, "plugin_submission.created", Kind, submission.Id, new { submission.Key, submission.Version, submission.Sha256, submission.IsPublic });
        await db.SaveChangesAsync(ct);
        return await ReadAsync(caller, submission.Id, ct);
    }

    /// <summary>The organization's submissions, newest first.</summary>
    public async Task<Page<SubmissionItem>> ListAsync(Caller caller, SubmissionState? state, PageRequest page, CancellationToken ct)
    {
        caller.Demand(Permissions.PluginsRead);
        page = page.Validated();
        var before = Cursor.Decode<Before>(page.Cursor)?.Id;
        await using var db = await data.OpenAsync(caller, ct);
        var submissions = db.PluginSubmissions.AsNoTracking();
        submissions = state is { } wanted ? submissions.Where(s => s.State == wanted) : submissions;
        submissions = before is { } last ? submissions.Where(s => s.Id.CompareTo(last) < 0) : submissions;
        var rows = await submissions.OrderByDescending(s => s.Id).Take(page.Limit + 1).ToListAsync(ct);
        var shown = rows.Take(page.Limit).ToList();
        var ids = shown.Select(s => s.Id).ToList();
        var stopped = await db.PluginSubmissionSteps.AsNoTracking()
            .Where(s => ids.Contains(s.SubmissionId) && (s.State == PluginStepState.Failed || s.State == PluginStepState.CannotRun || s.State == PluginStepState.Running))
            .Select(s => new { s.SubmissionId, s.Run, s.Step }).ToListAsync(ct);
        return new Page<SubmissionItem>(
            [.. shown.Select(s => new SubmissionItem(s, stopped.Where(p => p.SubmissionId == s.Id && p.Run == s.Run).Select(p => (PluginStep?)p.Step).FirstOrDefault()))],
            rows.Count > page.Limit ? Cursor.Encode(new Before(shown[^1].Id)) : null);
    }

    public Task<SubmissionDetail> GetAsync(Caller caller, Guid id, CancellationToken ct)
    {
        caller.Demand(Permissions.PluginsRead);
        return ReadAsync(caller, id, ct);
    }

    /// <summary>What the package changes of the version before, file by file and line by line; nothing where there is none, or nothing is left to compare.</summary>
    public async Task<IReadOnlyList<FileDifference>> DifferencesAsync(Caller caller, Guid id, CancellationToken ct)
    {
        caller.Demand(Permissions.PluginsRead);
        await using var db = await data.OpenAsync(caller, ct);
        var submission = await db.FindSubmissionAsync(id, ct);
        return await db.BytesAsync(submission, ct) is { } bytes && PluginPackageReader.Read(bytes).Package is { } package
            && await db.BeforeAsync(package.Manifest, ct) is { } before
            && await db.PluginPackages.Where(p => p.PluginVersionId == before.Id).Select(p => p.Bytes).FirstOrDefaultAsync(ct) is { } old && PluginPackageReader.Read(old).Package is { } last
            ? FileDifference.Of(last, package)
            : [];
    }

    /// <summary>For who may act on a submission, and gets it as the answer.</summary>
    internal async Task<SubmissionDetail> ReadAsync(Caller caller, Guid id, CancellationToken ct)
    {
        await using var db = await data.OpenAsync(caller, ct);
        var submission = await db.FindSubmissionAsync(id, ct);
        var steps = await db.StepsAsync(submission, ct);
        var events = await db.PluginSubmissionEvents.AsNoTracking().Where(e => e.SubmissionId == id).OrderBy(e => e.Id).ToListAsync(ct);

        // Who follows it asks every second; what is unpacked for them is shown once it has stopped.
        var isUnderWay = submission.State is SubmissionState.Waiting or SubmissionState.Running;
        var package = !isUnderWay && await db.BytesAsync(submission, ct) is { } bytes ? PluginPackageReader.Read(bytes).Package : null;
        var before = package is null ? null : await db.BeforeAsync(package.Manifest, ct);
        return new SubmissionDetail(
            submission, [.. steps.Select(s => new StepDetail(s, SubmissionQueries.Show(s, package)))], events,
            before is { } found ? PackageChanges.Of(found.Manifest, found.Files, package!) : null,
            SubmissionDecisions.IsAppealable(submission, steps) && events.TrueForAll(e => e.Kind != SubmissionEventKind.AppealDenied) && !await db.IsShownToAllAsync(submission, ct),
            await db.PluginInstallations.Where(i => i.Key == submission.Key).Select(i => (Guid?)i.Id).FirstOrDefaultAsync(ct));
    }

    private static void Check(PackageProvenance? provenance)
    {
        var errors = new FieldErrors();
        foreach (var (name, value) in new[] { ("repository", provenance?.Repository), ("commit", provenance?.Commit), ("workflow", provenance?.Workflow), ("runUrl", provenance?.RunUrl) })
        {
            errors.AddIf(value?.Length > PackageProvenance.MaxLength, name, $"At most {PackageProvenance.MaxLength} characters.");
        }

        errors.ThrowIfAny("plugin_submission.invalid", "The package cannot be submitted like this.");
    }

    /// <summary>What Loopai saw itself stands apart from what the builder says.</summary>
    private static string Provenance(Caller caller, SubmissionRequest request, DateTimeOffset now) => JsonSerializer.Serialize(
        new { submittedBy = caller.Name, keyId = caller.Kind == CallerKind.ApiKey ? caller.Id : null, submittedAt = now, source = request.Source.ToString().ToLowerInvariant(), claimed = request.Provenance }, JsonSerializerOptions.Web);

    /// <summary>What everybody may read of it: who submitted it stays with the submission.</summary>
    internal static string? PublicProvenance(PluginSubmission submission)
    {
        if (submission.Provenance is null || System.Text.Json.Nodes.JsonNode.Parse(submission.Provenance) is not System.Text.Json.Nodes.JsonObject told)
        {
            return null;
        }

        told.Remove("submittedBy");
        told.Remove("keyId");
        return told.ToJsonString(JsonSerializerOptions.Web);
    }

    private sealed record Before(Guid Id);
}
