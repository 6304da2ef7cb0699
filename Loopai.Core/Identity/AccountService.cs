using Loopai.Core.Access;
using Loopai.Core.Errors;
using Loopai.Core.Identity.Sessions;
using Loopai.Core.Identity.SignIn;
using Loopai.Core.Organizations;
using Microsoft.AspNetCore.Identity;
using Microsoft.EntityFrameworkCore;

namespace Loopai.Core.Identity;

/// <summary>Local accounts. Signing in is ASP.NET Core Identity's; this is what stands around it.</summary>
public sealed class AccountService(
    UserManager<User> users, OrganizationService organizations, SignInThrottle throttle, SessionService sessions, AuthenticationLog log, TimeProvider time)
{
    /// <summary>Whether nobody has an account yet, so that the first visitor may make the owner's.</summary>
    public async Task<bool> IsFirstRunAsync(CancellationToken ct) => !await users.Users.AnyAsync(ct);

    /// <summary>Makes the first account and the organization it owns.</summary>
    /// <exception cref="ConflictException">Somebody has an account already.</exception>
    /// <exception cref="InvalidException">The address, password or names cannot be taken.</exception>
    public async Task<(User User, Organization Organization)> CreateFirstOwnerAsync(NewOwner request, CancellationToken ct)
    {
        if (!await IsFirstRunAsync(ct))
        {
            throw new ConflictException("account.not_first", "This Loopai already has an owner. Sign in instead.");
        }

        var user = new User
        {
            Id = Guid.CreateVersion7(),
            UserName = request.Email,
            Email = request.Email,
            DisplayName = string.IsNullOrWhiteSpace(request.DisplayName) ? request.Email : request.DisplayName.Trim(),
            CreatedAt = time.GetUtcNow(),
        };
        ThrowUnlessSucceeded(await users.CreateAsync(user, request.Password));

        try
        {
            return (user, await organizations.CreateAsync(new Person(user.Id, request.Email, request.Origin), request.OrganizationSlug, request.OrganizationName, ct));
        }
        catch
        {
            // The account without its organization would keep the first run from being tried again.
            await users.DeleteAsync(user);
            throw;
        }
    }

    /// <summary>What the account pages show of the person.</summary>
    public async Task<User> GetAsync(AccountCaller caller) => await users.FindByIdAsync(caller.UserId.ToString()) ?? throw IdentityErrors.AccountNotFound();

    /// <summary>Changes how the person is called.</summary>
    public async Task RenameAsync(AccountCaller caller, string displayName)
    {
        new FieldErrors()
            .AddIf(string.IsNullOrWhiteSpace(displayName), "displayName", "Give the name that others shall see.")
            .AddIf(displayName.Length > 200, "displayName", "A name has at most 200 characters.")
            .ThrowIfAny("account.invalid", "The name cannot be changed like this.");
        var user = await GetAsync(caller);
        user.DisplayName = displayName.Trim();
        ThrowUnlessSucceeded(await users.UpdateAsync(user));
    }

    /// <summary>Changes a person's own password, which takes the one there is, and ends their other sessions; how many.</summary>
    /// <exception cref="InvalidException">The current password is wrong, or the new one cannot be taken.</exception>
    /// <exception cref="LimitExceededException">Too many passwords were wrong: an open session must not be a place to guess at.</exception>
    public async Task<int> ChangePasswordAsync(AccountCaller caller, string currentPassword, string newPassword, CancellationToken ct)
    {
        var user = await GetAsync(caller);
        var subject = ThrottleSubject.Account(user.Email ?? "");
        if ((await throttle.ReserveAsync(subject, caller.Origin, ct)).Wait is { } wait)
        {
            throw IdentityErrors.TooManyAttempts(wait);
        }

        if (!await users.CheckPasswordAsync(user, currentPassword))
        {
            await log.RefusedAsync(caller, "password.change_failed", "wrong_password", ct);
            throw IdentityErrors.WrongPassword("currentPassword");
        }

        await throttle.SucceededAsync(subject, caller.Origin, ct);
        if (string.Equals(newPassword, currentPassword, StringComparison.Ordinal))
        {
            throw new InvalidException("password.same", "newPassword", "This is your password already. Choose another.");
        }

        ThrowUnlessSucceeded(await users.ChangePasswordAsync(user, currentPassword, newPassword));
        var ended = await sessions.EndOthersAsync(caller, SessionEnd.PasswordChanged, ct);
        await log.RecordAsync(caller, "password.changed", null, ct);
        return ended;
    }

    internal static void ThrowUnlessSucceeded(IdentityResult result)
    {
        if (!result.Succeeded)
        {
            throw Invalid(result);
        }
    }

    private static InvalidException Invalid(IdentityResult result)
    {
        var errors = new FieldErrors();
        foreach (var error in result.Errors)
        {
            errors.Add(error.Code.Contains("Password", StringComparison.Ordinal) ? "password" : "email", error.Description);
        }

        return new InvalidException("account.invalid", "The account cannot be made like this.", errors.ToDictionary());
    }
}

/// <summary>What is asked of the first owner.</summary>
public sealed record NewOwner(
    string Email, string Password, string DisplayName, string OrganizationSlug, string OrganizationName, CallerOrigin? Origin = null);
