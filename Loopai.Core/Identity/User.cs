using Microsoft.AspNetCore.Identity;

namespace Loopai.Core.Identity;

/// <summary>A person with an account. Accounts stand beside organizations: one person may be a member of several.</summary>
public sealed class User : IdentityUser<Guid>
{
    public required string DisplayName { get; set; }

    public required DateTimeOffset CreatedAt { get; init; }
}
