using System.Text.Json.Nodes;
using Loopai.Core.Data;
using Loopai.Core.Identity.SignOn;
using Microsoft.EntityFrameworkCore;

namespace Loopai.Core.Identity.Scim;

/// <summary>What a directory's user says about the account behind it.</summary>
/// <param name="Email">The address that the person signs in with.</param>
/// <param name="DisplayName">What people call them; null when the directory does not say.</param>
internal sealed record ScimPerson(string Email, string? DisplayName)
{
    private const int MaxName = 200;

    /// <summary>The primary address, else the first, else the user name if it is one.</summary>
    /// <exception cref="Errors.InvalidException">There is no address.</exception>
    public static ScimPerson Of(JsonObject document)
    {
        var emails = (document["emails"] as JsonArray ?? []).Select(item => (JsonObject)item!).Where(item => EmailDomain.Of((string?)item["value"]) is not null).ToList();
        var email = (string?)(emails.Find(item => (bool?)item["primary"] == true) ?? emails.FirstOrDefault())?["value"] ?? (string?)document["userName"];
        return EmailDomain.Of(email) is null
            ? throw ScimErrors.Value("emails", "A user has an e-mail address: as the primary one of emails, or as userName.")
            : new ScimPerson(email!, NameOf(document));
    }

    private static string? NameOf(JsonObject document)
    {
        var name = document["name"] as JsonObject;
        string?[] choices = [(string?)document["displayName"], (string?)name?["formatted"], $"{(string?)name?["givenName"]} {(string?)name?["familyName"]}"];
        return choices.Select(choice => choice?.Trim()).FirstOrDefault(choice => !string.IsNullOrEmpty(choice)) is { } chosen ? chosen[..Math.Min(chosen.Length, MaxName)] : null;
    }
}

/// <summary>
/// Accounts behind provisioned members. An account belongs to its person, who may be in other organizations too: a directory makes and changes only
/// those whose address is of a domain that its organization has verified.
/// </summary>
internal sealed class ScimAccounts(LoopaiDbContext db, Guid organizationId)
{
    /// <summary>The account of the address: a member's, whatever its domain; otherwise one of a verified domain, made where there is none.</summary>
    public async Task<User> EnsureAsync(ScimPerson person, DateTimeOffset now, CancellationToken ct)
    {
        var user = await FindAsync(person.Email, ct);
        if (user is not null && await db.Memberships.AnyAsync(m => m.OrganizationId == organizationId && m.UserId == user.Id, ct))
        {
            return user;
        }

        await DemandOwnAsync(person.Email, ct);
        if (user is null)
        {
            db.Users.Add(user = SignOnService.NewUser(person.Email, person.DisplayName, now));
        }

        return user;
    }

    /// <summary>Carries a change of the address or the name to the account. A name that is not the organization's to change stays with the membership.</summary>
    public async Task ChangeAsync(User user, ScimPerson before, ScimPerson after, CancellationToken ct)
    {
        if (!before.Email.Equals(after.Email, StringComparison.OrdinalIgnoreCase) && !after.Email.Equals(user.Email, StringComparison.OrdinalIgnoreCase))
        {
            await DemandOwnAsync(user.Email!, ct);
            await DemandOwnAsync(after.Email, ct);
            if (await FindAsync(after.Email, ct) is not null)
            {
                throw ScimErrors.EmailTaken(after.Email);
            }

            var normalized = Normalize(after.Email);
            (user.Email, user.NormalizedEmail, user.UserName, user.NormalizedUserName) = (after.Email, normalized, after.Email, normalized);
        }

        if (after.DisplayName is { } name && name != user.DisplayName && await OwnsAsync(user.Email!, ct))
        {
            user.DisplayName = name;
        }
    }

    private Task<User?> FindAsync(string email, CancellationToken ct)
    {
        var normalized = Normalize(email);
        return db.Users.FirstOrDefaultAsync(u => u.NormalizedEmail == normalized, ct);
    }

    private async Task DemandOwnAsync(string email, CancellationToken ct)
    {
        if (!await OwnsAsync(email, ct))
        {
            throw ScimErrors.DomainNotVerified(EmailDomain.Of(email) ?? email);
        }
    }

    private async Task<bool> OwnsAsync(string email, CancellationToken ct)
    {
        var domain = EmailDomain.Of(email);
        return domain is not null && await db.VerifiedDomains.AnyAsync(d => d.OrganizationId == organizationId && d.Domain == domain && d.VerifiedAt != null, ct);
    }

    private static string Normalize(string email) => email.Normalize().ToUpperInvariant();
}
