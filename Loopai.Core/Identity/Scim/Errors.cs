using Loopai.Core.Errors;

namespace Loopai.Core.Identity.Scim;

/// <summary>The failures of provisioning. The end of a code is RFC 7644's <c>scimType</c>.</summary>
internal static class ScimErrors
{
    public static InvalidException Filter(string message) => new("scim.invalidFilter", "filter", message);

    public static InvalidException Path(string path) => new("scim.invalidPath", "path", $"'{path}' names no attribute of this kind of resource.");

    public static InvalidException Value(string attribute, string message) => new("scim.invalidValue", attribute, message);

    public static InvalidException Syntax(string message) => new("scim.invalidSyntax", "body", message);

    public static InvalidException NoTarget(string path) => new("scim.noTarget", "path", $"Nothing is at '{path}'.");

    public static InvalidException ReadOnly(string attribute) => new("scim.mutability", attribute, $"'{attribute}' cannot be changed.");

    public static ConflictException Taken(string attribute, string value) => new("scim.uniqueness", $"Another resource has the {attribute} '{value}' already.");

    public static ConflictException TeamKeptByHand(string name) => new(
        "scim.uniqueness", $"There is a team '{name}' that is kept by hand. Rename it in Loopai, or the group in the directory.");

    public static ConflictException AlreadyProvisioned(string name) => new("scim.uniqueness", $"The account of '{name}' is provisioned already under another user name.");

    public static ConflictException DomainNotVerified(string domain) => new(
        "scim.domain", $"{domain} is not a verified domain of this organization, so its directory cannot make or change accounts there. Verify it in Loopai under Sign-on first.");

    public static ConflictException EmailTaken(string email) => new("scim.uniqueness", $"Another account has the address '{email}'.");

    public static NotFoundException NotFound(string kind, string id) => new("scim.not_found", $"There is no {kind} '{id}' that this directory provisions.");

    public static ChangedMeanwhileException Changed() => new("scim.changed_meanwhile", "The resource has another version than If-Match names. Read it again.");

    public static ConflictException TooManyTokens() => new(
        "scim.too_many_tokens", $"Two tokens are valid at a time at most. Revoke the one that is not in use first.");

    public static NotFoundException TokenNotFound(Guid id) => new("scim.token_not_found", $"There is no provisioning token {id} in this organization.");
}
