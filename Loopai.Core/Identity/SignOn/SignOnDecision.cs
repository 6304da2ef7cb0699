namespace Loopai.Core.Identity.SignOn;

/// <summary>What a sign-in comes to.</summary>
public enum SignOnAction
{
    /// <summary>The account that the subject is linked to comes in.</summary>
    UseLinked,

    /// <summary>The account with the verified address is linked to the subject, and comes in.</summary>
    LinkByEmail,

    /// <summary>An account is made for the verified address.</summary>
    CreateAccount,

    /// <summary>Nobody comes in.</summary>
    Refuse,
}

/// <param name="Action">What is done.</param>
/// <param name="JoinsOrganization">Whether the account becomes a member by it.</param>
/// <param name="Refusal">Why nobody comes in; null when somebody does.</param>
public sealed record SignOnDecision(SignOnAction Action, bool JoinsOrganization, SignOnRefusal? Refusal)
{
    public static SignOnDecision Refused(SignOnRefusal refusal) => new(SignOnAction.Refuse, JoinsOrganization: false, refusal);
}

/// <summary>Why somebody is not let in.</summary>
/// <param name="Code">Stable, machine-readable: <c>sign_on.foreign_domain</c>.</param>
/// <param name="Message">For the person who wanted in: what happened, and who can help.</param>
public sealed record SignOnRefusal(string Code, string Message)
{
    /// <summary>For an answer of a provider that names nobody.</summary>
    public static readonly SignOnRefusal Incomplete = new("sign_on.invalid_answer", "Your identity provider's answer names nobody. Tell an administrator of your organization.");
}

/// <summary>Where a person stands in an organization.</summary>
public enum MemberStanding
{
    None,
    Active,
    Deactivated,
}

/// <summary>What is known before the decision.</summary>
/// <param name="LinkedUser">The account that the subject is linked to.</param>
/// <param name="UserOfEmail">The account with the address.</param>
/// <param name="UserOfEmailIsLinked">Whether that account is linked to another subject of this connection.</param>
/// <param name="Standing">Where whichever account it is stands in the organization.</param>
/// <param name="DomainIsVerified">Whether the organization has proved that the address's domain is its own.</param>
/// <param name="AllowJustInTime">Whether newcomers become members.</param>
public sealed record SignOnFacts(
    Guid? LinkedUser, Guid? UserOfEmail, bool UserOfEmailIsLinked, MemberStanding Standing, bool DomainIsVerified, bool AllowJustInTime);

/// <summary>Who comes in, and as whom. Pure: a sign-in and its dry run decide alike.</summary>
public static class SignOnRules
{
    public static SignOnDecision Decide(ExternalIdentity identity, SignOnFacts facts)
    {
        if (facts.LinkedUser is null && RefusalOfEmail(identity, facts) is { } refusal)
        {
            return SignOnDecision.Refused(refusal);
        }

        if (facts.Standing == MemberStanding.Deactivated)
        {
            return SignOnDecision.Refused(SignOnErrors.Deactivated);
        }

        var known = facts.LinkedUser ?? facts.UserOfEmail;
        var joins = facts.Standing == MemberStanding.None;
        if (joins && !facts.AllowJustInTime)
        {
            return SignOnDecision.Refused(known is null ? SignOnErrors.NoAccount : SignOnErrors.NotAMember);
        }

        return new SignOnDecision(
            facts.LinkedUser is not null ? SignOnAction.UseLinked : known is not null ? SignOnAction.LinkByEmail : SignOnAction.CreateAccount, joins, null);
    }

    /// <summary>A subject that is not linked yet is known by its address alone, so that has to be beyond doubt.</summary>
    private static SignOnRefusal? RefusalOfEmail(ExternalIdentity identity, SignOnFacts facts) =>
        EmailDomain.Of(identity.Email) is not { } domain ? SignOnErrors.NoEmail
        : !identity.EmailVerified ? SignOnErrors.EmailUnverified
        : !facts.DomainIsVerified ? SignOnErrors.ForeignDomain(domain)
        // An address that was given to somebody new must not open the account of whoever had it before.
        : facts.UserOfEmailIsLinked ? SignOnErrors.OtherSubject
        : null;
}
