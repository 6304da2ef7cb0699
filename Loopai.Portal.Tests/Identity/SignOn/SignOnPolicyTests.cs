using Loopai.Core.Identity.Sessions;
using Loopai.Core.Identity.SignOn;

namespace Loopai.Portal.Tests.Identity.SignOn;

public sealed class SignOnPolicyTests
{
    private static readonly Guid Ours = Guid.CreateVersion7();
    private static readonly Guid Theirs = Guid.CreateVersion7();

    public static TheoryData<SignInMethod, bool, bool, bool, SignOnEntry> Cases => new()
    {
        // how, by our provider, required, owner
        { SignInMethod.Password, false, false, false, SignOnEntry.Open },
        { SignInMethod.Password, false, true, false, SignOnEntry.NeedsProvider },
        { SignInMethod.Password, false, true, true, SignOnEntry.BreakGlass },
        { SignInMethod.Passkey, false, true, false, SignOnEntry.NeedsProvider },
        { SignInMethod.Passkey, false, true, true, SignOnEntry.BreakGlass },
        { SignInMethod.Sso, true, false, false, SignOnEntry.Open },
        { SignInMethod.Sso, true, true, false, SignOnEntry.Open },
        { SignInMethod.Sso, false, false, false, SignOnEntry.OtherProvider },
        { SignInMethod.Sso, false, true, false, SignOnEntry.OtherProvider },

        // Not even an owner comes in on the word of another organization's provider.
        { SignInMethod.Sso, false, false, true, SignOnEntry.OtherProvider },
        { SignInMethod.Sso, false, true, true, SignOnEntry.OtherProvider },
    };

    [Theory]
    [MemberData(nameof(Cases))]
    public void Decide_WayIn_OpensOrNot(SignInMethod method, bool ours, bool required, bool owner, SignOnEntry expected)
    {
        var session = new UserSession
        {
            Id = Guid.CreateVersion7(), UserId = Guid.CreateVersion7(), Method = method, Device = "", CreatedAt = default, LastSeenAt = default, AuthenticatedAt = default,
            SsoOrganizationId = method != SignInMethod.Sso ? null : ours ? Ours : Theirs,
        };

        SignOnPolicy.Decide(Ours, new EntryRules(required, RequireMfa: false, null), owner, session, default).ShouldBe(expected);
    }

    [Theory]
    [InlineData(SignInMethod.Password, false, false, SignOnEntry.NeedsSecondFactor)]
    [InlineData(SignInMethod.Password, true, false, SignOnEntry.Open)]
    [InlineData(SignInMethod.Passkey, true, false, SignOnEntry.Open)]
    [InlineData(SignInMethod.Sso, false, false, SignOnEntry.Open)]
    [InlineData(SignInMethod.Password, false, true, SignOnEntry.NeedsSecondFactor)]
    public void Decide_SecondFactorDemanded_TakesOneOrTheProvidersWord(SignInMethod method, bool shown, bool requireSso, SignOnEntry expected) =>
        SignOnPolicy.Decide(Ours, new EntryRules(requireSso, RequireMfa: true, null), isOwner: true, SessionOf(method, shown), default).ShouldBe(expected);

    [Theory]
    [InlineData(SignInMethod.Password, 59, SignOnEntry.Open)]
    [InlineData(SignInMethod.Password, 61, SignOnEntry.TooLongAgo)]
    [InlineData(SignInMethod.Sso, 61, SignOnEntry.TooLongAgo)]
    public void Decide_ProofIsOld_AsksForANewOne(SignInMethod method, int minutes, SignOnEntry expected) =>
        SignOnPolicy.Decide(Ours, new EntryRules(false, false, SessionHours: 1), isOwner: true, SessionOf(method, true), default(DateTimeOffset).AddMinutes(minutes)).ShouldBe(expected);

    private static UserSession SessionOf(SignInMethod method, bool secondFactor) => new()
    {
        Id = Guid.CreateVersion7(), UserId = Guid.CreateVersion7(), Method = method, SecondFactor = secondFactor, Device = "", CreatedAt = default, LastSeenAt = default,
        AuthenticatedAt = default, SsoOrganizationId = method == SignInMethod.Sso ? Ours : null,
    };
}
