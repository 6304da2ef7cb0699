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
}

/// <summary>The rule between how somebody signed in and where they may go. Pure: the gate of pages and the files beside them ask the same.</summary>
public static class SignOnPolicy
{
    public static SignOnEntry Decide(Guid organizationId, bool requireSso, bool isOwner, UserSession session) => session switch
    {
        { Method: SignInMethod.Sso } => session.SsoOrganizationId == organizationId ? SignOnEntry.Open : SignOnEntry.OtherProvider,
        _ when !requireSso => SignOnEntry.Open,
        _ => isOwner ? SignOnEntry.BreakGlass : SignOnEntry.NeedsProvider,
    };
}
