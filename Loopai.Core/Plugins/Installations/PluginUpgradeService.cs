using Loopai.Core.Access;
using Loopai.Core.Audit;
using Loopai.Core.Data;
using Loopai.Core.Errors;
using Loopai.Core.Plugins.Packages;
using Loopai.Core.Plugins.Resolving;
using Microsoft.EntityFrameworkCore;
using NuGet.Versioning;

namespace Loopai.Core.Plugins.Installations;

/// <summary>Brings plugins to other versions, all at once or by a share of the calls first.</summary>
public sealed class PluginUpgradeService(LoopaiData data, PluginInstallationService installations, PluginSecrets secrets, TimeProvider time)
{
    /// <summary>The share of calls that a new version gets where nobody says.</summary>
    public const double UsualShare = 0.2;

    /// <summary>What an upgrade would change, and what would be allowed more.</summary>
    public async Task<InstallationPlan> PlanAsync(Caller caller, Guid id, string? range, CancellationToken ct)
    {
        caller.Demand(Permissions.PluginsManage);
        await using var db = await data.OpenAsync(caller, ct);
        return (await ChooseAsync(db, await db.FindInstallationAsync(id, ct), range, ct)).Plan;
    }

    /// <summary>Upgrades, or goes back, to what the range allows.</summary>
    public async Task<PluginInstallation> UpgradeAsync(Caller caller, Guid id, UpgradeInstallation request, int? expectedRevision, CancellationToken ct)
    {
        caller.Demand(Permissions.PluginsManage);
        var share = request.Share ?? UsualShare;
        new FieldErrors().AddIf(share is not (> 0 and <= 1), "share", "The share is a number above 0, and at most 1 for all calls at once.").ThrowIfAny("plugin_installation.invalid", "The plugin cannot be upgraded like this.");
        await using var db = await data.OpenAsync(caller, ct);
        var installation = await db.FindInstallationAsync(id, ct);
        if (expectedRevision is { } expected && expected != installation.Revision)
        {
            throw InstallationErrors.ChangedMeanwhile();
        }

        var (plan, choice, dependencies) = await ChooseAsync(db, installation, request.Range, ct);
        if (choice is null)
        {
            throw InstallationErrors.Conflict(plan.Conflicts);
        }

        if (choice.VersionId == installation.VersionId)
        {
            throw InstallationErrors.UpToDate(installation.Key);
        }

        if (request.Version is { } read && read != plan.Version)
        {
            throw InstallationErrors.AnotherVersion(choice.Key, read, plan.Version!);
        }

        if (plan.Plan!.NeedsConsent && request.AcceptCapabilities is not true)
        {
            throw InstallationErrors.WidensCapabilities([.. plan.Plan.Capabilities.SelectMany(c => c.Widened.Select(w => $"{c.Key} {w}"))]);
        }

        await installations.DemandSignedAsync(db, choice, dependencies, ct);
        CheckConfiguration(installation, plan.Manifest!);
        installation.Range = plan.Range;
        (installation.StagedVersionId, installation.StagedVersion, installation.StagedLock) = (choice.VersionId, choice.Version.ToNormalizedString(), dependencies);
        (installation.StagedShare, installation.StagedAt) = (share, time.GetUtcNow());
        if (share < 1)
        {
            db.Record(caller, "plugin.upgrade_staged", PluginInstallationService.Kind, id, new { installation.Key, from = installation.Version, to = installation.StagedVersion, share });
        }
        else
        {
            db.Promote(installation, caller);
        }

        await installations.SaveAsync(db, installation, ct);
        return installation;
    }

    /// <summary>The version that is tried takes over all calls now.</summary>
    public Task<PluginInstallation> PromoteAsync(Caller caller, Guid id, CancellationToken ct) => EndAsync(caller, id, (db, installation) => db.Promote(installation, caller), ct);

    /// <summary>The version that is tried gets no more calls.</summary>
    public Task<PluginInstallation> RollBackAsync(Caller caller, Guid id, CancellationToken ct) =>
        EndAsync(caller, id, (db, installation) => db.TakeBack(installation, caller, $"{caller.Name} took it back."), ct);

    private async Task<PluginInstallation> EndAsync(Caller caller, Guid id, Action<LoopaiDbContext, PluginInstallation> end, CancellationToken ct)
    {
        caller.Demand(Permissions.PluginsManage);
        await using var db = await data.OpenAsync(caller, ct);
        var installation = await db.FindInstallationAsync(id, ct);
        if (installation.StagedVersionId is null)
        {
            throw InstallationErrors.NothingStaged(installation.Key);
        }

        end(db, installation);
        await installations.SaveAsync(db, installation, ct);
        return installation;
    }

    /// <summary>What it is configured with has to do for the new version too; what that asks for besides is given first.</summary>
    private void CheckConfiguration(PluginInstallation installation, PluginManifest manifest)
    {
        var errors = new FieldErrors();
        var shown = System.Text.Json.JsonSerializer.SerializeToElement(InstallationConfiguration.Shown(installation));
        InstallationConfiguration.Check(errors, manifest, shown, secrets.Of(installation));
        errors.ThrowIfAny("plugin_installation.invalid", $"Version {manifest.Version} asks for another configuration.");
    }

    private static async Task<(InstallationPlan Plan, PluginCandidate? Choice, IReadOnlyList<LockedPlugin> Lock)> ChooseAsync(
        LoopaiDbContext db, PluginInstallation installation, string? range, CancellationToken ct)
    {
        new FieldErrors().AddIf(!string.IsNullOrEmpty(range) && (range.Length > PluginInstallation.MaxRangeLength || !SemanticRange.TryParse(range, out _)), "range", $"'{range}' is not a range of versions, such as ^1.4 or 1.4.2.")
            .ThrowIfAny("plugin_installation.invalid", "The plugin cannot be upgraded like this.");
        var others = await db.PluginInstallations.AsNoTracking().Where(i => i.Id != installation.Id).ToListAsync(ct);
        var resolver = await InstallationResolver.ReadAsync(db, others.Select(i => i.Key).Append(installation.Key).Concat(installation.Lock.Select(d => d.Key)), ct);
        return InstallationChoice.Of(
            resolver, [.. others, installation], installation.Key, SemanticRange.Parse(string.IsNullOrEmpty(range) ? installation.Range : range), keep: installation);
    }
}
