using Loopai.Core.Errors;

namespace Loopai.Core.Access;

internal static class AccessErrors
{
    public static ConflictException LastOwner() =>
        new("access.last_owner", "This would leave the organization without an owner. Make somebody else an owner first.");

    public static NotFoundException GrantNotFound(Guid id) => new("grant.not_found", $"There is no grant {id} in this organization.");

    public static NotFoundException RoleNotFound(string id) => new("role.not_found", $"There is no role '{id}' in this organization.");

    public static ConflictException RoleNameTaken(string name) => new("role.name_taken", $"There is a role '{name}' already. Choose another name.");

    public static ConflictException BuiltIn(string name) =>
        new("role.built_in", $"'{name}' is a built-in role and stays as it is. Make a custom role with the permissions you want.");

    public static ChangedMeanwhileException RoleChangedMeanwhile() =>
        new("role.changed_meanwhile", "Somebody else changed this role since you opened it. Load it again and repeat your change.");

    public static ConflictException KeptByDirectory() =>
        new("grant.kept_by_directory", "This grant comes from a directory or a sign-on's mapping and would come back. Change it there.");

    /// <summary>Nobody hands on what they do not hold.</summary>
    public static ForbiddenException BeyondOwn(string permission) => new(permission, $"You cannot give or take the permission '{permission}', because you do not hold it there yourself.");

    public static ForbiddenException OwnersOnly() => new(Permissions.OrganizationDelete, "Only an owner makes, changes or removes an owner.");

    public static LimitExceededException TooManyRoles(int most) => new("role.too_many", $"An organization has at most {most} custom roles. Delete one that nobody holds.");

    public static NotFoundException SubjectNotFound(Guid id) => new("access.subject", $"There is no member and no key {id} in this organization.");

    public static NotFoundException PlaceNotFound(Guid id) => new("access.place", $"There is no task and no environment {id} in this organization.");
}
