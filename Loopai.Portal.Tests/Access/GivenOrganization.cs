using Loopai.Core.Access;
using Loopai.Core.Data;
using Loopai.Core.Identity;
using Loopai.Core.Organizations;
using Loopai.Core.Tasks;
using Loopai.Portal.Tests.Data;
using Microsoft.EntityFrameworkCore;

namespace Loopai.Portal.Tests.Access;

/// <summary>An organization with an owner, to which people with roles are added.</summary>
internal sealed class GivenOrganization
{
    private GivenOrganization(LoopaiData data, Organization organization, Guid ownerId)
    {
        Data = data;
        Organization = organization;
        OwnerId = ownerId;
        (Access, Grants, Members, Teams) = (new(data), new(data, TimeProvider.System), new(data, TimeProvider.System), new(data, TimeProvider.System));
    }

    public LoopaiData Data { get; }

    public Organization Organization { get; }

    public Guid OwnerId { get; }

    public AccessService Access { get; }

    public GrantService Grants { get; }

    public MemberService Members { get; }

    public TeamService Teams { get; }

    public Caller System => Caller.System(Organization.Id, Organization.Environments[0].Id);

    public static async Task<GivenOrganization> Async(LoopaiData data)
    {
        var owner = await UserAsync(data);
        var organization = await new OrganizationService(data, TimeProvider.System).CreateAsync(new Person(owner, "owner"), $"org-{Guid.NewGuid():n}"[..30], "Org", default);
        return new GivenOrganization(data, organization, owner);
    }

    /// <summary>A member with these roles on the whole organization.</summary>
    public async Task<Guid> MemberAsync(params string[] roles)
    {
        var user = await UserAsync(Data);
        await Members.ProvisionAsync(System, user, default);
        await Grants.SetAsync(System, Holder.User(user), [.. roles.Select(r => new WantedGrant(r))], AccessSource.Manual, default);
        return user;
    }

    /// <summary>The person as they act now.</summary>
    public async Task<Caller> AsAsync(Guid user, string? environment = null) =>
        await new AccessService(Data).CallerAsync(user, "somebody", Organization.Slug, environment, default) ?? throw new InvalidOperationException("No active member.");

    public Task<Caller> OwnerAsync() => AsAsync(OwnerId);

    public async Task<TaskDefinition> TaskAsync(string name) =>
        (await new TaskService(Data, TimeProvider.System).CreateAsync(
            System, new TaskSpecification { Name = name, InputSchema = "{}", OutputSchema = """{"enum":["a","b"]}""" }, default)).Task;

    public async Task<string[]> RolesOfAsync(Guid user)
    {
        await using var db = await Data.OpenAsync(System, default);
        return await db.Grants.Where(g => g.UserId == user).OrderBy(g => g.RoleId).Select(g => g.RoleId).ToArrayAsync();
    }

    public static async Task<Guid> UserAsync(LoopaiData data)
    {
        var email = $"{Guid.NewGuid():n}@example.org";
        var user = new User
        {
            Id = Guid.CreateVersion7(), UserName = email, NormalizedUserName = email.ToUpperInvariant(), Email = email, NormalizedEmail = email.ToUpperInvariant(),
            DisplayName = "Somebody", CreatedAt = DateTimeOffset.UtcNow, SecurityStamp = Guid.NewGuid().ToString("n"),
        };
        await using var db = await data.OpenAsync(Caller.Installation, default);
        db.Users.Add(user);
        await db.SaveChangesAsync();
        return user.Id;
    }
}
