using Loopai.Core.Identity.SignOn;

namespace Loopai.Core.Identity.Ldap;

/// <summary>Why a directory lets nobody in.</summary>
internal static class LdapErrors
{
    /// <summary>The same for a wrong name and a wrong password: who is in the directory is nobody's business.</summary>
    public static readonly SignOnRefusal Wrong = new("sign_on.wrong_password", "This name and password do not fit together. Check both and try again.");

    public static readonly SignOnRefusal Unreachable = new(
        "sign_on.directory_unavailable", "Your directory does not answer now. Try again in a moment; if it lasts, tell an administrator of your organization.");

    public static readonly SignOnRefusal Incomplete = new(
        "sign_on.invalid_answer", "Your directory's entry lacks what names you for good. Tell an administrator of your organization.");
}
