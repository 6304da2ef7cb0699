using Loopai.Core.Configuration;
using Loopai.Core.Errors;
using Loopai.Core.Identity.Sessions;
using Loopai.Core.Identity.SignIn;
using Loopai.Core.Notifications;
using Microsoft.AspNetCore.Identity;

namespace Loopai.Core.Identity.Passwords;

/// <summary>A new password for whoever reads the account's mail.</summary>
public sealed class PasswordResetService(
    UserManager<User> users, SignInThrottle throttle, SessionService sessions, AuthenticationLog log, MailQueue mails, PortalSettings portal)
{
    /// <summary>How long a link works; the token itself carries it.</summary>
    public static readonly TimeSpan Lifetime = TimeSpan.FromHours(1);

    /// <summary>Mails the link, if the account exists and has a password. Nothing tells the two cases apart, not even the time it takes.</summary>
    /// <exception cref="LimitExceededException">Too many links were asked for.</exception>
    public async Task RequestAsync(string email, RequestOrigin origin, CancellationToken ct)
    {
        var attempt = await throttle.ReserveAsync(ThrottleSubject.Reset(email), origin, ct);
        if (attempt.Wait is { } wait)
        {
            throw IdentityErrors.TooManyAttempts(wait);
        }

        var user = await users.FindByEmailAsync(email);
        if (user is null || !await users.HasPasswordAsync(user))
        {
            return;
        }

        var token = await users.GeneratePasswordResetTokenAsync(user);
        var link = $"{portal.LinkBase()}/reset-password?user={user.Id}&token={Uri.EscapeDataString(token)}";
        mails.Enqueue(new MailDraft(
            user.Email!, "Set a new Loopai password",
            $"""
            Somebody, most likely you, asked for a new password of your Loopai account.

            Open this link within an hour to set it:
            {link}

            If it was not you, there is nothing to do: your password stays as it is.
            """));
        await log.RecordAsync(user, "password.reset_requested", origin, null, ct);
    }

    /// <summary>Sets the new password, once for a token, and ends every session of the account.</summary>
    /// <exception cref="ConflictException">The link was used, is too old, or is not one of ours.</exception>
    /// <exception cref="InvalidException">The new password cannot be taken.</exception>
    public async Task ResetAsync(Guid userId, string token, string newPassword, RequestOrigin origin, CancellationToken ct)
    {
        var user = await users.FindByIdAsync(userId.ToString()) ?? throw IdentityErrors.ResetLinkOver();
        var result = await users.ResetPasswordAsync(user, token, newPassword);
        if (result.Errors.Any(e => e.Code == nameof(IdentityErrorDescriber.InvalidToken)))
        {
            throw IdentityErrors.ResetLinkOver();
        }

        AccountService.ThrowUnlessSucceeded(result);
        await sessions.EndAllAsync(user.Id, SessionEnd.PasswordReset, ct);
        await throttle.SucceededAsync(ThrottleSubject.Account(user.Email ?? ""), origin, ct);
        await log.RecordAsync(user, "password.reset", origin, null, ct);
    }
}
