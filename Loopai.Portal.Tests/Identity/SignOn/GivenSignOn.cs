using System.Text.Json;
using Loopai.Core.Access;
using Loopai.Core.Data;
using Loopai.Core.Identity;
using Loopai.Core.Identity.SignOn;
using Loopai.Core.Organizations;
using Loopai.Portal.Tests.Data;
using Microsoft.AspNetCore.DataProtection;

namespace Loopai.Portal.Tests.Identity.SignOn;

/// <summary>What tests of sign-on stand on.</summary>
internal static class GivenSignOn
{
    public static readonly SignOnSecrets Secrets = new(new EphemeralDataProtectionProvider());

    public static SignOnService Service(LoopaiData data) => new(
        data, Secrets,
        new SignOnAccess(data, new MemberService(data, TimeProvider.System), new GrantService(data, TimeProvider.System), new TeamService(data, TimeProvider.System)),
        TimeProvider.System);

    public static ExternalIdentity Identity(
        string subject = "subject-1", string? email = "ada@corp.example", bool verified = true, string[]? groups = null, params (string Name, string Value)[] claims) =>
        new(subject, email, verified, "Ada Lovelace", groups ?? [], [.. claims.Select(c => new ExternalClaim(c.Name, c.Value))]);

    public static async Task<SignOnConnection> ConnectionAsync(
        this LoopaiDatabase database, TestOrganization organization, bool enabled = true, bool justInTime = false, SignOnKind kind = SignOnKind.Oidc,
        params MappingRule[] mapping)
    {
        var now = DateTimeOffset.UtcNow;
        var connection = new SignOnConnection
        {
            Id = Guid.CreateVersion7(), OrganizationId = organization.Id, Kind = kind, Name = "Corp", Enabled = enabled, Settings = "{}",
            AllowJustInTime = justInTime, Mapping = JsonSerializer.Serialize(mapping, JsonSerializerOptions.Web), CreatedBy = "test", CreatedAt = now, ChangedAt = now,
        };
        await using var db = await database.Data.OpenAsync(organization.Caller, CancellationToken.None);
        db.SignOnConnections.Add(connection);
        await db.SaveChangesAsync();
        return connection;
    }

    public static async Task DomainAsync(this LoopaiDatabase database, TestOrganization organization, string domain, bool verified = true)
    {
        await using var db = await database.Data.OpenAsync(organization.Caller, CancellationToken.None);
        db.VerifiedDomains.Add(new VerifiedDomain
        {
            Id = Guid.CreateVersion7(), OrganizationId = organization.Id, Domain = domain, Token = "token", CreatedAt = DateTimeOffset.UtcNow,
            VerifiedAt = verified ? DateTimeOffset.UtcNow : null,
        });
        await db.SaveChangesAsync();
    }

    public static async Task<User> UserAsync(this LoopaiDatabase database, string email, TestOrganization? memberOf = null)
    {
        var user = new User
        {
            Id = Guid.CreateVersion7(), UserName = email, NormalizedUserName = email.ToUpperInvariant(), Email = email, NormalizedEmail = email.ToUpperInvariant(),
            DisplayName = email, SecurityStamp = Guid.NewGuid().ToString("n"), CreatedAt = DateTimeOffset.UtcNow,
        };
        await using var db = await database.Data.OpenAsync(Caller.Installation, CancellationToken.None);
        db.Users.Add(user);
        if (memberOf is not null)
        {
            db.Memberships.Add(new Membership { OrganizationId = memberOf.Id, UserId = user.Id, JoinedAt = user.CreatedAt });
        }

        await db.SaveChangesAsync();
        return user;
    }
}
