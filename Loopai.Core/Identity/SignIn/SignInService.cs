using Loopai.Core.Identity.SecondFactors;
using Loopai.Core.Identity.Sessions;
using Microsoft.AspNetCore.Identity;

namespace Loopai.Core.Identity.SignIn;

/// <summary>Judges passwords and codes. Every try is counted, and what comes of it is recorded.</summary>
public sealed class SignInService(
    UserManager<User> users, IPasswordHasher<User> hasher, AuthenticatorService authenticators, SignInThrottle throttle, ConfirmationService confirmations,
    AuthenticationLog log)
{
    /// <summary>Judged where there is no account, so that the answer takes as long.</summary>
    private static string? _hashOfNobody;

    /// <summary>The first step of a local sign-in.</summary>
    public async Task<SignInOutcome> PasswordAsync(string email, string password, RequestOrigin origin, CancellationToken ct)
    {
        var subject = ThrottleSubject.Account(email);
        var attempt = await throttle.ReserveAsync(subject, origin, ct);
        if (attempt.Wait is { } wait)
        {
            return new SignInOutcome.Locked(wait);
        }

        var user = await users.FindByEmailAsync(email);
        if (user?.PasswordHash is null)
        {
            _hashOfNobody ??= hasher.HashPassword(new User { DisplayName = "", CreatedAt = default }, Guid.NewGuid().ToString());
            hasher.VerifyHashedPassword(new User { DisplayName = "", CreatedAt = default }, _hashOfNobody, password);
            return new SignInOutcome.Wrong();
        }

        if (!await users.CheckPasswordAsync(user, password))
        {
            return await RefuseAsync(user, "wrong_password", attempt, origin, ct);
        }

        await throttle.SucceededAsync(subject, origin, ct);
        return (await authenticators.StateAsync(user.Id, ct)).Since is not null
            ? new SignInOutcome.CodeNeeded(user)
            : await AcceptAsync(user, SignInMethod.Password, secondFactor: false, null, origin, ct);
    }

    /// <summary>The second step: a code of the app, or a recovery code.</summary>
    public async Task<SignInOutcome> CodeAsync(Guid userId, string code, RequestOrigin origin, CancellationToken ct)
    {
        var subject = ThrottleSubject.Code(userId);
        var attempt = await throttle.ReserveAsync(subject, origin, ct);
        if (attempt.Wait is { } wait)
        {
            return new SignInOutcome.Locked(wait);
        }

        if (await users.FindByIdAsync(userId.ToString()) is not { } user)
        {
            return new SignInOutcome.Wrong();
        }

        if (await authenticators.TakeAsync(userId, code, ct) is not { } kind)
        {
            return await RefuseAsync(user, "wrong_code", attempt, origin, ct);
        }

        await throttle.SucceededAsync(subject, origin, ct);
        return await AcceptAsync(user, SignInMethod.Password, secondFactor: true, kind == CodeKind.Recovery ? "recovery_code" : "authenticator", origin, ct);
    }

    /// <summary>A passkey was shown, whose proof the caller of this has checked. It stands for possession and for knowing its PIN, so no code is asked for.</summary>
    public Task<SignInOutcome> PasskeyAsync(User user, RequestOrigin origin, CancellationToken ct) =>
        AcceptAsync(user, SignInMethod.Passkey, secondFactor: true, null, origin, ct);

    /// <summary>Proves again who sits there, with the password or a code.</summary>
    /// <exception cref="Errors.InvalidException">It is wrong.</exception>
    /// <exception cref="Errors.LimitExceededException">Too many were.</exception>
    public async Task ConfirmAsync(AccountCaller caller, string? password, string? code, CancellationToken ct)
    {
        var user = await users.FindByIdAsync(caller.UserId.ToString()) ?? throw IdentityErrors.AccountNotFound();
        var subject = code is null ? ThrottleSubject.Account(user.Email ?? "") : ThrottleSubject.Code(user.Id);
        if ((await throttle.ReserveAsync(subject, caller.Origin, ct)).Wait is { } wait)
        {
            throw IdentityErrors.TooManyAttempts(wait);
        }

        if (code is not null ? await authenticators.TakeAsync(user.Id, code, ct) is null : !await users.CheckPasswordAsync(user, password ?? ""))
        {
            await log.RefusedAsync(caller, "sign_in.confirmation_failed", code is null ? "wrong_password" : "wrong_code", ct);
            throw code is not null ? IdentityErrors.WrongCode() : IdentityErrors.WrongPassword("password");
        }

        await throttle.SucceededAsync(subject, caller.Origin, ct);
        await confirmations.MarkAsync(caller, secondFactor: code is not null, ct);
    }

    private async Task<SignInOutcome> AcceptAsync(User user, SignInMethod method, bool secondFactor, string? with, RequestOrigin origin, CancellationToken ct)
    {
        await log.RecordAsync(user, "sign_in.succeeded", origin, new { method = method.ToString().ToLowerInvariant(), secondFactor, with }, ct);
        return new SignInOutcome.Accepted(user, method, secondFactor);
    }

    /// <summary>What comes while the account is locked is not recorded, or whoever guesses could fill the audit log as well: that it was locked is there.</summary>
    private async Task<SignInOutcome> RefuseAsync(User user, string reason, ThrottledAttempt attempt, RequestOrigin origin, CancellationToken ct)
    {
        await log.RefusedAsync(user, "sign_in.failed", reason, origin, ct);
        if (attempt.LocksNow)
        {
            await log.RefusedAsync(user, "sign_in.locked", "too_many_attempts", origin, ct);
        }

        return new SignInOutcome.Wrong();
    }
}

/// <summary>What came of a step of signing in.</summary>
public abstract record SignInOutcome
{
    private SignInOutcome()
    {
    }

    /// <summary>Start the session.</summary>
    public sealed record Accepted(User User, SignInMethod Method, bool SecondFactor) : SignInOutcome;

    /// <summary>The password was right; now a code.</summary>
    public sealed record CodeNeeded(User User) : SignInOutcome;

    /// <summary>Wrong password, wrong code, or no such account: from outside these look alike.</summary>
    public sealed record Wrong : SignInOutcome;

    /// <summary>Too many attempts; nothing was judged.</summary>
    public sealed record Locked(TimeSpan Wait) : SignInOutcome;
}
