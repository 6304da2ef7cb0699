using Loopai.Core.Access;
using Loopai.Core.Audit;
using Loopai.Core.Data;
using Loopai.Core.Errors;
using Microsoft.EntityFrameworkCore;

namespace Loopai.Core.Plugins.Registry;

/// <summary>Makes, changes and lists publishers. Their people are <see cref="PublisherPeople"/>'s, their proof is <see cref="PublisherVerification"/>'s.</summary>
public sealed class PublisherService(LoopaiData data, RegistryNames names, TimeProvider time)
{
    public const int MaxPublishers = 20;

    internal const string Kind = "publisher";

    /// <summary>The organization's own publishers, by name.</summary>
    public async Task<IReadOnlyList<PublisherItem>> ListAsync(Caller caller, CancellationToken ct)
    {
        caller.Demand(Permissions.PluginsRead);
        await using var db = await data.OpenAsync(caller, ct);
        var publishers = await db.Publishers.AsNoTracking().Where(p => p.OrganizationId == caller.OrganizationId).OrderBy(p => p.Name).ToListAsync(ct);
        var plugins = await db.Plugins.Where(p => p.OrganizationId == caller.OrganizationId && p.RemovedAt == null).GroupBy(p => p.PublisherId)
            .Select(g => new { g.Key, Count = g.Count() }).ToDictionaryAsync(g => g.Key, g => g.Count, ct);
        var items = new List<PublisherItem>();
        foreach (var publisher in publishers)
        {
            items.Add(new PublisherItem(publisher, publisher.IsVerified(time.GetUtcNow()), plugins.GetValueOrDefault(publisher.Id), await db.RoleAsync(caller, publisher.Id, ct)));
        }

        return items;
    }

    /// <summary>A publisher of one's own, or one that is public.</summary>
    public async Task<PublisherDetail> GetAsync(Caller caller, string name, CancellationToken ct)
    {
        caller.Demand(Permissions.PluginsRead);
        await using var db = await data.OpenAsync(caller, ct);
        var publisher = await db.Publishers.AsNoTracking().FirstOrDefaultAsync(p => p.Name == name, ct) ?? throw RegistryErrors.PublisherNotFound(name);
        var plugins = await db.Plugins.CountAsync(p => p.PublisherId == publisher.Id && p.RemovedAt == null, ct);
        var isOwn = publisher.OrganizationId == caller.OrganizationId;
        var item = new PublisherItem(publisher, publisher.IsVerified(time.GetUtcNow()), plugins, isOwn ? await db.RoleAsync(caller, publisher.Id, ct) : null);
        if (!isOwn)
        {
            return new PublisherDetail(item, IsOwn: false, [], null);
        }

        var members = await db.PublisherMembers.AsNoTracking().Where(m => m.PublisherId == publisher.Id).OrderBy(m => m.AddedAt).ToListAsync(ct);
        var people = await data.NamesAsync(caller.OrganizationId, [.. members.Select(m => m.UserId)], ct);
        return new PublisherDetail(
            item, IsOwn: true, [.. members.Select(m => new PublisherPerson(m.UserId, people.GetValueOrDefault(m.UserId), m.Role, m.AddedAt))],
            await db.PublisherProofs.AsNoTracking().FirstOrDefaultAsync(p => p.PublisherId == publisher.Id, ct));
    }

    /// <summary>Takes a name; whoever takes it is its first owner.</summary>
    public async Task<PublisherDetail> CreateAsync(Caller caller, PublisherDefinition request, CancellationToken ct)
    {
        caller.Demand(Permissions.PluginsPublish);
        var name = request.Name?.Trim();
        var errors = new FieldErrors();
        if (NameRules.Fault(name) is { } fault)
        {
            errors.Add("name", fault);
        }

        Check(errors, request.DisplayName ?? name, request.Description, request.Website);
        errors.ThrowIfAny("publisher.invalid", "The publisher cannot be made like this.");
        if (NameRules.Clash(name!, await names.PublishersAsync(ct)) is { } clash)
        {
            throw RegistryErrors.NameTaken(clash);
        }

        await using var db = await data.OpenAsync(caller, ct);
        if (await db.Publishers.CountAsync(p => p.OrganizationId == caller.OrganizationId, ct) >= MaxPublishers)
        {
            throw RegistryErrors.TooManyPublishers(MaxPublishers);
        }

        var publisher = new Publisher
        {
            Id = Guid.CreateVersion7(), OrganizationId = caller.OrganizationId, Name = name!, Skeleton = NameLikeness.Skeleton(name!), DisplayName = Text(request.DisplayName) ?? name!,
            Description = Text(request.Description), Website = Text(request.Website), CreatedAt = time.GetUtcNow(), CreatedBy = caller.Name,
        };
        db.Publishers.Add(publisher);
        if (caller.PersonId is { } person)
        {
            db.PublisherMembers.Add(new PublisherMember
            {
                PublisherId = publisher.Id, OrganizationId = caller.OrganizationId, UserId = person, Role = PublisherRole.Owner, AddedAt = publisher.CreatedAt,
            });
        }

        db.Record(caller, "publisher.created", Kind, publisher.Id, new { publisher.Name, publisher.DisplayName });
        try
        {
            await db.SaveChangesAsync(ct);
        }
        catch (DbUpdateException e) when (e.IsRace())
        {
            throw RegistryErrors.NameTaken($"'{name}' was taken at this moment.");
        }

        return await GetAsync(caller, publisher.Name, ct);
    }

    /// <summary>Changes what is given.</summary>
    /// <param name="caller">Who acts.</param>
    /// <param name="name">The publisher.</param>
    /// <param name="change">What to change.</param>
    /// <param name="expectedRevision">The revision the caller has read; null to change whatever is there.</param>
    /// <param name="ct">Ends the work.</param>
    public async Task<PublisherDetail> UpdateAsync(Caller caller, string name, PublisherDefinition change, int? expectedRevision, CancellationToken ct)
    {
        caller.Demand(Permissions.PluginsPublish);
        await using var db = await data.OpenAsync(caller, ct);
        var publisher = await db.RequirePublisherAsync(caller, name, PublisherRole.Owner, ct);
        if (expectedRevision is { } expected && expected != publisher.Revision)
        {
            throw RegistryErrors.PublisherChanged();
        }

        var errors = new FieldErrors().AddIf(change.Name is not null && change.Name != name, "name", "A publisher's name never changes: it is part of the keys of its plugins.");
        Check(errors, change.DisplayName ?? publisher.DisplayName, change.Description ?? publisher.Description, change.Website ?? publisher.Website);
        errors.ThrowIfAny("publisher.invalid", "The publisher cannot be changed like this.");
        var before = new { publisher.DisplayName, publisher.Description, publisher.Website };
        publisher.DisplayName = Text(change.DisplayName) ?? publisher.DisplayName;
        publisher.Description = change.Description is null ? publisher.Description : Text(change.Description);
        publisher.Website = change.Website is null ? publisher.Website : Text(change.Website);
        publisher.Revision++;
        db.Record(caller, "publisher.updated", Kind, publisher.Id, new { name, before, after = new { publisher.DisplayName, publisher.Description, publisher.Website } });
        await SaveAsync(db, ct);
        return await GetAsync(caller, name, ct);
    }

    /// <summary>Gives a name back that nothing was ever published under.</summary>
    public async Task DeleteAsync(Caller caller, string name, CancellationToken ct)
    {
        caller.Demand(Permissions.PluginsPublish);
        await using var db = await data.OpenAsync(caller, ct);
        var publisher = await db.RequirePublisherAsync(caller, name, PublisherRole.Owner, ct);
        if (await db.Plugins.AnyAsync(p => p.PublisherId == publisher.Id, ct))
        {
            throw RegistryErrors.HasPlugins(name);
        }

        db.PublisherMembers.RemoveRange(await db.PublisherMembers.Where(m => m.PublisherId == publisher.Id).ToListAsync(ct));
        db.PublisherProofs.RemoveRange(await db.PublisherProofs.Where(p => p.PublisherId == publisher.Id).ToListAsync(ct));
        db.Publishers.Remove(publisher);
        db.Record(caller, "publisher.deleted", Kind, publisher.Id, new { name });
        await SaveAsync(db, ct);
    }

    internal static async Task SaveAsync(LoopaiDbContext db, CancellationToken ct)
    {
        try
        {
            await db.SaveChangesAsync(ct);
        }
        catch (DbUpdateConcurrencyException)
        {
            throw RegistryErrors.PublisherChanged();
        }
    }

    private static void Check(FieldErrors errors, string? displayName, string? description, string? website) => errors
        .AddIf(
            string.IsNullOrWhiteSpace(displayName) || displayName.Trim().Length > Publisher.MaxDisplayNameLength, "displayName",
            $"Give the publisher a name to be shown, of at most {Publisher.MaxDisplayNameLength} characters.")
        .AddIf(description?.Trim().Length > Publisher.MaxDescriptionLength, "description", $"A description has at most {Publisher.MaxDescriptionLength} characters.")
        .AddIf(
            !string.IsNullOrWhiteSpace(website) && (website.Trim().Length > Publisher.MaxUrlLength || !Uri.TryCreate(website.Trim(), UriKind.Absolute, out var uri)
                || uri.Scheme != Uri.UriSchemeHttps || uri.UserInfo.Length > 0),
            "website", $"Give a whole https:// address of at most {Publisher.MaxUrlLength} characters.");

    private static string? Text(string? text) => string.IsNullOrWhiteSpace(text) ? null : text.Trim();
}
