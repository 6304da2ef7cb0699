using Loopai.Core.Access;
using Loopai.Core.Data;
using Microsoft.EntityFrameworkCore;

namespace Loopai.Core.Identity.SignOn;

/// <summary>From the address that somebody types to the connections of the organization whose domain it is.</summary>
public sealed class SignOnDetection(LoopaiData data)
{
    /// <summary>
    /// The enabled connections that sign in addresses of this domain. It does not matter whether the person has an account: that is nobody's business.
    /// </summary>
    public async Task<IReadOnlyList<DetectedConnection>> ForEmailAsync(string? email, CancellationToken ct)
    {
        if (EmailDomain.Of(email) is not { } domain)
        {
            return [];
        }

        await using var db = await data.OpenAsync(Caller.Installation, ct);
        return await db.SignOnConnections.AsNoTracking()
            .Where(c => c.Enabled && db.VerifiedDomains.Any(d => d.OrganizationId == c.OrganizationId && d.Domain == domain && d.VerifiedAt != null))
            .OrderBy(c => c.CreatedAt)
            .Select(c => new DetectedConnection(c.Id, c.Kind, c.Name))
            .ToListAsync(ct);
    }

    /// <summary>The ways into one organization, for a member who has to take one of them.</summary>
    public async Task<IReadOnlyList<DetectedConnection>> OfOrganizationAsync(Guid organizationId, CancellationToken ct)
    {
        await using var db = await data.OpenAsync(Caller.System(organizationId), ct);
        return await db.SignOnConnections.AsNoTracking().Where(c => c.Enabled).OrderBy(c => c.CreatedAt)
            .Select(c => new DetectedConnection(c.Id, c.Kind, c.Name)).ToListAsync(ct);
    }
}

/// <param name="Id">The connection.</param>
/// <param name="Kind">How it is spoken to.</param>
/// <param name="Name">What people read.</param>
public sealed record DetectedConnection(Guid Id, SignOnKind Kind, string Name);
