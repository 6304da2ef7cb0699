using System.Security.Cryptography;
using Loopai.Core.Access;
using Loopai.Core.Data;
using Loopai.Core.Identity.Sessions;
using Microsoft.AspNetCore.DataProtection;
using Microsoft.EntityFrameworkCore;

namespace Loopai.Core.Identity.SecondFactors;

/// <summary>A person's authenticator app and recovery codes.</summary>
public sealed class AuthenticatorService(
    LoopaiData data, IDataProtectionProvider protection, ConfirmationService confirmations, AuthenticationLog log, TimeProvider time)
{
    private IDataProtector Protector => protection.CreateProtector("Loopai.Identity.Authenticator");

    /// <summary>Whether the person is asked for a code, and how many recovery codes are left.</summary>
    public async Task<AuthenticatorState> StateAsync(Guid userId, CancellationToken ct)
    {
        await using var db = await data.OpenAsync(Caller.Installation, ct);
        var since = await db.Authenticators.Where(a => a.UserId == userId).Select(a => a.ConfirmedAt).FirstOrDefaultAsync(ct);
        return new AuthenticatorState(since, since is null ? 0 : await db.RecoveryCodes.CountAsync(c => c.UserId == userId && c.UsedAt == null, ct));
    }

    /// <summary>Makes a secret to be scanned. Nothing is asked for until a code of it was right; beginning again makes another.</summary>
    public async Task<AuthenticatorSetup> BeginAsync(AccountCaller caller, CancellationToken ct)
    {
        await confirmations.DemandAsync(caller, ct);
        await using var db = await data.OpenAsync(Caller.Installation, ct);
        var user = await db.Users.FirstOrDefaultAsync(u => u.Id == caller.UserId, ct) ?? throw IdentityErrors.AccountNotFound();
        var authenticator = await db.Authenticators.FirstOrDefaultAsync(a => a.UserId == caller.UserId, ct);
        if (authenticator?.ConfirmedAt is not null)
        {
            throw IdentityErrors.AuthenticatorIsOn();
        }

        var secret = Totp.NewSecret();
        if (authenticator is null)
        {
            db.Authenticators.Add(authenticator = new Authenticator { UserId = caller.UserId, ProtectedSecret = "" });
        }

        authenticator.ProtectedSecret = Convert.ToBase64String(Protector.Protect(secret));
        await db.SaveChangesAsync(ct);
        return new AuthenticatorSetup(Base32.Encode(secret), Totp.Uri(secret, user.Email ?? user.DisplayName));
    }

    /// <summary>Turns it on with its first code. The answer holds the recovery codes, which nobody can show again.</summary>
    /// <exception cref="Errors.InvalidException">The code is wrong.</exception>
    public async Task<IReadOnlyList<string>> ConfirmAsync(AccountCaller caller, string code, CancellationToken ct)
    {
        await confirmations.DemandAsync(caller, ct);
        await using var db = await data.OpenAsync(Caller.Installation, ct);
        var authenticator = await db.Authenticators.FirstOrDefaultAsync(a => a.UserId == caller.UserId, ct) ?? throw IdentityErrors.AuthenticatorNotBegun();
        if (authenticator.ConfirmedAt is not null)
        {
            throw IdentityErrors.AuthenticatorIsOn();
        }

        authenticator.LastStep = Match(authenticator, code) ?? throw IdentityErrors.WrongCode();
        authenticator.ConfirmedAt = time.GetUtcNow();
        var codes = await ReplaceCodesAsync(db, caller.UserId, ct);
        await confirmations.MarkAsync(caller, secondFactor: true, ct);
        await log.RecordAsync(caller, "second_factor.added", new { kind = "authenticator" }, ct);
        return codes;
    }

    /// <summary>Turns it off, and the recovery codes with it.</summary>
    public async Task RemoveAsync(AccountCaller caller, CancellationToken ct)
    {
        await confirmations.DemandAsync(caller, ct);
        await using var db = await data.OpenAsync(Caller.Installation, ct);
        if (await db.Authenticators.Where(a => a.UserId == caller.UserId).ExecuteDeleteAsync(ct) > 0)
        {
            await db.RecoveryCodes.Where(c => c.UserId == caller.UserId).ExecuteDeleteAsync(ct);
            await log.RecordAsync(caller, "second_factor.removed", new { kind = "authenticator" }, ct);
        }
    }

    /// <summary>New recovery codes; the old ones end.</summary>
    public async Task<IReadOnlyList<string>> RenewCodesAsync(AccountCaller caller, CancellationToken ct)
    {
        await confirmations.DemandAsync(caller, ct);
        await using var db = await data.OpenAsync(Caller.Installation, ct);
        if (!await db.Authenticators.AnyAsync(a => a.UserId == caller.UserId && a.ConfirmedAt != null, ct))
        {
            throw IdentityErrors.AuthenticatorNotBegun();
        }

        var codes = await ReplaceCodesAsync(db, caller.UserId, ct);
        await log.RecordAsync(caller, "second_factor.codes_renewed", null, ct);
        return codes;
    }

    /// <summary>Takes a code of the app, or a recovery code. Either counts once, on whichever instance it comes first.</summary>
    internal async Task<CodeKind?> TakeAsync(Guid userId, string code, CancellationToken ct)
    {
        await using var db = await data.OpenAsync(Caller.Installation, ct);
        var now = time.GetUtcNow();
        if (RecoveryCodes.LooksLikeOne(code))
        {
            var hash = RecoveryCodes.Hash(userId, code);
            return await db.RecoveryCodes.Where(c => c.UserId == userId && c.Hash == hash && c.UsedAt == null)
                .ExecuteUpdateAsync(set => set.SetProperty(c => c.UsedAt, now), ct) == 1 ? CodeKind.Recovery : null;
        }

        var authenticator = await db.Authenticators.AsNoTracking().FirstOrDefaultAsync(a => a.UserId == userId && a.ConfirmedAt != null, ct);
        return authenticator is not null && Match(authenticator, code) is { } step
            && await db.Authenticators.Where(a => a.UserId == userId && a.LastStep < step)
                .ExecuteUpdateAsync(set => set.SetProperty(a => a.LastStep, step), ct) == 1 ? CodeKind.App : null;
    }

    private long? Match(Authenticator authenticator, string code)
    {
        var secret = Protector.Unprotect(Convert.FromBase64String(authenticator.ProtectedSecret));
        try
        {
            return Totp.Match(secret, code.Replace(" ", "", StringComparison.Ordinal), time.GetUtcNow(), authenticator.LastStep);
        }
        finally
        {
            CryptographicOperations.ZeroMemory(secret);
        }
    }

    private static async Task<IReadOnlyList<string>> ReplaceCodesAsync(LoopaiDbContext db, Guid userId, CancellationToken ct)
    {
        string[] codes = [.. Enumerable.Range(0, RecoveryCodes.Count).Select(_ => RecoveryCodes.Create())];
        db.RecoveryCodes.RemoveRange(await db.RecoveryCodes.Where(c => c.UserId == userId).ToListAsync(ct));
        db.RecoveryCodes.AddRange(codes.Select(code => new RecoveryCode { UserId = userId, Hash = RecoveryCodes.Hash(userId, code) }));
        await db.SaveChangesAsync(ct);
        return codes;
    }
}

/// <param name="Since">When it was set up; null when it is not.</param>
/// <param name="CodesLeft">Recovery codes that were not used.</param>
public sealed record AuthenticatorState(DateTimeOffset? Since, int CodesLeft);

/// <param name="Key">The secret, to be typed where nothing can be scanned.</param>
/// <param name="Uri">The same for the QR code.</param>
public sealed record AuthenticatorSetup(string Key, string Uri);

/// <summary>Which kind of code was right.</summary>
public enum CodeKind
{
    App,
    Recovery,
}
