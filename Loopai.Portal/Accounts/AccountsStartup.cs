using Loopai.Core.Configuration;
using Loopai.Core.Data;
using Loopai.Core.Identity;
using Loopai.Core.Identity.Passwords;
using Loopai.Core.Identity.SecondFactors;
using Loopai.Core.Identity.Sessions;
using Loopai.Core.Identity.SignIn;
using Loopai.Core.Notifications;
using Microsoft.AspNetCore.Components.Server.Circuits;
using Microsoft.AspNetCore.DataProtection;
using Microsoft.AspNetCore.DataProtection.KeyManagement;
using Microsoft.AspNetCore.DataProtection.Repositories;
using Microsoft.AspNetCore.Identity;

namespace Loopai.Portal.Accounts;

/// <summary>Accounts: who a person is, and how they sign in.</summary>
public static class AccountsStartup
{
    public static void AddLoopaiAccounts(this IServiceCollection services, AccountsSettings accounts, PortalSettings portal)
    {
        services.AddIdentity(accounts);
        services.AddSessions(accounts, portal);
        services.AddScoped<SignInRouter>();
        services.AddSingleton<OwnSession>();
        services.AddScoped<SignInService>();
        services.AddSingleton<SignInThrottle>();
        services.AddSingleton<AuthenticationLog>();
        services.AddSingleton<AuthenticatorService>();
        services.AddSingleton<ConfirmationService>();
        services.AddScoped<PasskeyService>();
        services.AddScoped<PasswordResetService>();
        services.AddSingleton<MailQueue>();
        services.AddHostedService(provider => provider.GetRequiredService<MailQueue>());
        services.AddHostedService<AccountSweeper>();

        services.AddDataProtection().SetApplicationName("Loopai");
        services.AddSingleton<IXmlRepository, DataProtectionKeyRepository>();
        services.AddOptions<KeyManagementOptions>().Configure<IXmlRepository>((keys, repository) => keys.XmlRepository = repository);
    }

    private static void AddIdentity(this IServiceCollection services, AccountsSettings accounts)
    {
        // Identity's stores work for people before they are in any organization, so they stand under the system role.
        services.AddScoped(provider => new LoopaiDbContext(provider.GetRequiredService<SystemDbOptions>().Options, organizationId: null));
        services.AddScoped<AccountService>();
        services.AddScoped<InvitedAccounts>();
        services.AddIdentityCore<User>(identity =>
            {
                identity.Stores.SchemaVersion = IdentitySchemaVersions.Version3;
                identity.User.RequireUniqueEmail = true;
                identity.Password = new PasswordOptions
                {
                    // Length over composition: NIST SP 800-63B, 3.1.1.2.
                    RequiredLength = accounts.MinPasswordLength,
                    RequireDigit = false,
                    RequireLowercase = false,
                    RequireUppercase = false,
                    RequireNonAlphanumeric = false,
                    RequiredUniqueChars = 4,
                };
            })
            .AddEntityFrameworkStores<LoopaiDbContext>()
            .AddSignInManager()
            .AddPasswordValidator<PasswordRules>()
            .AddDefaultTokenProviders();
        services.Configure<DataProtectionTokenProviderOptions>(tokens => tokens.TokenLifespan = PasswordResetService.Lifetime);
        services.Configure<IdentityPasskeyOptions>(passkeys =>
        {
            // A passkey stands for two factors here, and has to be found without a name: so it lies on the device, behind a PIN or a finger.
            passkeys.UserVerificationRequirement = "required";
            passkeys.ResidentKeyRequirement = "required";
        });
    }

    private static void AddSessions(this IServiceCollection services, AccountsSettings accounts, PortalSettings portal)
    {
        services.AddSingleton<SessionService>();
        services.AddSingleton<SessionCache>();
        services.AddScoped<SessionCookie>();
        services.AddSingleton<PendingSignIn>();
        services.AddScoped<CurrentAccount>();
        services.AddScoped<Confirmation>();
        services.AddScoped<CircuitHandler, CircuitSession>();
        services.AddAuthentication(IdentityConstants.ApplicationScheme)
            .AddCookie(IdentityConstants.ApplicationScheme, cookie =>
            {
                cookie.Cookie.Name = "loopai";
                cookie.Cookie.HttpOnly = true;
                cookie.Cookie.SameSite = SameSiteMode.Lax;
                cookie.Cookie.SecurePolicy = portal.CookieSecurity();
                cookie.ExpireTimeSpan = TimeSpan.FromHours(accounts.SessionHours);
                cookie.SlidingExpiration = true;
                cookie.LoginPath = "/sign-in";
                cookie.ReturnUrlParameter = "returnUrl";
                cookie.Events.OnValidatePrincipal = SessionCookie.ValidateAsync;
            })
            .AddCookie(IdentityConstants.TwoFactorUserIdScheme, cookie =>
            {
                // Identity keeps the challenge of a passkey here.
                cookie.Cookie.Name = "loopai.passkey";
                cookie.Cookie.SameSite = SameSiteMode.Strict;
                cookie.Cookie.SecurePolicy = portal.CookieSecurity();
                cookie.ExpireTimeSpan = TimeSpan.FromMinutes(5);
            });
        services.AddAuthorization();
        services.AddCascadingAuthenticationState();
    }

    /// <summary>Behind a proxy that speaks https for it, the portal itself sees http.</summary>
    private static CookieSecurePolicy CookieSecurity(this PortalSettings portal) =>
        portal.LinkBase().StartsWith("https://", StringComparison.OrdinalIgnoreCase) ? CookieSecurePolicy.Always : CookieSecurePolicy.SameAsRequest;
}
