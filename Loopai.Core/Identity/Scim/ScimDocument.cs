using System.Text.Json.Nodes;
using Loopai.Core.Data;
using Loopai.Core.Identity.Scim.Resources;
using Microsoft.EntityFrameworkCore;

namespace Loopai.Core.Identity.Scim;

/// <summary>Puts a resource's document into its row and takes it out again, and keeps the rows by which it is found.</summary>
internal static class ScimDocument
{
    /// <summary>The document with what is kept beside it: the directory's id, and for a person whether they get in.</summary>
    public static JsonObject Open(ScimResource resource, bool? active = null)
    {
        var document = (JsonObject)JsonNode.Parse(resource.Document)!;
        if (resource.ExternalId is { } externalId)
        {
            document["externalId"] = externalId;
        }

        if (active is { } isActive)
        {
            document["active"] = isActive;
        }

        return document;
    }

    /// <summary>Keeps the document under a name; false when nothing of it changed.</summary>
    public static async Task<bool> StoreAsync(LoopaiDbContext db, ScimResource resource, JsonObject document, string name, DateTimeOffset now, CancellationToken ct)
    {
        var kept = (JsonObject)document.DeepClone();
        var externalId = (string?)kept["externalId"];
        kept.Remove("externalId");
        kept.Remove("active");
        kept.Remove("members");
        var text = kept.ToJsonString();
        var isNew = db.Entry(resource).State == EntityState.Added;
        if (!isNew && resource.Document == text && resource.ExternalId == externalId)
        {
            return false;
        }

        (resource.Document, resource.ExternalId, resource.Name, resource.NameKey) = (text, externalId, name, name.ToLowerInvariant());
        if (!isNew)
        {
            Touch(resource, now);
            db.ScimValues.RemoveRange(await db.ScimValues.Where(v => v.OrganizationId == resource.OrganizationId && v.ResourceId == resource.Id).ToListAsync(ct));
        }

        db.ScimValues.AddRange(ScimValues.Of(resource, kept));
        return true;
    }

    /// <summary>The resource has another version now.</summary>
    public static void Touch(ScimResource resource, DateTimeOffset now)
    {
        resource.Version++;
        resource.ChangedAt = now;
    }

    /// <summary>No directory provisions the member or team any more.</summary>
    public static async Task ForgetProvisionedAsync(this LoopaiDbContext db, Guid organizationId, Guid id, CancellationToken ct)
    {
        db.ScimValues.RemoveRange(await db.ScimValues.Where(v => v.OrganizationId == organizationId && v.ResourceId == id).ToListAsync(ct));
        db.ScimResources.RemoveRange(await db.ScimResources.Where(r => r.OrganizationId == organizationId && r.Id == id).ToListAsync(ct));
    }

    /// <summary>The resource as it is now; If-Match names the versions that the caller may have read.</summary>
    /// <exception cref="Errors.ChangedMeanwhileException">It has another version.</exception>
    public static void DemandVersion(string? ifMatch, string version)
    {
        if (ifMatch is not null && ifMatch.Trim() != "*" && !ifMatch.Split(',', StringSplitOptions.TrimEntries).Contains(version, StringComparer.Ordinal))
        {
            throw ScimErrors.Changed();
        }
    }

    /// <summary>The resource of the kind with this id in the organization.</summary>
    public static async Task<ScimResource> RequireProvisionedAsync(this LoopaiDbContext db, Guid organizationId, ScimKind kind, string id, CancellationToken ct) =>
        Guid.TryParse(id, out var known)
        && await db.ScimResources.FirstOrDefaultAsync(r => r.OrganizationId == organizationId && r.Kind == kind && r.Id == known, ct) is { } resource
            ? resource
            : throw ScimErrors.NotFound(kind.ToString(), id);

    /// <summary>Refuses a name that another resource of the kind has.</summary>
    public static async Task DemandFreeAsync(this LoopaiDbContext db, Guid organizationId, ScimKind kind, Guid? id, string name, CancellationToken ct)
    {
        var key = name.ToLowerInvariant();
        if (await db.ScimResources.AnyAsync(r => r.OrganizationId == organizationId && r.Kind == kind && r.NameKey == key && r.Id != id, ct))
        {
            throw ScimErrors.Taken(kind == ScimKind.User ? "userName" : "displayName", name);
        }
    }
}
