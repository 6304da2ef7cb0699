using Loopai.Core.Access;
using Loopai.Core.Audit;
using Loopai.Core.Data;
using Loopai.Core.Organizations;
using Microsoft.EntityFrameworkCore;

namespace Loopai.Core.Plugins.Registry;

/// <summary>Who publishes under a name, and handing it over to another organization.</summary>
public sealed class PublisherPeople(LoopaiData data, RegistryNames names, PublisherService publishers, TimeProvider time)
{
    /// <summary>Adds somebody of the organization, or changes what they may do.</summary>
    public async Task<PublisherDetail> SetAsync(Caller caller, string name, Guid userId, PublisherRole role, CancellationToken ct)
    {
        caller.Demand(Permissions.PluginsPublish);
        await using var db = await data.OpenAsync(caller, ct);
        var publisher = await db.RequirePublisherAsync(caller, name, PublisherRole.Owner, ct);
        await db.RequireMemberAsync(caller.OrganizationId, userId, ct);
        var member = await db.PublisherMembers.FirstOrDefaultAsync(m => m.PublisherId == publisher.Id && m.UserId == userId, ct);
        if (member is null)
        {
            db.PublisherMembers.Add(new PublisherMember { PublisherId = publisher.Id, OrganizationId = caller.OrganizationId, UserId = userId, Role = role, AddedAt = time.GetUtcNow() });
        }
        else
        {
            await DemandAnotherOwnerAsync(db, member, role, ct);
            member.Role = role;
        }

        await CommitAsync(db, caller, publisher, "publisher.member_set", new { name, userId, role }, ct);
        return await publishers.GetAsync(caller, name, ct);
    }

    public async Task<PublisherDetail> RemoveAsync(Caller caller, string name, Guid userId, CancellationToken ct)
    {
        caller.Demand(Permissions.PluginsPublish);
        await using var db = await data.OpenAsync(caller, ct);
        var publisher = await db.RequirePublisherAsync(caller, name, PublisherRole.Owner, ct);
        var member = await db.PublisherMembers.FirstOrDefaultAsync(m => m.PublisherId == publisher.Id && m.UserId == userId, ct) ?? throw OrganizationErrors.MemberNotFound(userId);
        await DemandAnotherOwnerAsync(db, member, null, ct);
        db.PublisherMembers.Remove(member);
        await CommitAsync(db, caller, publisher, "publisher.member_removed", new { name, userId }, ct);
        return await publishers.GetAsync(caller, name, ct);
    }

    /// <summary>Offers the publisher with all its plugins to another organization, which has to accept.</summary>
    /// <param name="caller">Who offers.</param>
    /// <param name="name">The publisher.</param>
    /// <param name="organization">The short name of the other organization; null takes an offer back.</param>
    /// <param name="ct">Ends the work.</param>
    public async Task<PublisherDetail> OfferAsync(Caller caller, string name, string? organization, CancellationToken ct)
    {
        caller.Demand(Permissions.PluginsPublish);
        await using var db = await data.OpenAsync(caller, ct);
        var publisher = await db.RequirePublisherAsync(caller, name, PublisherRole.Owner, ct);

        // Whether there is such an organization is not told: short names are guessed otherwise. An offer to nobody is never accepted.
        publisher.OfferedToId = string.IsNullOrWhiteSpace(organization) ? null : await names.OrganizationAsync(organization.Trim(), ct) ?? Guid.CreateVersion7();
        publisher.OfferedAt = publisher.OfferedToId is null ? null : time.GetUtcNow();
        await CommitAsync(db, caller, publisher, publisher.OfferedToId is null ? "publisher.offer_withdrawn" : "publisher.offered", new { name, to = organization }, ct);
        return await publishers.GetAsync(caller, name, ct);
    }

    /// <summary>Publishers that others offer to this organization.</summary>
    public async Task<IReadOnlyList<Publisher>> OffersAsync(Caller caller, CancellationToken ct)
    {
        caller.Demand(Permissions.PluginsPublish);
        await using var db = await data.OpenAsync(Caller.Installation, ct);
        return await db.Publishers.AsNoTracking().Where(p => p.OfferedToId == caller.OrganizationId).OrderBy(p => p.Name).ToListAsync(ct);
    }

    /// <summary>Takes over a publisher with all it published. Who accepts is its only member; its proof is to be given anew.</summary>
    public async Task<PublisherDetail> AcceptAsync(Caller caller, string name, CancellationToken ct)
    {
        caller.Demand(Permissions.PluginsPublish);
        var to = caller.OrganizationId;
        await using (var db = await data.OpenAsync(Caller.Installation, ct))
        {
            await using var transaction = await db.Database.BeginTransactionAsync(ct);
            var publisher = await db.Publishers.AsNoTracking().FirstOrDefaultAsync(p => p.Name == name && p.OfferedToId == to, ct) ?? throw RegistryErrors.NotOffered(name);
            var from = publisher.OrganizationId;
            var moved = await db.Publishers.Where(p => p.Id == publisher.Id && p.OfferedToId == to && p.Revision == publisher.Revision)
                .ExecuteUpdateAsync(
                    set => set.SetProperty(p => p.OrganizationId, to).SetProperty(p => p.OfferedToId, (Guid?)null).SetProperty(p => p.OfferedAt, (DateTimeOffset?)null)
                        .SetProperty(p => p.VerifiedDomain, (string?)null).SetProperty(p => p.VerifiedAt, (DateTimeOffset?)null).SetProperty(p => p.VerifiedBy, (ProofMethod?)null)
                        .SetProperty(p => p.VerifiedUntil, (DateTimeOffset?)null).SetProperty(p => p.Revision, p => p.Revision + 1),
                    ct);
            if (moved == 0)
            {
                throw RegistryErrors.PublisherChanged();
            }

            await db.PublisherProofs.Where(p => p.PublisherId == publisher.Id).ExecuteDeleteAsync(ct);
            await db.PublisherMembers.Where(m => m.PublisherId == publisher.Id).ExecuteDeleteAsync(ct);
            await MovePluginsAsync(db, publisher.Id, to, ct);
            if (caller.PersonId is { } person)
            {
                db.PublisherMembers.Add(new PublisherMember { PublisherId = publisher.Id, OrganizationId = to, UserId = person, Role = PublisherRole.Owner, AddedAt = time.GetUtcNow() });
            }

            db.Record(caller, "publisher.accepted", PublisherService.Kind, publisher.Id, new { name });
            db.Record(Caller.System(from), "publisher.handed_over", PublisherService.Kind, publisher.Id, new { name });
            await db.SaveChangesAsync(ct);
            await transaction.CommitAsync(ct);
        }

        return await publishers.GetAsync(caller, name, ct);
    }

    private static async Task MovePluginsAsync(LoopaiDbContext db, Guid publisherId, Guid to, CancellationToken ct)
    {
        var plugins = db.Plugins.Where(p => p.PublisherId == publisherId).Select(p => p.Id);
        var versions = db.PluginVersions.Where(v => plugins.Contains(v.PluginId)).Select(v => v.Id);
        await db.PluginReviewReplies.Where(r => plugins.Contains(r.PluginId)).ExecuteUpdateAsync(set => set.SetProperty(r => r.OrganizationId, to), ct);
        await db.PluginVersionDays.Where(d => versions.Contains(d.PluginVersionId)).ExecuteUpdateAsync(set => set.SetProperty(d => d.OrganizationId, to), ct);
        await db.PluginDependencies.Where(d => versions.Contains(d.PluginVersionId)).ExecuteUpdateAsync(set => set.SetProperty(d => d.OrganizationId, to), ct);
        await db.PluginPackages.Where(p => versions.Contains(p.PluginVersionId)).ExecuteUpdateAsync(set => set.SetProperty(p => p.OrganizationId, to), ct);
        await db.PluginVersions.Where(v => plugins.Contains(v.PluginId)).ExecuteUpdateAsync(set => set.SetProperty(v => v.OrganizationId, to), ct);
        await db.Plugins.Where(p => p.PublisherId == publisherId).ExecuteUpdateAsync(set => set.SetProperty(p => p.OrganizationId, to), ct);
    }

    private static async Task DemandAnotherOwnerAsync(LoopaiDbContext db, PublisherMember member, PublisherRole? next, CancellationToken ct)
    {
        if (member.Role == PublisherRole.Owner && next != PublisherRole.Owner
            && !await db.PublisherMembers.AnyAsync(m => m.PublisherId == member.PublisherId && m.UserId != member.UserId && m.Role == PublisherRole.Owner, ct))
        {
            throw RegistryErrors.LastOwner();
        }
    }

    /// <summary>Against the publisher's revision, so that of two owners who remove each other one is told.</summary>
    private static async Task CommitAsync(LoopaiDbContext db, Caller caller, Publisher publisher, string action, object details, CancellationToken ct)
    {
        publisher.Revision++;
        db.Record(caller, action, PublisherService.Kind, publisher.Id, details);
        await PublisherService.SaveAsync(db, ct);
    }
}
