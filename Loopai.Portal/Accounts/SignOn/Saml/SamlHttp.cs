using Loopai.Core.Configuration;
using Loopai.Core.Identity.Saml;
using Loopai.Core.Identity.Saml.Messages;
using Loopai.Core.Identity.SignOn;

namespace Loopai.Portal.Accounts.SignOn.Saml;

/// <summary>Between SAML's messages and the browser that carries them.</summary>
public sealed class SamlHttp(PortalSettings portal)
{
    /// <summary>Says that an answer has come round once more, so that it does not go in circles.</summary>
    internal const string Again = "loopaiAgain";

    /// <summary>The connection's addresses, as people and the provider know this portal.</summary>
    public SamlAddresses AddressesOf(HttpContext http, Guid connection) =>
        new(SignOnAddresses.Base(portal, http.Request), connection);

    internal static IResult Send(HttpContext http, SamlMessage message) =>
        message.Form is { } form ? SelfSubmittingForm.To(http, message.Url, form) : Results.Redirect(message.Url);

    /// <summary>
    /// A provider's answer is a POST from another site, with which browsers send no cookie that is SameSite=Lax. Posted once more, from here, it comes with
    /// the cookie; a SameSite=None cookie instead would need https even on an intranet, and travel with every foreign request.
    /// </summary>
    internal static IResult OnceMore(HttpContext http, IFormCollection form) => SelfSubmittingForm.To(
        http, http.Request.Path, new Dictionary<string, string>(StringComparer.Ordinal) { ["SAMLResponse"] = form["SAMLResponse"].ToString(), [Again] = "1" });

    /// <summary>Whether only somebody with a message signed by the provider can have brought this refusal about.</summary>
    internal static bool IsWorthRecording(SignOnRefusal refusal) => refusal.Code is
        "saml.unsolicited" or "saml.replay" or "saml.expired" or "saml.not_yet_valid" or "saml.audience" or "saml.recipient" or "saml.destination" or "saml.in_response_to";
}
