using Loopai.Core.Audit;
using Loopai.Core.Data;
using Loopai.Core.Errors;
using Loopai.Core.Organizations;
using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Storage;

namespace Loopai.Core.Access;

/// <summary>
/// A change of who may do what, in a transaction of its own. Changes of one organization take turns, so that two that are right each by itself, such as
/// two owners who remove each other, cannot be wrong together; and none is committed that would leave the organization without an owner.
/// </summary>
internal sealed class AccessChange : IAsyncDisposable
{
    private readonly IDbContextTransaction _transaction;

    private readonly bool _wasOwned;

    private AccessChange(LoopaiDbContext db, IDbContextTransaction transaction, Guid organizationId, bool wasOwned)
    {
        Db = db;
        OrganizationId = organizationId;
        _transaction = transaction;
        _wasOwned = wasOwned;
    }

    public LoopaiDbContext Db { get; }

    public Guid OrganizationId { get; }

    /// <summary>Opens the organization for a change, and waits for others that are under way.</summary>
    public static Task<AccessChange> BeginAsync(LoopaiData data, Caller caller, CancellationToken ct) => BeginAsync(data, caller, caller.OrganizationId, ct);

    /// <summary>As <see cref="BeginAsync(LoopaiData, Caller, CancellationToken)"/>, where accounts change too. Nothing narrows the queries to the organization then.</summary>
    public static Task<AccessChange> BeginWithAccountsAsync(LoopaiData data, Caller caller, CancellationToken ct) =>
        BeginAsync(data, Caller.Installation, caller.OrganizationId, ct);

    private static async Task<AccessChange> BeginAsync(LoopaiData data, Caller opener, Guid organizationId, CancellationToken ct)
    {
        var db = await data.OpenAsync(opener, ct);
        try
        {
            var transaction = await db.Database.BeginTransactionAsync(ct);

            // Writing the row locks it until the transaction ends.
            await db.Organizations.Where(o => o.Id == organizationId).ExecuteUpdateAsync(set => set.SetProperty(o => o.Slug, o => o.Slug), ct);
            return new AccessChange(db, transaction, organizationId, await db.Owners(organizationId).AnyAsync(ct));
        }
        catch
        {
            await db.DisposeAsync();
            throw;
        }
    }

    /// <summary>Adds a grant, and puts that on record.</summary>
    public void Add(Caller caller, Grant grant)
    {
        Db.Grants.Add(grant);
        Db.Record(caller, "grant.created", "grant", grant.Id, Told(grant));
    }

    /// <summary>Takes a grant away, and puts that on record.</summary>
    public void Remove(Caller caller, Grant grant)
    {
        Db.Grants.Remove(grant);
        Db.Record(caller, "grant.deleted", "grant", grant.Id, Told(grant));
    }

    /// <exception cref="ConflictException">Nobody would own the organization.</exception>
    /// <exception cref="QuotaExceededException">There would be more members than its quota allows.</exception>
    public async Task CommitAsync(CancellationToken ct)
    {
        var grows = Db.ChangeTracker.Entries<Membership>().Any(m => m.State == EntityState.Added || (m.State == EntityState.Modified && m.Entity.Status == MembershipStatus.Active));
        await Db.SaveChangesAsync(ct);
        if (grows && await Db.Quotas.AsNoTracking().FirstOrDefaultAsync(q => q.OrganizationId == OrganizationId && q.ScopeId == OrganizationId, ct) is { Members: { } most }
            && await Db.Memberships.CountAsync(m => m.OrganizationId == OrganizationId && m.Status == MembershipStatus.Active, ct) > most)
        {
            throw new QuotaExceededException("members", "organization", most, null);
        }

        if (_wasOwned && !await Db.Owners(OrganizationId).AnyAsync(ct))
        {
            throw AccessErrors.LastOwner();
        }

        await _transaction.CommitAsync(ct);
    }

    private static object Told(Grant grant) => new { grant.UserId, grant.TeamId, role = grant.RoleId, grant.EnvironmentId, grant.TaskId, grant.Source };

    public async ValueTask DisposeAsync()
    {
        await _transaction.DisposeAsync();
        await Db.DisposeAsync();
    }
}
