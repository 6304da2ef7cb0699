using Loopai.Core.Identity.Ldap;
using Loopai.Core.Identity.Saml;
using Loopai.Core.Identity.SignIn;
using Loopai.Core.Identity.SignOn;
using Loopai.Core.Identity.SignOn.Oidc;
using Loopai.Portal.Accounts.SignOn.Saml;
using Loopai.Portal.Shell;

namespace Loopai.Portal.Accounts.SignOn;

/// <summary>Signing in through organizations' own providers.</summary>
public static class SignOnStartup
{
    public static void AddLoopaiSignOn(this IServiceCollection services)
    {
        services.AddSingleton<SignOnSecrets>();
        services.AddSingleton<SignOnAttempts>();
        services.AddSingleton<SignOnAccess>();
        services.AddSingleton<SignOnService>();
        services.AddSingleton<SignOnGate>();
        services.AddSingleton<SignOnLimit>();
        services.AddSingleton<ProviderLogout>();
        services.AddSingleton<SignOnTests>();
        services.AddSingleton<ConnectionService>();
        services.AddSingleton<SignOnDetection>();
        services.AddSingleton<DomainService>();
        services.AddHostedService<DomainCheckWorker>();
        services.AddScoped<SignOnBrowser>();
        services.AddSingleton<ProviderSignOut>();
        services.AddSingleton<OrganizationEntry>();
        services.AddScoped<ISignInRoute, SignOnRoute>();

        services.AddSingleton<ISignOnProtocol, OidcProtocol>();
        services.AddSingleton<OidcProviders>();
        services.AddSingleton<OidcFlow>();
        services.AddSingleton<OidcLogout>();

        services.AddSingleton<ISignOnProtocol, LdapProtocol>();
        services.AddSingleton<LdapFlow>();
        services.AddSingleton<LdapSignIn>();

        services.AddSingleton<ISignOnProtocol, SamlProtocol>();
        services.AddSingleton<SamlKeys>();
        services.AddSingleton<SamlFlow>();
        services.AddSingleton<SamlLogout>();
        services.AddSingleton<SamlConnectionService>();
        services.AddSingleton<SamlHttp>();
    }
}
