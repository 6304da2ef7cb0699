using Loopai.Core.Access;
using Loopai.Core.Configuration;
using Loopai.Core.Errors;
using Loopai.Core.Notifications;
using Loopai.Core.Organizations;
using Loopai.Portal.Tests.Access;
using Loopai.Portal.Tests.Data;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.Logging.Abstractions;

namespace Loopai.Portal.Tests.Organizations;

public sealed class InvitationTests(LoopaiDatabaseFixture fixture) : IClassFixture<LoopaiDatabaseFixture>
{
    private readonly Mailbox _mail = new();

    private InvitationAcceptance Acceptance => new(fixture.Data, TimeProvider.System);

    [Fact]
    public async Task CreateAsync_WithoutMail_ShowsTheLink_AndItMakesAMemberOnce()
    {
        var given = await GivenOrganization.Async(fixture.Data);
        var owner = await given.OwnerAsync();
        var task = await given.TaskAsync("spam");
        var team = await given.Teams.CreateAsync(owner, "Support", null, default);
        var ann = await GivenOrganization.UserAsync(fixture.Data);

        var sent = await Service().CreateAsync(owner, await EmailAsync(ann), [new("viewer"), new("developer", TaskId: task.Id)], [team.Id], default);

        sent.Sent.ShouldBeFalse();
        var token = TokenOf(sent);
        (await Acceptance.ReadAsync(token, default)).OrganizationName.ShouldBe("Org");
        await Acceptance.AcceptAsync(token, new Person(ann, "ann"), default);
        var caller = await given.AsAsync(ann);
        (caller.May(Permissions.TasksRead), caller.May(Permissions.TasksWrite), caller.May(Permissions.TasksWrite, task.Id)).ShouldBe((true, false, true));
        (await given.Teams.GetAsync(owner, team.Id, default)).Members.Select(m => m.UserId).ShouldBe([ann]);
        await Should.ThrowAsync<NotFoundException>(Acceptance.AcceptAsync(token, new Person(ann, "ann"), default));
        await using var db = await fixture.Data.OpenAsync(given.System, default);
        (await db.Invitations.SingleAsync()).TokenHash.Length.ShouldBe(32, "only a hash of the secret is kept");
    }

    [Fact]
    public async Task CreateAsync_WithMail_SendsTheLinkAndDoesNotShowIt()
    {
        var given = await GivenOrganization.Async(fixture.Data);
        _mail.IsConfigured = true;

        var sent = await Service().CreateAsync(await given.OwnerAsync(), "ann@example.org", [], [], default);

        (sent.Sent, sent.Link).ShouldBe((true, null));
        _mail.Sent.Single().To.ShouldBe("ann@example.org");
        _mail.Sent.Single().Text.ShouldContain("https://loopai.example.com/invitation/");
    }

    [Fact]
    public async Task CreateAsync_MailFails_ShowsTheLinkInstead()
    {
        var given = await GivenOrganization.Async(fixture.Data);
        (_mail.IsConfigured, _mail.Fails) = (true, true);

        (await Service().CreateAsync(await given.OwnerAsync(), "ann@example.org", [], [], default)).Link.ShouldNotBeNull();
    }

    [Fact]
    public async Task CreateAsync_MoreThanTheInviterHolds_IsRefused()
    {
        var given = await GivenOrganization.Async(fixture.Data);
        var owner = await given.OwnerAsync();
        var founders = await given.Teams.CreateAsync(owner, "Founders", null, default);
        await given.Grants.CreateAsync(owner, Holder.Team(founders.Id), new WantedGrant("owner"), default);
        var admin = await given.AsAsync(await given.MemberAsync("admin"));

        await Should.ThrowAsync<ForbiddenException>(Service().CreateAsync(admin, "ann@example.org", [new("owner")], [], default));
        await Should.ThrowAsync<ForbiddenException>(Service().CreateAsync(admin, "ann@example.org", [], [founders.Id], default));

        // Sending an owner's invitation again would hand its power on as well.
        var owners = await Service().CreateAsync(owner, "ann@example.org", [new("owner")], [], default);
        await Should.ThrowAsync<ForbiddenException>(Service().ResendAsync(admin, owners.Invitation.Id, default));
    }

    [Fact]
    public async Task CreateAsync_AddressThatCannotBe_TellsWhy()
    {
        var given = await GivenOrganization.Async(fixture.Data);
        var owner = await given.OwnerAsync();
        await Settings().UpdateAsync(owner, new OrganizationSettings { AllowedEmailDomains = ["example.org"] }, null, default);

        (await Should.ThrowAsync<InvalidException>(Service().CreateAsync(owner, "nobody", [], [], default))).Errors.Keys.ShouldBe(["email"]);
        (await Should.ThrowAsync<InvalidException>(Service().CreateAsync(owner, "ann@evil.example", [], [], default))).Errors["email"][0].ShouldContain("example.org");
        var member = await EmailAsync(await given.MemberAsync("viewer"));
        (await Should.ThrowAsync<ConflictException>(Service().CreateAsync(owner, member, [], [], default))).Code.ShouldBe("invitation.already_member");
    }

    [Fact]
    public async Task OldLinks_OfResentRevokedReplacedAndExpiredInvitations_AreDead()
    {
        var given = await GivenOrganization.Async(fixture.Data);
        var owner = await given.OwnerAsync();
        var ann = await GivenOrganization.UserAsync(fixture.Data);
        var email = await EmailAsync(ann);

        var first = await Service().CreateAsync(owner, email, [], [], default);
        var replaced = await Service().CreateAsync(owner, email, [], [], default);
        var resent = await Service().ResendAsync(owner, replaced.Invitation.Id, default);
        foreach (var dead in new[] { first, replaced })
        {
            await Should.ThrowAsync<NotFoundException>(Acceptance.AcceptAsync(TokenOf(dead), new Person(ann, "ann"), default));
        }

        await Should.ThrowAsync<NotFoundException>(new InvitationAcceptance(fixture.Data, new Later(TimeSpan.FromDays(8))).AcceptAsync(TokenOf(resent), new Person(ann, "ann"), default));
        await Service().RevokeAsync(owner, resent.Invitation.Id, default);
        await Should.ThrowAsync<NotFoundException>(Acceptance.AcceptAsync(TokenOf(resent), new Person(ann, "ann"), default));
        (await Should.ThrowAsync<ConflictException>(Service().ResendAsync(owner, resent.Invitation.Id, default))).Code.ShouldBe("invitation.closed");
    }

    [Fact]
    public async Task AcceptAsync_SomebodyElseOrShutOut_IsRefused()
    {
        var given = await GivenOrganization.Async(fixture.Data);
        var owner = await given.OwnerAsync();
        var (ann, bob) = (await GivenOrganization.UserAsync(fixture.Data), await GivenOrganization.UserAsync(fixture.Data));
        var sent = await Service().CreateAsync(owner, await EmailAsync(ann), [new("admin")], [], default);

        (await Should.ThrowAsync<ConflictException>(Acceptance.AcceptAsync(TokenOf(sent), new Person(bob, "bob"), default))).Code.ShouldBe("invitation.other_person");
        await given.Members.ProvisionAsync(given.System, ann, default);
        await given.Members.DeactivateAsync(owner, ann, default);
        await Should.ThrowAsync<NotFoundException>(Acceptance.AcceptAsync(TokenOf(sent), new Person(ann, "ann"), default));
    }

    private InvitationService Service() => new(
        fixture.Data, _mail, new PortalSettings { PublicUrl = "https://loopai.example.com" }, TimeProvider.System, NullLogger<InvitationService>.Instance);

    private SettingsService Settings() => new(fixture.Data, Microsoft.Extensions.Options.Options.Create(new ExecutionSettings()), TimeProvider.System);

    private static string TokenOf(SentInvitation sent) => sent.Link!.Split('/')[^1];

    private async Task<string> EmailAsync(Guid user)
    {
        await using var db = await fixture.Data.OpenAsync(Caller.Installation, default);
        return (await db.Users.Where(u => u.Id == user).Select(u => u.Email).SingleAsync())!;
    }

    private sealed class Mailbox : IMailSender
    {
        public List<MailDraft> Sent { get; } = [];

        public bool Fails { get; set; }

        public bool IsConfigured { get; set; }

        public Task SendAsync(MailDraft mail, CancellationToken ct)
        {
            if (Fails)
            {
                throw new UnavailableException("mail.unavailable", "The mail server does not answer.");
            }

            Sent.Add(mail);
            return Task.CompletedTask;
        }
    }
}
