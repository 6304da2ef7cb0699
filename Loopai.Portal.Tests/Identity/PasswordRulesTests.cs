using Loopai.Core.Errors;
using Loopai.Core.Identity;
using Loopai.Core.Identity.Passwords;
using Loopai.Core.Identity.Sessions;
using Loopai.Core.Identity.SignIn;
using Loopai.Portal.Tests.Api;
using Microsoft.Extensions.DependencyInjection;

namespace Loopai.Portal.Tests.Identity;

[Collection(PortalCollection.Name)]
public sealed class PasswordRulesTests(PortalFixture portal)
{
    [Fact]
    public void CommonPasswords_AreTenThousand() => CommonPasswords.Count.ShouldBe(10_000);

    [Theory]
    [InlineData("password", true)]
    [InlineData("PassWord", true)]
    [InlineData("passwordpassword", true)]
    [InlineData("abababababab", true)]
    [InlineData("1qaz2wsx3edc", true)]
    [InlineData("password1234", true)]
    [InlineData("!Iloveyou2024!", true)]
    [InlineData("monkey111111111", true)]
    [InlineData("123456789012", true)]
    [InlineData("zyxwvutsrqponm", true)]
    [InlineData("correct horse battery", false)]
    [InlineData("monkey 70443 rivers", false)]
    [InlineData("passwords are many", false)]
    public void CommonPasswords_Contains_KnowsThemInAnyCaseAndRepeated(string password, bool expected) => CommonPasswords.Contains(password).ShouldBe(expected);

    [Theory]
    [InlineData("short", "at least 12")]
    [InlineData("1QAZ2wsx3edc", "guessed first")]
    public async Task ChangePasswordAsync_PasswordCannotBeTaken_SaysWhatToDo(string next, string message)
    {
        var caller = await portal.StartSessionAsync((await portal.AddPersonAsync()).Id);

        var failure = await Should.ThrowAsync<InvalidException>(ChangeAsync(caller, PortalFixture.Password, next));

        string.Join(' ', failure.Errors["password"]).ShouldContain(message);
    }

    [Fact]
    public async Task ChangePasswordAsync_PasswordHoldsTheNameOfTheEmail_IsRefused()
    {
        var user = await portal.AddPersonAsync();
        var caller = await portal.StartSessionAsync(user.Id);

        var failure = await Should.ThrowAsync<InvalidException>(ChangeAsync(caller, PortalFixture.Password, "x" + user.Email!.Split('@')[0].ToUpperInvariant()));

        failure.Errors["password"].ShouldHaveSingleItem().ShouldContain("the name in your e-mail");
    }

    [Fact]
    public async Task ChangePasswordAsync_RightPassword_EndsTheOtherSessionsOnly()
    {
        var user = await portal.AddPersonAsync();
        var caller = await portal.StartSessionAsync(user.Id);
        await portal.StartSessionAsync(user.Id);

        (await ChangeAsync(caller, PortalFixture.Password, "another long password")).ShouldBe(1);

        (await portal.Services.GetRequiredService<SessionService>().ListAsync(caller, default)).ShouldHaveSingleItem().Id.ShouldBe(caller.SessionId);
    }

    [Fact]
    public async Task ChangePasswordAsync_WrongCurrentPasswordAgainAndAgain_IsLocked()
    {
        var caller = await portal.StartSessionAsync((await portal.AddPersonAsync()).Id);
        for (var i = 0; i < 5; i++)
        {
            (await Should.ThrowAsync<InvalidException>(ChangeAsync(caller, "wrong", "another long password"))).Errors.Keys.ShouldBe(["currentPassword"]);
        }

        await Should.ThrowAsync<LimitExceededException>(ChangeAsync(caller, PortalFixture.Password, "another long password"));
    }

    private Task<int> ChangeAsync(AccountCaller caller, string current, string next) =>
        portal.CallAsync<AccountService, int>(accounts => accounts.ChangePasswordAsync(caller, current, next, default));
}
