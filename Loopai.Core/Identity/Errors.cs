using Loopai.Core.Errors;

namespace Loopai.Core.Identity;

/// <summary>The failures of signing in and of accounts.</summary>
public static class IdentityErrors
{
    /// <summary>The code of the failure that asks a person to prove again who they are; pages answer it with a dialog and try once more.</summary>
    public const string ConfirmationNeeded = "account.confirmation_needed";

    internal static NotFoundException AccountNotFound() => new("account.not_found", "This account does not exist any more.");

    internal static ConflictException HasAccount(string email) => new("account.exists", $"{email} has an account already. Sign in with it to accept.");

    internal static NotFoundException SessionNotFound() => new("session.not_found", "You have no such session.");

    internal static NotFoundException PasskeyNotFound() => new("passkey.not_found", "You have no such passkey.");

    internal static ConflictException Unconfirmed() => new(ConfirmationNeeded, "Confirm that it is you: this needs a sign-in of the last ten minutes.");

    internal static LimitExceededException TooManyAttempts(TimeSpan wait) => new("account.locked", $"Too many attempts. Try again {InWords(wait)}.", wait);

    internal static ConflictException ResetLinkOver() => new("password.link_over", "This link was used already, or is older than an hour.");

    internal static ConflictException AuthenticatorIsOn() => new("authenticator.on", "An authenticator app is set up already. Remove it first.");

    internal static ConflictException AuthenticatorNotBegun() => new("authenticator.not_begun", "Begin with the QR code, then give the code that the app shows.");

    internal static InvalidException WrongCode() => new("authenticator.code", "code", "This code is wrong or was used already. Wait for the next one, and check the clock of your phone.");

    internal static InvalidException WrongPassword(string field) => new("account.password", field, "This is not your current password.");

    private static string InWords(TimeSpan wait) => wait.TotalSeconds < 90 ? "in a minute" : $"in {Math.Ceiling(wait.TotalMinutes):0} minutes";
}
