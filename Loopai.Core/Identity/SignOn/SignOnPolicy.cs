using Loopai.Core.Identity.Sessions;

namespace Loopai.Core.Identity.SignOn;

/// <summary>Whether a session opens an organization.</summary>
public enum SignOnEntry
{
    Open,

    /// <summary>An owner comes in by a password although the organization demands its provider: so that it cannot lock itself out.</summary>
    BreakGlass,

    /// <summary>The organization demands its own provider.</summary>
    NeedsProvider,

    /// <summary>Another organization's provider vouched, which speaks for that one alone.</summary>
    OtherProvider,

    /// <summary>The organization demands a second factor, and this session showed none.</summary>
    NeedsSecondFactor,

    /// <summary>The organization wants its members to prove more often who they are.</summary>
    TooLongAgo,
}

/// <summary>What an organization's settings demand of those who enter.</summary>
/// <param name="RequireSso">Its own provider.</param>
/// <param name="RequireMfa">A second factor. For those who come through its provider, that one sees to it.</param>
/// <param name="SessionHours">That they have proved within so many hours who they are; null for any time within their session.</param>
public sealed record EntryRules(bool RequireSso, bool RequireMfa, int? SessionHours);

/// <summary>The rule between how somebody signed in and where they may go. Pure: the gate of pages and the files beside them ask the same.</summary>
public static class SignOnPolicy
{
    public static SignOnEntry Decide(Guid organizationId, EntryRules rules, bool isOwner, UserSession session, DateTimeOffset now) => session switch
    {
        { Method: SignInMethod.Sso } when session.SsoOrganizationId != organizationId => SignOnEntry.OtherProvider,
        _ when rules.SessionHours is { } hours && now - session.AuthenticatedAt > TimeSpan.FromHours(hours) => SignOnEntry.TooLongAgo,
        { Method: SignInMethod.Sso } => SignOnEntry.Open,
        _ when rules.RequireSso && !isOwner => SignOnEntry.NeedsProvider,
        { SecondFactor: false } when rules.RequireMfa => SignOnEntry.NeedsSecondFactor,
        _ => rules.RequireSso ? SignOnEntry.BreakGlass : SignOnEntry.Open,
    };
}
