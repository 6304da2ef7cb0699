using System.Buffers.Text;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using Loopai.Core.Access;
using Loopai.Core.Data;
using Microsoft.EntityFrameworkCore;

namespace Loopai.Core.Identity.SignOn;

/// <summary>
/// Round trips to providers, kept in the database so that the answer may arrive at another instance. An attempt is bound to the browser that began it,
/// and is gone once it was taken: a replayed answer finds none.
/// </summary>
public sealed class SignOnAttempts(LoopaiData data, SignOnSecrets secrets, TimeProvider time)
{
    /// <summary>How long a person may take at the provider.</summary>
    public static readonly TimeSpan Lifetime = TimeSpan.FromMinutes(15);

    /// <summary>Begins a round trip.</summary>
    /// <param name="connection">Where to.</param>
    /// <param name="purpose">To come in, or to see what would happen.</param>
    /// <param name="returnPath">Where the person was going.</param>
    /// <param name="state">What the protocol wants to find again with the answer.</param>
    /// <param name="testRunId">The test that waits for it.</param>
    /// <param name="ct">Gives up.</param>
    public async Task<BegunAttempt> BeginAsync<TState>(
        SignOnConnection connection, SignOnPurpose purpose, string returnPath, TState state, Guid? testRunId, CancellationToken ct)
    {
        var (handle, browser) = (Random(), Random());
        var now = time.GetUtcNow();
        await using var db = await data.OpenAsync(Caller.System(connection.OrganizationId), ct);
        await db.SignOnAttempts.Where(a => a.ExpiresAt < now).ExecuteDeleteAsync(ct);
        db.SignOnAttempts.Add(new SignOnAttempt
        {
            Id = Guid.CreateVersion7(),
            OrganizationId = connection.OrganizationId,
            ConnectionId = connection.Id,
            HandleHash = Hash(handle),
            BrowserHash = Hash(browser),
            Purpose = purpose,
            ReturnPath = returnPath.Length <= 2000 ? returnPath : "/",
            TestRunId = testRunId,
            State = secrets.Protect(connection.OrganizationId, JsonSerializer.Serialize(state)),
            ExpiresAt = now + Lifetime,
        });
        await db.SaveChangesAsync(ct);
        return new BegunAttempt(handle, browser);
    }

    /// <summary>
    /// The attempt that an answer belongs to, which with this is used up. Null when there is none, it is too old, belongs to another connection, or another
    /// browser began it; what another browser brings does not use it up.
    /// </summary>
    public async Task<TakenAttempt<TState>?> TakeAsync<TState>(SignOnConnection connection, string? handle, string? browser, CancellationToken ct)
    {
        if (string.IsNullOrEmpty(handle) || string.IsNullOrEmpty(browser))
        {
            return null;
        }

        var (handleHash, browserHash, now) = (Hash(handle), Hash(browser), time.GetUtcNow());
        await using var db = await data.OpenAsync(Caller.System(connection.OrganizationId), ct);
        var attempt = await db.SignOnAttempts.AsNoTracking()
            .FirstOrDefaultAsync(a => a.HandleHash == handleHash && a.ConnectionId == connection.Id && a.ExpiresAt >= now, ct);
        if (attempt is null
            || !CryptographicOperations.FixedTimeEquals(attempt.BrowserHash, browserHash)
            || await db.SignOnAttempts.Where(a => a.Id == attempt.Id).ExecuteDeleteAsync(ct) == 0
            || secrets.Unprotect(connection.OrganizationId, attempt.State) is not { } state)
        {
            return null;
        }

        return new TakenAttempt<TState>(attempt.Purpose, attempt.ReturnPath, attempt.TestRunId, JsonSerializer.Deserialize<TState>(state)!);
    }

    /// <summary>Takes a token by its name; false when it was taken before, on whichever instance.</summary>
    public async Task<bool> TryUseTokenAsync(SignOnConnection connection, string name, DateTimeOffset expiresAt, CancellationToken ct)
    {
        var now = time.GetUtcNow();
        await using var db = await data.OpenAsync(Caller.System(connection.OrganizationId), ct);
        await db.SignOnUsedTokens.Where(t => t.ExpiresAt < now).ExecuteDeleteAsync(ct);
        db.SignOnUsedTokens.Add(new UsedToken
        {
            OrganizationId = connection.OrganizationId, ConnectionId = connection.Id, Hash = Hash(name), ExpiresAt = expiresAt.ToUniversalTime(),
        });
        try
        {
            await db.SaveChangesAsync(ct);
            return true;
        }
        catch (DbUpdateException e) when (e.IsRace())
        {
            return false;
        }
    }

    private static string Random() => Base64Url.EncodeToString(RandomNumberGenerator.GetBytes(32));

    private static byte[] Hash(string text) => SHA256.HashData(Encoding.UTF8.GetBytes(text));
}

/// <param name="Handle">Goes to the provider and comes back with its answer.</param>
/// <param name="Browser">Stays in a cookie of the browser.</param>
public sealed record BegunAttempt(string Handle, string Browser);

/// <summary>What the answer has to fit to.</summary>
public sealed record TakenAttempt<TState>(SignOnPurpose Purpose, string ReturnPath, Guid? TestRunId, TState State);
