using Loopai.Core.Errors;

namespace Loopai.Core.Identity.SignOn;

internal static class SignOnErrors
{
    public static readonly SignOnRefusal Disabled = new("sign_on.disabled", "This way of signing in is switched off. Ask an administrator of your organization.");

    public static readonly SignOnRefusal NoEmail = new(
        "sign_on.no_email", "Your identity provider did not tell your e-mail address. An administrator has to let it send one.");

    public static readonly SignOnRefusal EmailUnverified = new(
        "sign_on.email_unverified", "Your identity provider does not vouch for your e-mail address, so it cannot be told whose account this is. Verify it there, then try again.");

    public static readonly SignOnRefusal OtherSubject = new(
        "sign_on.other_subject", "The account with your e-mail address belongs to another identity of your provider. An administrator has to unlink that one first.");

    public static readonly SignOnRefusal Deactivated = new("sign_on.deactivated", "Your membership is deactivated. Ask an administrator of your organization.");

    public static readonly SignOnRefusal NoAccount = new(
        "sign_on.no_account", "There is no account for you yet, and this organization does not make accounts at the first sign-in. Ask an administrator for an invitation.");

    public static readonly SignOnRefusal NotAMember = new(
        "sign_on.not_a_member", "You are not a member of this organization. Ask an administrator for an invitation.");

    public static readonly SignOnRefusal Expired = new(
        "sign_on.expired", "This sign-in was begun too long ago, in another browser, or has been finished before. Start again.");

    public static SignOnRefusal ForeignDomain(string domain) => new(
        "sign_on.foreign_domain", $"{domain} is not a domain that this organization has verified as its own, so its provider cannot sign you in with it.");

    public static NotFoundException ConnectionNotFound(Guid id) => new("sign_on.connection_not_found", $"There is no sign-on connection {id} in this organization.");

    public static NotFoundException TestNotFound(Guid id) => new(
        "sign_on.test_not_found", $"There is no test run {id} of this connection; only the last is kept.");

    public static NotFoundException NotLinked(Guid userId) => new("sign_on.not_linked", $"The account {userId} is not linked to anybody at this connection.");

    public static ChangedMeanwhileException ChangedMeanwhile() => new(
        "sign_on.changed_meanwhile", "Somebody else changed this connection meanwhile. Read it again, then change it.");

    public static NotFoundException DomainNotFound(Guid id) => new("sign_on.domain_not_found", $"There is no domain {id} in this organization.");

    public static ConflictException DomainTaken(string domain) => new(
        "sign_on.domain_taken", $"Another organization of this Loopai has verified {domain}. Whoever manages that one has to remove it first.");

    public static ConflictException LastWayIn(string name) => new(
        "sign_on.last_way_in", $"Members have to come in through a provider, and {name} is the last that is on. Stop requiring one first, or switch another on.");

    public static ConflictException IdTaken(Guid id) => new("sign_on.id_taken", $"There is a connection {id} already. Choose another id, or leave it out.");
}
