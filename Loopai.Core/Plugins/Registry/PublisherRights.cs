using Loopai.Core.Access;
using Loopai.Core.Data;
using Microsoft.EntityFrameworkCore;

namespace Loopai.Core.Plugins.Registry;

/// <summary>Who may act for a publisher: its members, within the organization that owns it.</summary>
internal static class PublisherRights
{
    /// <summary>A publisher of the caller's own organization, to change.</summary>
    /// <exception cref="Errors.NotFoundException">It is another organization's, or nobody's.</exception>
    /// <exception cref="Errors.ForbiddenException">The caller is no member, or not in the role.</exception>
    public static async Task<Publisher> RequirePublisherAsync(this LoopaiDbContext db, Caller caller, string name, PublisherRole needed, CancellationToken ct)
    {
        var publisher = await db.Publishers.FirstOrDefaultAsync(p => p.Name == name && p.OrganizationId == caller.OrganizationId, ct) ?? throw RegistryErrors.PublisherNotFound(name);
        await db.DemandRoleAsync(caller, publisher, needed, ct);
        return publisher;
    }

    /// <inheritdoc cref="RequirePublisherAsync"/>
    public static async Task DemandRoleAsync(this LoopaiDbContext db, Caller caller, Publisher publisher, PublisherRole needed, CancellationToken ct)
    {
        var held = await db.RoleAsync(caller, publisher.Id, ct);
        if (held < needed || held is null)
        {
            throw needed == PublisherRole.Owner ? RegistryErrors.NotAnOwner(publisher.Name) : RegistryErrors.NotAMember(publisher.Name);
        }
    }

    /// <summary>The caller's role; null for none. Who manages the organization is an owner of all that it has, so that none is ever without.</summary>
    public static async Task<PublisherRole?> RoleAsync(this LoopaiDbContext db, Caller caller, Guid publisherId, CancellationToken ct)
    {
        if (!caller.May(Permissions.PluginsPublish))
        {
            return null;
        }

        if (caller.Kind == CallerKind.System || (caller.Kind == CallerKind.User && caller.May(Permissions.OrganizationManage)))
        {
            return PublisherRole.Owner;
        }

        // A key that belongs to nobody was given this permission to publish, and is no member of anything.
        return caller.PersonId is { } person
            ? await db.PublisherMembers.Where(m => m.PublisherId == publisherId && m.UserId == person).Select(m => (PublisherRole?)m.Role).FirstOrDefaultAsync(ct)
            : PublisherRole.Contributor;
    }
}
