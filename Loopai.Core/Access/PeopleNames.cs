using Loopai.Core.Data;
using Microsoft.EntityFrameworkCore;

namespace Loopai.Core.Access;

/// <param name="DisplayName">How the person is called.</param>
/// <param name="Email">Their address.</param>
public sealed record PersonName(string DisplayName, string Email);

/// <summary>The names of an organization's members. Accounts belong to no organization, so the system reads them, and of members only.</summary>
internal static class PeopleNames
{
    public static async Task<Dictionary<Guid, PersonName>> NamesAsync(this LoopaiData data, Guid organizationId, IReadOnlyCollection<Guid> users, CancellationToken ct)
    {
        if (users.Count == 0)
        {
            return [];
        }

        await using var db = await data.OpenAsync(Caller.Installation, ct);
        return await db.Users.Where(u => users.Contains(u.Id) && db.Memberships.Any(m => m.OrganizationId == organizationId && m.UserId == u.Id))
            .Select(u => new { u.Id, u.DisplayName, u.Email })
            .ToDictionaryAsync(u => u.Id, u => new PersonName(u.DisplayName, u.Email ?? ""), ct);
    }
}
