using Loopai.Core.Access;
using Loopai.Core.Data;
using Microsoft.EntityFrameworkCore;

namespace Loopai.Core.Plugins.Registry;

/// <summary>
/// Names in use over the whole installation, which only Loopai itself sees: a name is refused because of another organization's, and nothing more is told of that
/// one than that it has the name.
/// </summary>
public sealed class RegistryNames(LoopaiData data, TimeProvider time)
{
    /// <summary>Organizations that have a plugin of it installed, from which on a name is worth imitating.</summary>
    public const int PopularFrom = 10;

    /// <summary>Every publisher's name, and those that are taken for ever.</summary>
    public async Task<IReadOnlyList<KnownName>> PublishersAsync(CancellationToken ct)
    {
        await using var db = await data.OpenAsync(Caller.Installation, ct);
        var now = time.GetUtcNow();
        var popular = await db.Plugins.Where(p => p.Installs >= PopularFrom).Select(p => p.PublisherId).Distinct().ToListAsync(ct);
        var known = (await db.Publishers.AsNoTracking().ToListAsync(ct)).ConvertAll(p => new KnownName(p.Name, p.IsVerified(now) || popular.Contains(p.Id)));
        var taken = await db.TakenPluginNames.Where(n => !EF.Functions.Like(n.Name, "%.%")).Select(n => n.Name).ToListAsync(ct);
        known.AddRange(taken.Except(known.Select(k => k.Name), StringComparer.Ordinal).Select(name => new KnownName(name, IsTrusted: false)));
        return known;
    }

    /// <summary>The names, without their publishers', of plugins that many organizations have from somebody who is proved, and is not the caller.</summary>
    public async Task<IReadOnlyList<KnownPluginName>> PopularPluginsAsync(Guid exceptPublisherId, CancellationToken ct)
    {
        await using var db = await data.OpenAsync(Caller.Installation, ct);
        var now = time.GetUtcNow();
        return await db.Plugins.Where(p => p.PublisherId != exceptPublisherId && p.IsPublic && p.Installs >= PopularFrom)
            .Join(db.Publishers.Where(p => p.OrganizationId == Guid.Empty || p.VerifiedUntil > now), p => p.PublisherId, p => p.Id, (plugin, _) => new KnownPluginName(plugin.Name, plugin.Key))
            .ToListAsync(ct);
    }

    /// <summary>Why the plugin cannot be shown to all under its name; null where it can. A verified publisher answers with its domain for what it calls its plugins.</summary>
    public async Task<string?> LikenessAsync(Publisher publisher, string name, CancellationToken ct) =>
        !publisher.IsVerified(time.GetUtcNow())
        && (await PopularPluginsAsync(publisher.Id, ct)).FirstOrDefault(p => NameLikeness.LooksLike(name, p.Name) || NameLikeness.IsSlipOf(name, p.Name)) is { } popular
            ? $"'{name}' could be taken for '{popular.Key}', which many use. Choose a name that is further away, or verify your publisher."
            : null;

    /// <summary>Whether something was once published under the name by another organization.</summary>
    public async Task<bool> IsTakenAsync(string name, Guid organizationId, CancellationToken ct)
    {
        await using var db = await data.OpenAsync(Caller.Installation, ct);
        return await db.TakenPluginNames.AnyAsync(n => n.Name == name && n.OrganizationId != organizationId, ct);
    }

    /// <summary>The organization with this short name; null where there is none.</summary>
    public async Task<Guid?> OrganizationAsync(string slug, CancellationToken ct)
    {
        await using var db = await data.OpenAsync(Caller.Installation, ct);
        return await db.Organizations.Where(o => o.Slug == slug && o.DeletedAt == null).Select(o => (Guid?)o.Id).FirstOrDefaultAsync(ct);
    }
}

/// <param name="Name">The part behind the dot.</param>
/// <param name="Key">The whole key.</param>
public sealed record KnownPluginName(string Name, string Key);
