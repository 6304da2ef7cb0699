using Loopai.Core.Access;
using Loopai.Core.Audit;
using Loopai.Core.Identity.SignIn;
using Loopai.Portal.Tests.Api;
using Microsoft.EntityFrameworkCore;

namespace Loopai.Portal.Tests.Identity;

[Collection(PortalCollection.Name)]
public sealed class SignInServiceTests(PortalFixture portal)
{
    [Fact]
    public async Task PasswordAsync_UnknownAddress_AnswersAsForAWrongPasswordAlsoWhenLocked()
    {
        var known = (await portal.AddPersonAsync()).Email!;
        var unknown = $"{Guid.NewGuid():n}@people.example";
        for (var i = 0; i < 5; i++)
        {
            (await PasswordAsync(known, "wrong")).ShouldBe(new SignInOutcome.Wrong());
            (await PasswordAsync(unknown, "wrong")).ShouldBe(new SignInOutcome.Wrong());
        }

        (await PasswordAsync(known, PortalFixture.Password)).ShouldBeOfType<SignInOutcome.Locked>();
        (await PasswordAsync(unknown, PortalFixture.Password)).ShouldBeOfType<SignInOutcome.Locked>();
    }

    [Fact]
    public async Task PasswordAsync_AccountWithoutAPassword_IsWrong() =>
        (await PasswordAsync((await portal.AddPersonAsync(password: null)).Email!, "")).ShouldBe(new SignInOutcome.Wrong());

    [Fact]
    public async Task PasswordAsync_Member_IsRecordedInTheOrganizationsLogOnly()
    {
        var acme = await portal.AddOrganizationAsync("acme");
        await PasswordAsync(acme.OwnerEmail, "wrong");
        await PasswordAsync(acme.OwnerEmail, PortalFixture.Password);

        await using var db = await portal.Database.Data.OpenAsync(Caller.Installation, default);
        var events = await db.AuditEvents.Where(e => e.ObjectId == acme.Owner.Id!.Value.ToString() && e.Action.StartsWith("sign_in.")).OrderBy(e => e.Id).ToListAsync();
        events.Select(e => (e.OrganizationId, e.Action)).ShouldBe([(acme.Id, "sign_in.failed"), (acme.Id, "sign_in.succeeded")]);
        (events[0].Result, events[0].Reason).ShouldBe((AuditResult.Refused, "wrong_password"));
        events[1].Address.ShouldNotBeNull().ShouldStartWith("2001:db8:");
        events.ShouldAllBe(e => e.Details == null || !e.Details.Contains(PortalFixture.Password, StringComparison.Ordinal));
    }

    private Task<SignInOutcome> PasswordAsync(string email, string password) =>
        portal.CallAsync<SignInService, SignInOutcome>(signIn => signIn.PasswordAsync(email, password, GivenAccount.Origin(), default));
}
