using System.Security.Cryptography;
using Loopai.Core.Access;
using Loopai.Core.Audit;
using Loopai.Core.Data;
using Loopai.Core.Errors;
using Microsoft.EntityFrameworkCore;

namespace Loopai.Core.Identity.SignOn;

/// <summary>Asks the world's DNS for TXT records.</summary>
public interface IDnsTxtResolver
{
    /// <summary>The texts at a name; none where the name or the record does not exist.</summary>
    /// <exception cref="UnavailableException">No resolver gave an answer that can be used.</exception>
    Task<IReadOnlyList<string>> TxtAsync(string name, CancellationToken ct);
}

/// <summary>Domains that an organization proves to be its own: only their addresses are signed in by its providers.</summary>
public sealed class DomainService(LoopaiData data, IDnsTxtResolver dns, TimeProvider time)
{
    private const int MaxDomains = 100;

    /// <summary>A record may be missing for a while, when a zone is moved, before the domain is lost.</summary>
    private const int ChecksUntilLost = 3;

    private static readonly TimeSpan CheckedEvery = TimeSpan.FromHours(24);

    public async Task<IReadOnlyList<VerifiedDomain>> ListAsync(Caller caller, CancellationToken ct)
    {
        caller.Demand(Permissions.SignOnManage);
        await using var db = await data.OpenAsync(caller, ct);
        return await db.VerifiedDomains.AsNoTracking().OrderBy(d => d.Domain).ToListAsync(ct);
    }

    /// <summary>Claims a domain, which counts once its record is found. Claiming it twice answers the first claim.</summary>
    public async Task<VerifiedDomain> AddAsync(Caller caller, string? name, CancellationToken ct)
    {
        caller.Demand(Permissions.SignOnManage);
        var domain = EmailDomain.Normalize(name)
            ?? throw new InvalidException("sign_on.domain_invalid", "domain", "Give a domain as it stands behind the @ of your addresses, such as acme.com.");
        await using var db = await data.OpenAsync(caller, ct);
        if (await db.VerifiedDomains.FirstOrDefaultAsync(d => d.Domain == domain, ct) is { } existing)
        {
            return existing;
        }

        if (await db.VerifiedDomains.CountAsync(ct) >= MaxDomains)
        {
            throw new LimitExceededException("sign_on.too_many_domains", $"An organization has at most {MaxDomains} domains.");
        }

        var claimed = new VerifiedDomain
        {
            Id = Guid.CreateVersion7(), OrganizationId = caller.OrganizationId, Domain = domain, CreatedAt = time.GetUtcNow(),
            Token = Convert.ToHexStringLower(RandomNumberGenerator.GetBytes(20)),
        };
        db.VerifiedDomains.Add(claimed);
        db.Record(caller, "sign_on.domain_added", "domain", claimed.Id, new { domain });
        await db.SaveChangesAsync(ct);
        return claimed;
    }

    /// <summary>Looks for the record now.</summary>
    /// <exception cref="ConflictException">Another organization has the domain.</exception>
    public async Task<VerifiedDomain> VerifyAsync(Caller caller, Guid id, CancellationToken ct)
    {
        caller.Demand(Permissions.SignOnManage);
        await using var db = await data.OpenAsync(caller, ct);
        var domain = await db.VerifiedDomains.FirstOrDefaultAsync(d => d.Id == id, ct) ?? throw SignOnErrors.DomainNotFound(id);
        await CheckAsync(db, caller, domain, ct);
        return domain;
    }

    public async Task RemoveAsync(Caller caller, Guid id, CancellationToken ct)
    {
        caller.Demand(Permissions.SignOnManage);
        await using var db = await data.OpenAsync(caller, ct);
        var domain = await db.VerifiedDomains.FirstOrDefaultAsync(d => d.Id == id, ct) ?? throw SignOnErrors.DomainNotFound(id);
        db.VerifiedDomains.Remove(domain);
        db.Record(caller, "sign_on.domain_removed", "domain", id, new { domain.Domain, domain.VerifiedAt });
        await db.SaveChangesAsync(ct);
    }

    /// <summary>Looks again at every domain whose turn it is; how many. Of several portals, one gets each.</summary>
    public async Task<int> CheckDueAsync(CancellationToken ct)
    {
        var before = time.GetUtcNow() - CheckedEvery;
        List<(Guid Id, Guid OrganizationId)> due;
        await using (var all = await data.OpenAsync(Caller.Installation, ct))
        {
            due = [.. (await all.VerifiedDomains.Where(d => d.CheckedAt == null || d.CheckedAt < before).OrderBy(d => d.CheckedAt).Take(100)
                .Select(d => new { d.Id, d.OrganizationId }).ToListAsync(ct)).Select(d => (d.Id, d.OrganizationId))];
        }

        foreach (var (id, organizationId) in due)
        {
            var caller = Caller.System(organizationId);
            await using var db = await data.OpenAsync(caller, ct);
            var now = time.GetUtcNow();
            if (await db.VerifiedDomains.Where(d => d.Id == id && (d.CheckedAt == null || d.CheckedAt < before))
                .ExecuteUpdateAsync(set => set.SetProperty(d => d.CheckedAt, now), ct) == 1)
            {
                await CheckQuietlyAsync(db, caller, await db.VerifiedDomains.SingleAsync(d => d.Id == id, ct), ct);
            }
        }

        return due.Count;
    }

    private async Task CheckQuietlyAsync(LoopaiDbContext db, Caller caller, VerifiedDomain domain, CancellationToken ct)
    {
        try
        {
            await CheckAsync(db, caller, domain, ct);
        }
        catch (LoopaiException)
        {
            // Kept with the domain, where the page shows it; the next day is another try.
        }
    }

    private async Task CheckAsync(LoopaiDbContext db, Caller caller, VerifiedDomain domain, CancellationToken ct)
    {
        var (was, now) = (domain.VerifiedAt, time.GetUtcNow());
        domain.CheckedAt = now;
        bool found;
        try
        {
            found = (await dns.TxtAsync(domain.Domain, ct)).Concat(await dns.TxtAsync($"_loopai.{domain.Domain}", ct))
                .Any(text => text.Trim() == domain.Record);
        }
        catch (UnavailableException e)
        {
            // That DNS is away says nothing about the domain.
            domain.LastFailure = e.Message;
            await db.SaveChangesAsync(ct);
            throw;
        }

        domain.FailedChecks = found ? 0 : domain.FailedChecks + 1;
        domain.LastFailure = found ? null : $"No TXT record '{domain.Record}' at {domain.Domain} or _loopai.{domain.Domain}. A new record may take some hours to be seen.";
        domain.VerifiedAt = found ? domain.VerifiedAt ?? now : domain.FailedChecks >= ChecksUntilLost ? null : domain.VerifiedAt;
        if (was is null != domain.VerifiedAt is null)
        {
            db.Record(caller, domain.VerifiedAt is null ? "sign_on.domain_lost" : "sign_on.domain_verified", "domain", domain.Id, new { domain.Domain });
        }

        try
        {
            await db.SaveChangesAsync(ct);
        }
        catch (DbUpdateException e) when (e.IsRace() && was is null && found)
        {
            throw SignOnErrors.DomainTaken(domain.Domain);
        }
    }
}
