using Loopai.Core.Identity.SignIn;

namespace Loopai.Portal.Pages.Accounts;

/// <summary>What a person reads when signing in did not work.</summary>
internal static class SignInWords
{
    /// <summary>The same words for a wrong password and an unknown address: who has an account is nobody's business.</summary>
    public static string? Of(SignInOutcome outcome, string wrong) => outcome switch
    {
        SignInOutcome.Wrong => wrong,
        SignInOutcome.Locked { Wait.TotalMinutes: var minutes } => $"Too many attempts. Try again in {(minutes <= 1 ? "a minute" : $"{Math.Ceiling(minutes):0} minutes")}.",
        _ => null,
    };
}
