namespace Loopai.Core.Identity.SignOn;

/// <summary>What a session remembers of how it was begun; absent from one that began with a password or passkey.</summary>
public static class SignOnClaims
{
    /// <summary>The connection that the person came in through.</summary>
    public const string Connection = "loopai:connection";

    /// <summary>That connection's organization: the only one that the session opens.</summary>
    public const string Organization = "loopai:connection_organization";

    /// <summary>The provider's name for its session.</summary>
    public const string ProviderSession = "loopai:provider_session";
}
