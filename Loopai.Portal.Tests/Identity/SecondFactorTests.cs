using Loopai.Core.Access;
using Loopai.Core.ApiKeys;
using Loopai.Core.Errors;
using Loopai.Core.Identity;
using Loopai.Core.Identity.SecondFactors;
using Loopai.Core.Identity.Sessions;
using Loopai.Core.Identity.SignIn;
using Loopai.Portal.Tests.Api;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.DependencyInjection;

namespace Loopai.Portal.Tests.Identity;

[Collection(PortalCollection.Name)]
public sealed class SecondFactorTests(PortalFixture portal)
{
    private AuthenticatorService Authenticators => portal.Services.GetRequiredService<AuthenticatorService>();

    [Fact]
    public async Task PasswordAsync_AuthenticatorIsOn_AsksForACodeAndTakesItOnce()
    {
        var (user, secret, _) = await SetUpAsync();
        (await PasswordAsync(user, PortalFixture.Password)).ShouldBeOfType<SignInOutcome.CodeNeeded>().User.Id.ShouldBe(user.Id);

        var code = Totp.CodeOf(secret, Totp.StepOf(DateTimeOffset.UtcNow) + 1);
        (await CodeAsync(user, code)).ShouldBeOfType<SignInOutcome.Accepted>().SecondFactor.ShouldBeTrue();
        (await CodeAsync(user, code)).ShouldBeOfType<SignInOutcome.Wrong>("a code counts once");
    }

    [Fact]
    public async Task CodeAsync_TheSameCodeOnManyInstancesAtOnce_CountsOnce()
    {
        var (user, secret, _) = await SetUpAsync();
        var code = Totp.CodeOf(secret, Totp.StepOf(DateTimeOffset.UtcNow) + 1);

        var outcomes = await Task.WhenAll(Enumerable.Range(0, 4).Select(_ => CodeAsync(user, code)));

        outcomes.Count(outcome => outcome is SignInOutcome.Accepted).ShouldBe(1);
    }

    [Fact]
    public async Task CodeAsync_RecoveryCode_CountsOnceHoweverItIsTyped()
    {
        var (user, _, codes) = await SetUpAsync();
        codes.Count.ShouldBe(10);

        (await CodeAsync(user, codes[3].ToUpperInvariant().Replace("-", " ", StringComparison.Ordinal))).ShouldBeOfType<SignInOutcome.Accepted>();
        (await CodeAsync(user, codes[3])).ShouldBeOfType<SignInOutcome.Wrong>();
        (await Authenticators.StateAsync(user.Id, default)).CodesLeft.ShouldBe(9);
    }

    [Fact]
    public async Task CodeAsync_FiveWrongCodes_LocksTheSixth()
    {
        var (user, secret, _) = await SetUpAsync();
        for (var i = 0; i < 5; i++)
        {
            (await CodeAsync(user, "000000")).ShouldBeOfType<SignInOutcome.Wrong>();
        }

        (await CodeAsync(user, Totp.CodeOf(secret, Totp.StepOf(DateTimeOffset.UtcNow) + 1))).ShouldBeOfType<SignInOutcome.Locked>();
    }

    [Fact]
    public async Task SecretsAndCodes_AtRest_AreUnreadable()
    {
        var (user, secret, codes) = await SetUpAsync();
        await using var db = await portal.Database.Data.OpenAsync(Caller.Installation, default);

        var stored = await db.Authenticators.SingleAsync(a => a.UserId == user.Id);
        stored.ProtectedSecret.ShouldNotContain(Convert.ToBase64String(secret));
        stored.ProtectedSecret.ShouldNotContain(Base32.Encode(secret));
        (await db.RecoveryCodes.Where(c => c.UserId == user.Id).Select(c => c.Hash).ToListAsync())
            .ShouldBe(codes.Select(code => RecoveryCodes.Hash(user.Id, code)), ignoreOrder: true);
    }

    [Fact]
    public async Task ConfirmAsync_WrongCode_LeavesItOff()
    {
        var user = await portal.AddPersonAsync();
        var caller = await portal.StartSessionAsync(user.Id);
        await Authenticators.BeginAsync(caller, default);

        await Should.ThrowAsync<InvalidException>(Authenticators.ConfirmAsync(caller, "000000", default));

        (await PasswordAsync(user, PortalFixture.Password)).ShouldBeOfType<SignInOutcome.Accepted>();
    }

    [Fact]
    public async Task RemoveAsync_ItIsOn_AsksForNoCodeAnyMore()
    {
        var (user, _, codes) = await SetUpAsync();

        await Authenticators.RemoveAsync(await portal.StartSessionAsync(user.Id), default);

        (await PasswordAsync(user, PortalFixture.Password)).ShouldBeOfType<SignInOutcome.Accepted>();
        (await CodeAsync(user, codes[0])).ShouldBeOfType<SignInOutcome.Wrong>();
    }

    [Fact]
    public async Task BeginAsync_ProofIsOlderThanTenMinutes_AsksForOneAndGoesOnAfterIt()
    {
        var user = await portal.AddPersonAsync();
        var caller = await portal.StartSessionAsync(user.Id);
        await using var db = await portal.Database.Data.OpenAsync(Caller.Installation, default);
        var longAgo = DateTimeOffset.UtcNow.AddMinutes(-11);
        await db.UserSessions.Where(s => s.Id == caller.SessionId).ExecuteUpdateAsync(set => set.SetProperty(s => s.ConfirmedAt, longAgo));

        (await Should.ThrowAsync<ConflictException>(Authenticators.BeginAsync(caller, default))).Code.ShouldBe(IdentityErrors.ConfirmationNeeded);
        await Should.ThrowAsync<InvalidException>(ConfirmAsync(caller, "wrong"));
        (await Should.ThrowAsync<ConflictException>(Authenticators.BeginAsync(caller, default))).Code.ShouldBe(IdentityErrors.ConfirmationNeeded);
        await ConfirmAsync(caller, PortalFixture.Password);

        (await Authenticators.BeginAsync(caller, default)).Key.Length.ShouldBe(32);
    }

    [Fact]
    public async Task BeginAsync_OnlyAnIdentityProviderVouched_IsNotEnoughForTheAccount()
    {
        var user = await portal.AddPersonAsync();
        var caller = await portal.StartSessionAsync(user.Id, new SsoSession(portal.Acme.Id, Guid.CreateVersion7(), "sub", null));

        (await Should.ThrowAsync<ConflictException>(Authenticators.BeginAsync(caller, default))).Code.ShouldBe(IdentityErrors.ConfirmationNeeded);
    }

    [Fact]
    public async Task OrganizationsPower_HandedOutWithAnOldProof_AsksForOneAndGoesOnAfterIt()
    {
        var session = await portal.StartSessionAsync(portal.Acme.Owner.Id!.Value);
        var owner = portal.Acme.Owner.In(session.SessionId);
        var member = await portal.AddPersonAsync();
        await portal.ProvisionAsync(portal.Acme, member.Id);
        await using var db = await portal.Database.Data.OpenAsync(Caller.Installation, default);
        var longAgo = DateTimeOffset.UtcNow.AddMinutes(-11);
        await db.UserSessions.Where(s => s.Id == session.SessionId).ExecuteUpdateAsync(
            set => set.SetProperty(s => s.ConfirmedAt, longAgo).SetProperty(s => s.AuthenticatedAt, longAgo));
        var keys = portal.Services.GetRequiredService<ApiKeyService>();
        var grants = portal.Services.GetRequiredService<GrantService>();

        (await Should.ThrowAsync<ConflictException>(keys.CreateAsync(owner, new CreateApiKey("ci", "production"), default))).Code.ShouldBe(IdentityErrors.ConfirmationNeeded);
        (await Should.ThrowAsync<ConflictException>(grants.CreateAsync(owner, Holder.User(member.Id), new WantedGrant(BuiltInRoles.OwnerId), default)))
            .Code.ShouldBe(IdentityErrors.ConfirmationNeeded);
        await grants.CreateAsync(owner, Holder.User(member.Id), new WantedGrant(BuiltInRoles.Viewer.Id), default);
        await ConfirmAsync(session, PortalFixture.Password);

        (await keys.CreateAsync(owner, new CreateApiKey("ci", "production"), default)).Text.ShouldStartWith("lpk_");
    }

    private async Task<(User User, byte[] Secret, IReadOnlyList<string> Codes)> SetUpAsync()
    {
        var user = await portal.AddPersonAsync();
        var caller = await portal.StartSessionAsync(user.Id);
        var setup = await Authenticators.BeginAsync(caller, default);
        var secret = FromBase32(setup.Key);
        setup.Uri.ShouldBe($"otpauth://totp/Loopai:{Uri.EscapeDataString(user.Email!)}?secret={setup.Key}&issuer=Loopai");
        return (user, secret, await Authenticators.ConfirmAsync(caller, Totp.CodeOf(secret, Totp.StepOf(DateTimeOffset.UtcNow)), default));
    }

    internal static byte[] FromBase32(string text)
    {
        var bits = string.Concat(text.Select(c => Convert.ToString("ABCDEFGHIJKLMNOPQRSTUVWXYZ234567".IndexOf(c, StringComparison.Ordinal), 2).PadLeft(5, '0')));
        return [.. bits.Chunk(8).Where(chunk => chunk.Length == 8).Select(chunk => Convert.ToByte(new string(chunk), 2))];
    }

    private Task<SignInOutcome> PasswordAsync(User user, string password) =>
        portal.CallAsync<SignInService, SignInOutcome>(signIn => signIn.PasswordAsync(user.Email!, password, GivenAccount.Origin(), default));

    private Task<SignInOutcome> CodeAsync(User user, string code) =>
        portal.CallAsync<SignInService, SignInOutcome>(signIn => signIn.CodeAsync(user.Id, code, GivenAccount.Origin(), default));

    private Task<bool> ConfirmAsync(AccountCaller caller, string password) => portal.CallAsync<SignInService, bool>(async signIn =>
    {
        await signIn.ConfirmAsync(caller, password, null, default);
        return true;
    });
}
