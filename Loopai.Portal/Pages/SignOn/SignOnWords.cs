using Loopai.Core.Identity.SignOn;
using Loopai.Core.Identity.SignOn.Oidc;

namespace Loopai.Portal.Pages.SignOn;

/// <summary>What connections and their tests are called on pages.</summary>
public static class SignOnWords
{
    public static string Provider(SignOnConnection connection) => connection.Kind switch
    {
        SignOnKind.Oidc => OidcPresets.Of(connection.ReadSettings<OidcSettings>().Preset).Name,
        SignOnKind.Saml => "SAML 2.0",
        SignOnKind.Ldap => "LDAP",
    };

    /// <summary>What a sign-in would have done, in a sentence.</summary>
    public static string Decision(SignOnDecision decision) => decision switch
    {
        { Refusal: { } refusal } => refusal.Message,
        { Action: SignOnAction.UseLinked } => "The account that is linked to this person would come in.",
        { Action: SignOnAction.LinkByEmail, JoinsOrganization: true } => "The account with this e-mail address would be linked, become a member, and come in.",
        { Action: SignOnAction.LinkByEmail } => "The member with this e-mail address would be linked, and come in.",
        _ => "An account would be made, become a member, and come in.",
    };
}
