using Loopai.Core.Configuration;
using Loopai.Core.Identity.Saml;
using Loopai.Core.Identity.SignOn;
using Microsoft.AspNetCore.Components;

namespace Loopai.Portal.Accounts.SignOn;

/// <summary>The addresses that a provider has to know of a connection, as whoever asks reaches the portal.</summary>
public static class SignOnAddresses
{
    /// <summary>The portal's own address: as configured, else as the request found it. A provider takes only those that it was told.</summary>
    public static string Base(PortalSettings portal, HttpRequest request) =>
        portal.PublicUrl.Length > 0 ? portal.LinkBase() : $"{request.Scheme}://{request.Host}";

    /// <inheritdoc cref="Base(PortalSettings, HttpRequest)"/>
    public static string Base(PortalSettings portal, NavigationManager navigation) =>
        portal.PublicUrl.Length > 0 ? portal.LinkBase() : navigation.BaseUri.TrimEnd('/');

    /// <summary>Where the provider answers. Each connection has its own, so that one provider's answer cannot be taken for another's.</summary>
    public static string Callback(string root, Guid connection) => $"{root}/sign-in/oidc/{connection}/callback";

    public static string BackChannelLogout(string root, Guid connection) => $"{root}/sign-in/oidc/{connection}/backchannel-logout";

    public static string FrontChannelLogout(string root, Guid connection) => $"{root}/sign-in/oidc/{connection}/frontchannel-logout";

    public static string SignedOut(string root) => $"{root}/sign-in";

    /// <summary>The path of a SAML connection's metadata.</summary>
    public static string Metadata(Guid connection) => new SamlAddresses("", connection).EntityId;

    /// <summary>What an administrator copies into the provider's pages, by what it is called there.</summary>
    public static IReadOnlyDictionary<string, string> Of(string root, SignOnConnection connection) => connection.Kind switch
    {
        SignOnKind.Oidc => new Dictionary<string, string>(StringComparer.Ordinal)
        {
            ["redirectUri"] = Callback(root, connection.Id),
            ["postLogoutRedirectUri"] = SignedOut(root),
            ["backChannelLogoutUri"] = BackChannelLogout(root, connection.Id),
            ["frontChannelLogoutUri"] = FrontChannelLogout(root, connection.Id),
        },
        SignOnKind.Saml => Saml(new SamlAddresses(root, connection.Id)),
        SignOnKind.Ldap => new Dictionary<string, string>(StringComparer.Ordinal),
    };

    private static Dictionary<string, string> Saml(SamlAddresses addresses) => new(StringComparer.Ordinal)
    {
        ["entityId"] = addresses.EntityId,
        ["assertionConsumerUrl"] = addresses.AssertionConsumer,
        ["metadataUrl"] = addresses.EntityId,
        ["singleLogoutUrl"] = addresses.Logout,
        ["startUrl"] = addresses.Start,
    };
}
