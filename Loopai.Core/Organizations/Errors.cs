using Loopai.Core.Errors;

namespace Loopai.Core.Organizations;

internal static class OrganizationErrors
{
    public static ConflictException SlugTaken(string slug) => new("organization.slug_taken", $"The short name '{slug}' is taken. Choose another.");

    public static NotFoundException NotFound(Guid id) => new("organization.not_found", $"There is no organization {id} here.");

    public static NotFoundException MemberNotFound(Guid id) => new("member.not_found", $"There is no member {id} in this organization.");

    public static NotFoundException TeamNotFound(Guid id) => new("team.not_found", $"There is no team {id} in this organization.");

    public static InvalidException CurrencyInUse(string currency) => new(
        "organization.currency_in_use", "currency",
        $"Amounts in {currency} are there already: charges, or budgets. They are never converted, so the currency stays as it is.");

    public static ConflictException TeamNameTaken(string name) => new("team.name_taken", $"There is a team '{name}' already. Choose another name.");

    public static ConflictException TeamKeptByDirectory(string name) =>
        new("team.kept_by_directory", $"'{name}' is kept by the directory, under the name it has there. Rename the group in the directory.");

    public static ConflictException NobodyBehind() =>
        new("organization.no_person", "No member stands behind this key, and only a person can do this. Use a key that you made yourself, or the portal.");

    public static LimitExceededException TooManyOrganizations(int most) => new("organization.too_many", $"A person belongs to at most {most} organizations.");

    public static InvalidException NoConnection() => new(
        "organization.no_connection", "requireSso", "No provider is on whose test passed or that somebody came in through, so nobody could come in. Connect one, test it and switch it on first.");

    public static ChangedMeanwhileException ChangedMeanwhile() =>
        new("organization.changed_meanwhile", "Somebody else changed the settings since you opened them. Load them again and repeat your change.");

    public static ConflictException CannotTake() => new("organization.cannot_take", "Ownership goes to another active member. Choose one who is in.");

    public static ConflictException NotYoursToTransfer() => new(
        "organization.not_yours", "You own this organization through a team or an identity provider, so there is nothing of your own to hand over. Make the other person an owner instead.");

    public static NotFoundException NoLogo() => new("organization.no_logo", "The organization has no logo.");

    public static InvalidException InvalidLogo(int bytes) =>
        new("organization.logo", "logo", $"A logo is a PNG or JPEG of at most {bytes / 1024} KB and 1024 × 1024 pixels.");

    public static NotFoundException EnvironmentNotFound(Guid id) => new("environment.not_found", $"There is no environment {id} in this organization.");

    public static ConflictException EnvironmentTaken(string key) => new("environment.taken", $"There is an environment '{key}' already. Choose another short name.");

    public static ConflictException LastEnvironment() => new("environment.last", "An organization has at least one environment.");

    public static ConflictException EnvironmentInUse(string name) =>
        new("environment.in_use", $"'{name}' has keys or executions, which belong to it. Only an environment in which nothing happened can be deleted.");

    public static LimitExceededException TooManyEnvironments(int most) => new("environment.too_many", $"An organization has at most {most} environments.");

    public static NotFoundException InvitationNotFound(Guid id) => new("invitation.not_found", $"There is no invitation {id} in this organization.");

    public static NotFoundException InvitationUnknown() =>
        new("invitation.unknown", "This invitation does not exist, was taken back, or has expired. Ask for a new one.");

    public static ConflictException InvitationClosed(string status) => new("invitation.closed", $"This invitation is {status}. Invite the person again.");

    public static ConflictException InvitationForOther(string email) =>
        new("invitation.other_person", $"This invitation is for {email}. Sign in with that address, or ask for an invitation to yours.");

    public static ConflictException AlreadyMember(string email) => new("invitation.already_member", $"{email} is a member already.");
}
