using Microsoft.AspNetCore.Identity;

namespace Loopai.Core.Identity.Passwords;

/// <summary>What a new password may not be, beyond being too short: one of the commonest, or the e-mail once more.</summary>
public sealed class PasswordRules : IPasswordValidator<User>
{
    /// <summary>Shorter names, such as "al", stand in too many good passwords.</summary>
    private const int ShortestName = 4;

    public Task<IdentityResult> ValidateAsync(UserManager<User> manager, User user, string? password)
    {
        List<IdentityError> errors = [];
        if (CommonPasswords.Contains(password ?? ""))
        {
            errors.Add(new IdentityError { Code = "PasswordTooCommon", Description = "This is one of the passwords that are guessed first. Choose another, such as a few words in a row." });
        }

        var name = user.Email?.Split('@')[0] ?? "";
        if (name.Length >= ShortestName && password?.Contains(name, StringComparison.OrdinalIgnoreCase) is true)
        {
            errors.Add(new IdentityError { Code = "PasswordContainsEmail", Description = $"The password must not contain '{name}', the name in your e-mail." });
        }

        return Task.FromResult(errors.Count == 0 ? IdentityResult.Success : IdentityResult.Failed([.. errors]));
    }
}
