using Loopai.Core.Errors;
using Loopai.Core.Organizations;
using Microsoft.AspNetCore.Identity;
using Microsoft.EntityFrameworkCore;

namespace Loopai.Core.Identity;

/// <summary>Local accounts. Signing in is ASP.NET Core Identity's; this is what stands around it.</summary>
public sealed class AccountService(UserManager<User> users, OrganizationService organizations, TimeProvider time)
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
        var result = await users.CreateAsync(user, request.Password);
        if (!result.Succeeded)
        {
            throw Invalid(result);
        }

        try
        {
            return (user, await organizations.CreateAsync(user.Id, request.Email, request.OrganizationSlug, request.OrganizationName, ct));
        }
        catch
        {
            // The account without its organization would keep the first run from being tried again.
            await users.DeleteAsync(user);
            throw;
        }
    }

    /// <summary>Changes a person's own password, which takes the one there is.</summary>
    /// <exception cref="InvalidException">The current password is wrong, or the new one cannot be taken.</exception>
    public async Task ChangePasswordAsync(Guid userId, string currentPassword, string newPassword)
    {
        var user = await users.FindByIdAsync(userId.ToString()) ?? throw new NotFoundException("account.not_found", "This account does not exist any more.");
        if (await users.IsLockedOutAsync(user))
        {
            throw new ConflictException("account.locked", "Too many attempts. Wait a few minutes, then try again.");
        }

        if (!await users.CheckPasswordAsync(user, currentPassword))
        {
            // An open session must not be a place to guess the password at.
            await users.AccessFailedAsync(user);
            throw new InvalidException("account.password", "currentPassword", "This is not your current password.");
        }

        await users.ResetAccessFailedCountAsync(user);
        var result = await users.ChangePasswordAsync(user, currentPassword, newPassword);
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
public sealed record NewOwner(string Email, string Password, string DisplayName, string OrganizationSlug, string OrganizationName);
