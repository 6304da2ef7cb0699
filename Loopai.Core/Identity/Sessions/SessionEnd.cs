namespace Loopai.Core.Identity.Sessions;

/// <summary>Why sessions end, as kept with them and in the audit log.</summary>
public static class SessionEnd
{
    public const string SignedOut = "signed_out";

    /// <summary>On the sessions page.</summary>
    public const string ByPerson = "ended_by_person";

    public const string PasswordChanged = "password_changed";

    public const string PasswordReset = "password_reset";

    /// <summary>The identity provider said so.</summary>
    public const string ByProvider = "ended_by_provider";

    /// <summary>The organization's directory shut the person out.</summary>
    public const string ByDirectory = "ended_by_directory";
}
