using Loopai.Core.Identity.SignOn;

namespace Loopai.Portal.Tests.Identity.SignOn;

public sealed class SignOnRulesTests
{
    private static readonly Guid Ada = Guid.CreateVersion7();

    private static readonly SignOnFacts Member = new(
        LinkedUser: null, UserOfEmail: Ada, UserOfEmailIsLinked: false, MemberStanding.Active, DomainIsVerified: true, AllowJustInTime: false);

    [Fact]
    public void Decide_LinkedSubject_ComesInWhateverTheAddressIs()
    {
        var facts = Member with { LinkedUser = Ada, UserOfEmail = null, DomainIsVerified = false };

        SignOnRules.Decide(GivenSignOn.Identity(email: null, verified: false), facts).ShouldBe(new SignOnDecision(SignOnAction.UseLinked, false, null));
    }

    [Fact]
    public void Decide_MemberWithVerifiedAddress_IsLinked() =>
        SignOnRules.Decide(GivenSignOn.Identity(), Member).ShouldBe(new SignOnDecision(SignOnAction.LinkByEmail, false, null));

    [Theory]
    [InlineData(null, true, "sign_on.no_email")]
    [InlineData("ada", true, "sign_on.no_email")]
    [InlineData("ada@corp.example@evil.example", true, "sign_on.no_email")]
    [InlineData("\"a\"@corp.example", true, "sign_on.no_email")]
    [InlineData("ada@corp.example", false, "sign_on.email_unverified")]
    public void Decide_DoubtfulAddress_IsRefused(string? email, bool verified, string code) =>
        SignOnRules.Decide(GivenSignOn.Identity(email: email, verified: verified), Member).Refusal!.Code.ShouldBe(code);

    [Fact]
    public void Decide_AddressOutsideTheVerifiedDomains_IsRefused_EvenForAMember() =>
        SignOnRules.Decide(GivenSignOn.Identity(), Member with { DomainIsVerified = false, AllowJustInTime = true }).Refusal!.Code.ShouldBe("sign_on.foreign_domain");

    [Fact]
    public void Decide_AddressThatAnotherSubjectHas_IsRefused() =>
        SignOnRules.Decide(GivenSignOn.Identity(), Member with { UserOfEmailIsLinked = true }).Refusal!.Code.ShouldBe("sign_on.other_subject");

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public void Decide_DeactivatedMember_IsRefused(bool linked) => SignOnRules.Decide(
        GivenSignOn.Identity(), Member with { LinkedUser = linked ? Ada : null, Standing = MemberStanding.Deactivated, AllowJustInTime = true })
        .Refusal!.Code.ShouldBe("sign_on.deactivated");

    [Fact]
    public void Decide_Newcomer_NeedsJustInTime()
    {
        var newcomer = Member with { UserOfEmail = null, Standing = MemberStanding.None };

        SignOnRules.Decide(GivenSignOn.Identity(), newcomer).Refusal!.Code.ShouldBe("sign_on.no_account");
        SignOnRules.Decide(GivenSignOn.Identity(), newcomer with { AllowJustInTime = true }).ShouldBe(new SignOnDecision(SignOnAction.CreateAccount, true, null));
    }

    [Fact]
    public void Decide_AccountThatIsNoMember_NeedsJustInTime()
    {
        var outsider = Member with { Standing = MemberStanding.None };

        SignOnRules.Decide(GivenSignOn.Identity(), outsider).Refusal!.Code.ShouldBe("sign_on.not_a_member");
        SignOnRules.Decide(GivenSignOn.Identity(), outsider with { AllowJustInTime = true }).ShouldBe(new SignOnDecision(SignOnAction.LinkByEmail, true, null));
    }

    [Fact]
    public void Apply_Rules_GiveEachRoleAndTeamOnce()
    {
        var (team, environment) = (Guid.CreateVersion7(), Guid.CreateVersion7());
        MappingRule[] rules =
        [
            new("groups", "admins", Role: "admin"),
            new("groups", "engineers", Role: "developer", EnvironmentId: environment, TeamId: team),
            new("department", "*", TeamId: team),
            new("groups", "Admins", Role: "owner"),
            new("groups", "nobody", Role: "owner"),
            new("title", "admins", Role: "owner"),
        ];

        var mapped = AccessMapping.Apply(rules, GivenSignOn.Identity(groups: ["admins", "engineers"], claims: ("department", "R&D")));

        mapped.Grants.ShouldBe([new MappedGrant("admin"), new MappedGrant("developer", environment)]);
        mapped.Teams.ShouldBe([team]);
        mapped.MatchedRules.ShouldBe([0, 1, 2]);
    }

    [Theory]
    [InlineData("ada@Corp.Example", "corp.example")]
    [InlineData("ada@bücher.example", "xn--bcher-kva.example")]
    [InlineData("ada@corp.example.", "corp.example")]
    [InlineData("ada@localhost", null)]
    [InlineData("ada@127.0.0.1", null)]
    [InlineData("ada@[::1]", null)]
    [InlineData("@corp.example", null)]
    [InlineData(".ada@corp.example", null)]
    [InlineData("ada@corp.example\n", null)]
    [InlineData("ada@evil.example,x@corp.example", null)]
    public void EmailDomain_Of_IsOneFormOrNone(string email, string? domain) => EmailDomain.Of(email).ShouldBe(domain);
}
