using System.Security.Cryptography;
using Loopai.Core.Access;
using Loopai.Core.Data;
using Microsoft.AspNetCore.DataProtection;
using Microsoft.EntityFrameworkCore;

namespace Loopai.Core.Idempotency;

/// <summary>
/// Lets a request that carried an <c>Idempotency-Key</c> take effect once, on whichever instance its retries arrive. The row's primary key
/// decides who is first. Who is first holds a lease and renews it while at work, so that a portal that died does not block its callers.
/// </summary>
public sealed class IdempotencyService(LoopaiData data, IDataProtectionProvider protection, TimeProvider time)
{
    public const int MaxKeyLength = 200;

    /// <summary>A larger answer is not kept; a retry is told that the request took effect.</summary>
    public const int MaxAnswerBytes = 8 * 1024 * 1024;

    public static readonly TimeSpan KeptFor = TimeSpan.FromHours(24);

    /// <summary>How long a request that shows no sign of life counts as being at work.</summary>
    public static readonly TimeSpan Lease = TimeSpan.FromSeconds(30);

    private const int Attempts = 5;

    /// <summary>An answer may hold the text of a new API key, which stands nowhere else in the database.</summary>
    private readonly IDataProtector _protector = protection.CreateProtector("Loopai.Idempotency");

    /// <summary>Starts a request, or says what became of the one that had this key before.</summary>
    /// <param name="caller">Who asks.</param>
    /// <param name="scope">Caller, method and path.</param>
    /// <param name="key">The caller's key.</param>
    /// <param name="fingerprint">SHA-256 of what is asked.</param>
    /// <param name="ct">Ends the work.</param>
    public async Task<IdempotencyStart> BeginAsync(Caller caller, string scope, string key, byte[] fingerprint, CancellationToken ct)
    {
        await using var db = await data.OpenAsync(caller, ct);
        for (var attempt = 0; attempt < Attempts; attempt++)
        {
            var claim = new IdempotencyClaim(scope, key) { LeasedUntil = InWholeMilliseconds(time.GetUtcNow() + Lease) };
            var known = await db.IdempotentRequests.AsNoTracking().FirstOrDefaultAsync(r => r.Scope == scope && r.Key == key, ct);
            if (known is null)
            {
                if (await TryInsertAsync(db, caller, claim, fingerprint, ct))
                {
                    return new IdempotencyStart(IdempotencyState.Started, claim, null);
                }
            }
            else if (known.ExpiresAt <= time.GetUtcNow())
            {
                if (await TryTakeOverAsync(db, known, claim, fingerprint, ct))
                {
                    return new IdempotencyStart(IdempotencyState.Started, claim, null);
                }
            }
            else
            {
                return Describe(known, fingerprint);
            }
        }

        return new IdempotencyStart(IdempotencyState.InFlight, null, null);
    }

    /// <summary>Shows that the request is still at work. False when another has taken its place.</summary>
    public async Task<bool> RenewAsync(Caller caller, IdempotencyClaim claim, CancellationToken ct)
    {
        await using var db = await data.OpenAsync(caller, ct);
        var until = InWholeMilliseconds(time.GetUtcNow() + Lease);
        var renewed = await Held(db, claim).ExecuteUpdateAsync(set => set.SetProperty(r => r.ExpiresAt, until), ct) == 1;
        claim.LeasedUntil = renewed ? until : claim.LeasedUntil;
        return renewed;
    }

    /// <summary>Keeps the answer for retries.</summary>
    public async Task CompleteAsync(Caller caller, IdempotencyClaim claim, IdempotentAnswer answer, CancellationToken ct)
    {
        await using var db = await data.OpenAsync(caller, ct);
        var until = InWholeMilliseconds(time.GetUtcNow() + KeptFor);
        var body = answer.Body is { Length: <= MaxAnswerBytes } bytes ? _protector.Protect(bytes) : null;
        await Held(db, claim).ExecuteUpdateAsync(
            set => set
                .SetProperty(r => r.StatusCode, answer.StatusCode)
                .SetProperty(r => r.ContentType, answer.ContentType)
                .SetProperty(r => r.Location, answer.Location)
                .SetProperty(r => r.EntityTag, answer.EntityTag)
                .SetProperty(r => r.Body, body)
                .SetProperty(r => r.ExpiresAt, until),
            ct);
    }

    /// <summary>Gives the key free: the request took no effect, and a retry is a first try.</summary>
    public async Task ReleaseAsync(Caller caller, IdempotencyClaim claim, CancellationToken ct)
    {
        await using var db = await data.OpenAsync(caller, ct);
        await Held(db, claim).ExecuteDeleteAsync(ct);
    }

    private static IQueryable<IdempotentRequest> Held(LoopaiDbContext db, IdempotencyClaim claim) => db.IdempotentRequests.Where(
        r => r.Scope == claim.Scope && r.Key == claim.Key && r.StatusCode == null && r.ExpiresAt == claim.LeasedUntil);

    private async Task<bool> TryInsertAsync(LoopaiDbContext db, Caller caller, IdempotencyClaim claim, byte[] fingerprint, CancellationToken ct)
    {
        db.IdempotentRequests.Add(new IdempotentRequest
        {
            OrganizationId = caller.OrganizationId,
            Scope = claim.Scope,
            Key = claim.Key,
            Fingerprint = fingerprint,
            CreatedAt = time.GetUtcNow(),
            ExpiresAt = claim.LeasedUntil,
        });
        try
        {
            await db.SaveChangesAsync(ct);
            return true;
        }
        catch (DbUpdateException e) when (e.IsRace())
        {
            db.ChangeTracker.Clear();
            return false;
        }
    }

    private static async Task<bool> TryTakeOverAsync(
        LoopaiDbContext db, IdempotentRequest lapsed, IdempotencyClaim claim, byte[] fingerprint, CancellationToken ct) =>
        await db.IdempotentRequests
            .Where(r => r.Scope == claim.Scope && r.Key == claim.Key && r.ExpiresAt == lapsed.ExpiresAt)
            .ExecuteUpdateAsync(
                set => set
                    .SetProperty(r => r.Fingerprint, fingerprint)
                    .SetProperty(r => r.StatusCode, (int?)null)
                    .SetProperty(r => r.Body, (byte[]?)null)
                    .SetProperty(r => r.ExpiresAt, claim.LeasedUntil),
                ct) == 1;

    private IdempotencyStart Describe(IdempotentRequest known, byte[] fingerprint)
    {
        if (!known.Fingerprint.AsSpan().SequenceEqual(fingerprint))
        {
            return new IdempotencyStart(IdempotencyState.OtherRequest, null, null);
        }

        if (known.StatusCode is not { } status)
        {
            return new IdempotencyStart(IdempotencyState.InFlight, null, null);
        }

        try
        {
            var body = known.Body is null ? null : _protector.Unprotect(known.Body);
            return new IdempotencyStart(
                body is null ? IdempotencyState.AnswerNotKept : IdempotencyState.Answered,
                null,
                new IdempotentAnswer(status, known.ContentType, known.Location, known.EntityTag, body));
        }
        catch (CryptographicException)
        {
            // Its data protection key is gone; that the request took effect is still known.
            return new IdempotencyStart(IdempotencyState.AnswerNotKept, null, null);
        }
    }

    /// <summary>The lease is compared for equality, and databases keep less of a second than .NET does.</summary>
    private static DateTimeOffset InWholeMilliseconds(DateTimeOffset at) => DateTimeOffset.FromUnixTimeMilliseconds(at.ToUnixTimeMilliseconds());
}

/// <summary>What became of a key.</summary>
public enum IdempotencyState
{
    /// <summary>It is new: the request is to be carried out.</summary>
    Started,

    /// <summary>The same request is at work now.</summary>
    InFlight,

    /// <summary>The same request was answered.</summary>
    Answered,

    /// <summary>The same request was carried out, and its answer was too large to keep.</summary>
    AnswerNotKept,

    /// <summary>Another request used this key.</summary>
    OtherRequest,
}

/// <param name="State">What became of the key.</param>
/// <param name="Claim">The right to carry the request out; only where it was started.</param>
/// <param name="Answer">The first answer; only where there is one.</param>
public sealed record IdempotencyStart(IdempotencyState State, IdempotencyClaim? Claim, IdempotentAnswer? Answer);

/// <summary>The right to carry a request out.</summary>
public sealed class IdempotencyClaim(string scope, string key)
{
    public string Scope => scope;

    public string Key => key;

    internal DateTimeOffset LeasedUntil { get; set; }
}

/// <param name="StatusCode">Its status.</param>
/// <param name="ContentType">Its type; null without a body.</param>
/// <param name="Location">Where what it made is found.</param>
/// <param name="EntityTag">Its entity tag, by which what it made can be changed with <c>If-Match</c>; null where it has none.</param>
/// <param name="Body">Its bytes; null when they were not kept.</param>
public sealed record IdempotentAnswer(int StatusCode, string? ContentType, string? Location, string? EntityTag, byte[]? Body);
