using Loopai.Core.Access;
using Loopai.Core.Audit;
using Loopai.Core.Data;
using Loopai.Core.Errors;
using Loopai.Core.Plugins.Packages;
using Loopai.Core.Plugins.Resolving;
using Loopai.Core.Plugins.Runtime;
using Loopai.Core.Webhooks;
using Microsoft.EntityFrameworkCore;
using NuGet.Versioning;

namespace Loopai.Core.Plugins.Installations;

/// <summary>Installs plugins, configures them and takes them away. Which version they have is <see cref="PluginUpgradeService"/>'s.</summary>
public sealed class PluginInstallationService(LoopaiData data, PluginLoader loader, PluginSecrets secrets, PluginCatalog catalog, TimeProvider time)
{
    public const int MaxInstallations = 100;

    internal const string Kind = "plugin";

    /// <summary>What installing a plugin would bring, and what it would be allowed.</summary>
    public async Task<InstallationPlan> PlanAsync(Caller caller, string? key, string? range, CancellationToken ct)
    {
        caller.Demand(Permissions.PluginsManage);
        await using var db = await data.OpenAsync(caller, ct);
        return (await ChooseAsync(db, caller, key, range, ct)).Plan;
    }

    /// <summary>Installs a plugin, with what it needs.</summary>
    public async Task<PluginInstallation> InstallAsync(Caller caller, InstallPlugin request, CancellationToken ct)
    {
        caller.Demand(Permissions.PluginsManage);
        await using var db = await data.OpenAsync(caller, ct);
        var (plan, choice, dependencies) = await ChooseAsync(db, caller, request.Key, request.Range, ct);
        if (choice is null)
        {
            throw InstallationErrors.Conflict(plan.Conflicts);
        }

        if (request.Version is { } read && read != plan.Version)
        {
            throw InstallationErrors.AnotherVersion(choice.Key, read, plan.Version!);
        }

        if (plan.Plan!.NeedsConsent && request.AcceptCapabilities is not true)
        {
            throw InstallationErrors.WidensCapabilities([.. plan.Plan.Capabilities.SelectMany(c => c.Widened.Select(w => $"{c.Key} {w}"))]);
        }

        if (await db.PluginInstallations.CountAsync(ct) >= MaxInstallations)
        {
            throw new LimitExceededException("plugin_installation.too_many", $"An organization has at most {MaxInstallations} plugins. Uninstall one that nobody needs any more.");
        }

        var errors = new FieldErrors();
        var (configuration, given) = InstallationConfiguration.Check(errors, plan.Manifest!, request.Configuration, new Dictionary<string, string>());
        errors.ThrowIfAny("plugin_installation.invalid", "The plugin cannot be configured like this.");
        await DemandSignedAsync(db, choice, dependencies, ct);

        var now = time.GetUtcNow();
        var installation = new PluginInstallation
        {
            Id = Guid.CreateVersion7(), OrganizationId = caller.OrganizationId, PluginId = await db.Plugins.Where(p => p.Key == choice.Key).Select(p => p.Id).SingleAsync(ct),
            Key = choice.Key, Kind = plan.Manifest!.Kind, DisplayName = plan.Manifest.DisplayName, Range = plan.Range, VersionId = choice.VersionId, Version = choice.Version.ToNormalizedString(),
            Lock = dependencies, Configuration = configuration, ProtectedSecrets = secrets.Protect(caller.OrganizationId, given), SecretNames = [.. given.Keys.Order(StringComparer.Ordinal)],
            InstalledById = caller.PersonId, InstalledBy = caller.Name, InstalledAt = now, UpdatedAt = now,
        };
        db.PluginInstallations.Add(installation);
        db.Record(caller, "plugin.installed", Kind, installation.Id, new { after = Shown(installation) });
        db.Publish(caller.OrganizationId, WebhookTypes.PluginInstalled, Told(installation));
        try
        {
            await db.SaveChangesAsync(ct);
        }
        catch (DbUpdateException e) when (e.IsRace())
        {
            throw InstallationErrors.AlreadyInstalled(choice.Key);
        }

        catalog.Forget(caller.OrganizationId);
        return installation;
    }

    /// <summary>Configures a plugin, switches it on or off, or lets it follow other versions from now on.</summary>
    /// <param name="caller">Who acts.</param>
    /// <param name="id">The installation.</param>
    /// <param name="change">What to change.</param>
    /// <param name="expectedRevision">The revision the caller has read; null to change whatever is there.</param>
    /// <param name="ct">Ends the work.</param>
    public async Task<PluginInstallation> UpdateAsync(Caller caller, Guid id, ChangeInstallation change, int? expectedRevision, CancellationToken ct)
    {
        caller.Demand(Permissions.PluginsManage);
        await using var db = await data.OpenAsync(caller, ct);
        var installation = await db.FindInstallationAsync(id, ct);
        if (expectedRevision is { } expected && expected != installation.Revision)
        {
            throw InstallationErrors.ChangedMeanwhile();
        }

        var (before, errors) = (Shown(installation), new FieldErrors());
        if (change.Range is { } text)
        {
            errors.AddIf(!SemanticRange.TryParse(text, out var range) || text.Length > PluginInstallation.MaxRangeLength, "range", $"'{text}' is not a range of versions, such as ^1.4 or 1.4.2.")
                .AddIf(range?.Satisfies(SemanticVersion.Parse(installation.Version)) is false, "range", $"The range does not allow the version {installation.Version} that is installed. Upgrade with it instead.");
            installation.Range = text;
        }

        if (change.Configuration is { } configuration)
        {
            var manifest = await db.ManifestAsync(installation.VersionId, ct) ?? throw InstallationErrors.Broken(installation.Key, "its version is not there any more.");
            var (json, given) = InstallationConfiguration.Check(errors, manifest, configuration, secrets.Of(installation));
            (installation.Configuration, installation.ProtectedSecrets, installation.SecretNames) =
                (json, secrets.Protect(caller.OrganizationId, given), [.. given.Keys.Order(StringComparer.Ordinal)]);
        }

        errors.ThrowIfAny("plugin_installation.invalid", "The plugin cannot be changed like this.");
        installation.IsEnabled = change.IsEnabled ?? installation.IsEnabled;
        db.Record(caller, "plugin.updated", Kind, id, new { before, after = Shown(installation), configured = change.Configuration is not null });
        await SaveAsync(db, installation, ct);
        return installation;
    }

    /// <summary>Calls a plugin again that was taken out of use.</summary>
    public async Task<PluginInstallation> ReleaseAsync(Caller caller, Guid id, CancellationToken ct)
    {
        caller.Demand(Permissions.PluginsManage);
        await using var db = await data.OpenAsync(caller, ct);
        var installation = await db.FindInstallationAsync(id, ct);
        if (installation.QuarantinedAt is null)
        {
            return installation;
        }

        (installation.QuarantinedAt, installation.QuarantineReason) = (null, null);
        db.Record(caller, "plugin.released", Kind, id, new { installation.Key, installation.Version });
        await SaveAsync(db, installation, ct);
        return installation;
    }

    /// <summary>Takes a plugin away, with its configuration; its verdicts stay as long as they are kept anyway.</summary>
    public async Task UninstallAsync(Caller caller, Guid id, CancellationToken ct)
    {
        caller.Demand(Permissions.PluginsManage);
        await using var db = await data.OpenAsync(caller, ct);
        var installation = await db.FindInstallationAsync(id, ct);
        if (await db.UsersOfAsync(installation, caller.TasksWith(Permissions.TasksRead), ct) is { Count: > 0 } users)
        {
            throw InstallationErrors.Used(installation.Key, users);
        }

        db.PluginInstallations.Remove(installation);
        db.Record(caller, "plugin.uninstalled", Kind, id, new { before = Shown(installation) });
        db.Publish(caller.OrganizationId, WebhookTypes.PluginUninstalled, Told(installation));
        await db.SaveChangesAsync(ct);
        await db.PluginHealth.Where(h => h.InstallationId == id).ExecuteDeleteAsync(ct);
        catalog.Forget(caller.OrganizationId);
    }

    internal static object Told(PluginInstallation i) => new { installationId = i.Id, plugin = i.Key, i.Version, kind = i.Kind.Name() };

    internal async Task SaveAsync(LoopaiDbContext db, PluginInstallation installation, CancellationToken ct)
    {
        installation.Revision++;
        installation.UpdatedAt = time.GetUtcNow();
        try
        {
            await db.SaveChangesAsync(ct);
        }
        catch (DbUpdateConcurrencyException)
        {
            throw InstallationErrors.ChangedMeanwhile();
        }

        catalog.Forget(installation.OrganizationId);
    }

    /// <summary>What is not as it was signed is not installed.</summary>
    internal async Task DemandSignedAsync(LoopaiDbContext db, PluginCandidate choice, IReadOnlyList<LockedPlugin> dependencies, CancellationToken ct)
    {
        try
        {
            foreach (var version in dependencies.Select(d => d.VersionId).Prepend(choice.VersionId))
            {
                await loader.ReadAsync(db, version, ct);
            }
        }
        catch (PluginBrokenException broken)
        {
            throw InstallationErrors.Broken(choice.Key, broken.Message);
        }
    }

    private static async Task<(InstallationPlan Plan, PluginCandidate? Choice, IReadOnlyList<LockedPlugin> Lock)> ChooseAsync(
        LoopaiDbContext db, Caller caller, string? key, string? range, CancellationToken ct)
    {
        new FieldErrors().AddIf(string.IsNullOrWhiteSpace(key), "key", "Name the plugin, as in acme.regex-guard.")
            .AddIf(!string.IsNullOrEmpty(range) && (range.Length > PluginInstallation.MaxRangeLength || !SemanticRange.TryParse(range, out _)), "range", $"'{range}' is not a range of versions, such as ^1.4 or 1.4.2.")
            .ThrowIfAny("plugin_installation.invalid", "The plugin cannot be installed like this.");
        if (!await db.Plugins.AnyAsync(p => p.Key == key && p.RemovedAt == null, ct))
        {
            throw InstallationErrors.PluginNotFound(key);
        }

        var installed = await db.PluginInstallations.AsNoTracking().ToListAsync(ct);
        if (installed.Exists(i => i.Key == key))
        {
            throw InstallationErrors.AlreadyInstalled(key!);
        }

        var resolver = await InstallationResolver.ReadAsync(db, installed.Select(i => i.Key).Append(key!), ct);
        var followed = string.IsNullOrEmpty(range) ? resolver.Usual(key!) : SemanticRange.Parse(range);
        if (followed is null)
        {
            throw InstallationErrors.NoVersion(key!, range ?? "*");
        }

        return InstallationChoice.Of(resolver, installed, key!, followed, keep: null);
    }

    private static object Shown(PluginInstallation i) => new { i.Key, i.Version, i.Range, i.IsEnabled, secrets = i.SecretNames, dependencies = i.Lock.Select(d => $"{d.Key} {d.Version}") };
}
