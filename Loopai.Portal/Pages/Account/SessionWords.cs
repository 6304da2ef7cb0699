using Loopai.Core.Identity.Sessions;

namespace Loopai.Portal.Pages.Account;

/// <summary>How a session was started, in words.</summary>
internal static class SessionWords
{
    public static string Method(UserSession session) => session.Method switch
    {
        SignInMethod.Password => session.SecondFactor ? "Password and second factor" : "Password",
        SignInMethod.Passkey => "Passkey",
        SignInMethod.Sso => "Identity provider",
    };
}
