using Loopai.Core.Access;
using Loopai.Core.Errors;
using Loopai.Core.Organizations;
using Microsoft.AspNetCore.Identity;

namespace Loopai.Core.Identity;

/// <summary>Accounts of people who come by an invitation and have none yet. Its address is the invitation's: who holds the link chooses the rest.</summary>
public sealed class InvitedAccounts(UserManager<User> users, InvitationAcceptance invitations, TimeProvider time)
{
    /// <summary>Makes the account and accepts the invitation with it.</summary>
    /// <exception cref="InvalidException">The name or the password cannot be taken.</exception>
    /// <exception cref="ConflictException">The address has an account, which has to sign in.</exception>
    public async Task<(User User, Organization Organization)> CreateAsync(string token, string? displayName, string? password, CallerOrigin? origin, CancellationToken ct)
    {
        var offer = await invitations.ReadAsync(token, ct);
        if (offer.HasAccount)
        {
            throw IdentityErrors.HasAccount(offer.Email);
        }

        var name = displayName?.Trim() ?? "";
        var user = new User
        {
            Id = Guid.CreateVersion7(), UserName = offer.Email, Email = offer.Email, DisplayName = name.Length == 0 ? offer.Email : name, CreatedAt = time.GetUtcNow(),
        };
        new FieldErrors().AddIf(name.Length > 200, "displayName", "A name has at most 200 characters.").ThrowIfAny("account.invalid", "The account cannot be made like this.");
        AccountService.ThrowUnlessSucceeded(await users.CreateAsync(user, password ?? ""));
        try
        {
            return (user, await invitations.AcceptAsync(token, new Person(user.Id, offer.Email, origin), ct));
        }
        catch
        {
            // The invitation was taken back in this moment: an account that belongs nowhere is of no use to anybody.
            await users.DeleteAsync(user);
            throw;
        }
    }
}
