using Loopai.Core.Errors;
using Loopai.Core.Identity.SignOn;

namespace Loopai.Core.Identity.Saml;

/// <summary>Why a SAML message is not taken. Each reason has a code of its own: an administrator finds it in the test and in the audit log.</summary>
internal static class SamlErrors
{
    private const string Field = "SAMLResponse";

    public static InvalidException Malformed(string why) => Refused("malformed", $"The message of the identity provider cannot be read. {why}");

    public static InvalidException TooLarge(string why) => Refused("too_large", $"The message of the identity provider is too large. {why}");

    public static InvalidException DocumentType() => Refused("document_type", "The message declares a document type. SAML messages have none, and entities are never expanded.");

    public static InvalidException DuplicateId() => Refused("duplicate_id", "Two elements of the message have the same ID.");

    public static InvalidException Structure(string why) => Refused("structure", $"The message is not built as SAML says. {why}");

    public static InvalidException Status(string code, string? message) => Refused(
        "status", $"The identity provider did not sign you in: {code[(code.LastIndexOf(':') + 1)..]}{(string.IsNullOrWhiteSpace(message) ? "" : $" ({message})")}.");

    public static InvalidException SignatureMissing(string what) => Refused(
        "signature_missing", $"The {what} is not signed. Let the identity provider sign it, or change which signature this connection demands.");

    public static InvalidException SignatureInvalid() => Refused(
        "signature_invalid", "The signature was not made by a certificate of this connection. If the identity provider changed its certificate, import its metadata again.");

    public static InvalidException DigestInvalid() => Refused("digest_invalid", "The message was changed after it was signed.");

    public static InvalidException SignatureForm(string why) => Refused("signature_form", $"The signature is not built as SAML says. {why}");

    public static InvalidException SignatureReference() => Refused("signature_reference", "The signature covers another element than the one it stands in.");

    public static InvalidException Transforms() => Refused(
        "signature_transforms", "The signature uses other transforms than enveloped-signature followed by exclusive canonicalization.");

    public static InvalidException Algorithm(string? algorithm) => Refused("algorithm", $"The algorithm '{algorithm ?? "(none)"}' is not taken.");

    public static InvalidException Sha1() => Refused("sha1", "The signature uses SHA-1. Set the identity provider to SHA-256, or allow SHA-1 for this connection.");

    public static InvalidException Encryption() => Refused(
        "encryption",
        "The encrypted assertion cannot be read, or its signature is none of this connection's. Give the identity provider the present encryption certificate, "
        + "and import its metadata again. Where it also signs the response, this message says more.");

    public static InvalidException EncryptionMissing() => Refused("encryption_missing", "The assertion is not encrypted, which this connection demands.");

    public static InvalidException Issuer(string? issuer) => Refused("issuer", $"The message comes from '{issuer ?? "(nobody)"}', which is not this connection's entity ID.");

    public static InvalidException Destination(string? destination) => Refused("destination", $"The message is addressed to '{destination ?? "(nowhere)"}', not to this portal.");

    public static InvalidException Recipient() => Refused("recipient", "No subject confirmation of the assertion is meant for this connection's reply URL at this time.");

    public static InvalidException Audience() => Refused("audience", "The assertion is meant for another audience. Set the audience (entity ID) as this connection shows it.");

    public static InvalidException InResponseTo() => Refused("in_response_to", "This answer does not belong to a sign-in that this browser began, or it took too long. Sign in again.");

    public static InvalidException Unsolicited() => Refused("unsolicited", "Nobody asked for this sign-in, and the connection does not allow the identity provider to begin one.");

    public static InvalidException NotYetValid() => Refused("not_yet_valid", "The message is not valid yet. Compare the clock of the identity provider with this server's.");

    public static InvalidException Expired() => Refused("expired", "The message is no longer valid. Sign in again; if it happens at once, compare the clocks.");

    public static InvalidException Subject(string why) => Refused("subject", $"The assertion does not say who signed in. {why}");

    public static InvalidException Replay() => Refused("replay", "This message was used before. Sign in again.");

    public static InvalidException Binding(string why) => Refused("binding", $"The message did not come as SAML's bindings say. {why}");

    public static InvalidException Metadata(string why) => new("saml.metadata", "metadata", why);

    public static InvalidException Certificate(string why) => new("saml.certificate", "certificates", why);

    public static NotFoundException NotFound(Guid id) => new("saml.not_found", $"There is no SAML connection {id} in this organization.");

    public static NotFoundException CertificateNotFound(Guid id) => new("saml.certificate_not_found", $"There is no certificate {id} of this connection.");

    public static ConflictException CertificateActive() => new("saml.certificate_active", "This certificate is in use. Activate the other one first.");

    public static ConflictException RolloverUnderWay() => new(
        "saml.rollover_under_way", "There are two certificates already. Activate the new one and remove the old one before you make another.");

    public static ConflictException Disabled() => new(SignOnErrors.Disabled.Code, SignOnErrors.Disabled.Message);

    public static ConflictException NotSetUp() => new("saml.not_set_up", "This connection knows no identity provider yet. Its metadata has to be imported first.");

    public static ConflictException KeysUnreadable() => new("saml.keys_unreadable", "The keys of this connection cannot be read. Try again.");

    public static ChangedMeanwhileException Changed() => new("saml.changed", "Somebody changed this connection meanwhile. Look at it again, then repeat the change.");

    private static InvalidException Refused(string code, string message) => new("saml." + code, Field, message);
}
