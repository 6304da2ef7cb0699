using Loopai.Core.Configuration;
using Loopai.Core.Errors;
using Loopai.Core.Identity.Saml;
using Loopai.Core.Identity.Sessions;
using Loopai.Core.Identity.SignOn;
using Loopai.Core.Identity.SignOn.Oidc;
using Loopai.Portal.Shell;

namespace Loopai.Portal.Accounts.SignOn;

/// <summary>Where somebody who came in through a provider can end its session too.</summary>
public sealed class ProviderSignOut(SignOnService service, OidcLogout logout, PortalSettings portal)
{
    /// <summary>The address for that; null when the session began otherwise, or the provider has none or does not answer.</summary>
    public async Task<string?> AddressAsync(UserSession session, HttpRequest request, SignOnBrowser browser, CancellationToken ct)
    {
        if (session.SsoConnectionId is not { } id || await service.FindAsync(id, ct) is not { } connection)
        {
            return null;
        }

        var hint = await service.LogoutHintAsync(connection, session.UserId, ct);
        return connection.Kind switch
        {
            SignOnKind.Oidc => await OidcAsync(connection, hint, request, ct),
            SignOnKind.Saml => hint is not null && connection.ReadSettings<SamlSettings>().LogoutUrl is not null ? PortalUrls.SamlLogout(id, browser.Seal(hint)) : null,
            SignOnKind.Ldap => null,
        };
    }

    private async Task<string?> OidcAsync(SignOnConnection connection, string? hint, HttpRequest request, CancellationToken ct)
    {
        try
        {
            return await logout.EndSessionAddressAsync(connection, hint, SignOnAddresses.SignedOut(SignOnAddresses.Base(portal, request)), ct);
        }
        catch (UnavailableException)
        {
            return null;
        }
    }
}
