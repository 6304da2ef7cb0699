using Loopai.Core.Errors;

namespace Loopai.Core.Identity;

internal static class IdentityErrors
{
    public static NotFoundException AccountNotFound() => new("account.not_found", "This account does not exist any more.");

    public static NotFoundException SessionNotFound() => new("session.not_found", "You have no such session.");
}
