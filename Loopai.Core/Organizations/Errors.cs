using Loopai.Core.Errors;

namespace Loopai.Core.Organizations;

internal static class OrganizationErrors
{
    public static ConflictException SlugTaken(string slug) => new("organization.slug_taken", $"The short name '{slug}' is taken. Choose another.");

    public static NotFoundException NotFound(Guid id) => new("organization.not_found", $"There is no organization {id} here.");

    public static NotFoundException MemberNotFound(Guid id) => new("member.not_found", $"There is no member {id} in this organization.");

    public static NotFoundException TeamNotFound(Guid id) => new("team.not_found", $"There is no team {id} in this organization.");

    public static ConflictException TeamNameTaken(string name) => new("team.name_taken", $"There is a team '{name}' already. Choose another name.");

    public static ConflictException NobodyBehind() =>
        new("organization.no_person", "This key belongs to no person, and only a person can do this. Use a key that you made yourself, or the portal.");
}
