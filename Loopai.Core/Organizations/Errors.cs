using Loopai.Core.Errors;

namespace Loopai.Core.Organizations;

internal static class OrganizationErrors
{
    public static ConflictException SlugTaken(string slug) => new("organization.slug_taken", $"The short name '{slug}' is taken. Choose another.");
}
