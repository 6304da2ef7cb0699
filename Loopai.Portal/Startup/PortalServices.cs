using Loopai.Core.Access;
using Loopai.Core.Analytics;
using Loopai.Core.ApiKeys;
using Loopai.Core.Configuration;
using Loopai.Core.Data;
using Loopai.Core.Executions;
using Loopai.Core.Identity;
using Loopai.Core.Identity.SignOn;
using Loopai.Core.Notifications;
using Loopai.Core.Organizations;
using Loopai.Core.Programs;
using Loopai.Core.Programs.Generation;
using Loopai.Core.Tasks;
using Loopai.Core.Validation;
using Loopai.Infrastructure.Mail;
using Loopai.Infrastructure.Outbound;
using Loopai.Infrastructure.Sandbox;
using Loopai.Portal.Accounts.SignOn;
using Microsoft.AspNetCore.DataProtection;
using Microsoft.AspNetCore.DataProtection.KeyManagement;
using Microsoft.AspNetCore.DataProtection.Repositories;
using Microsoft.AspNetCore.Identity;

namespace Loopai.Portal.Startup;

/// <summary>What the portal is made of, a paragraph a part.</summary>
public static class PortalServices
{
    public static void AddLoopaiOutside(this IServiceCollection services, MailSettings mail, OutboundSettings outbound)
    {
        services.AddSingleton<IMailSender>(new SmtpMailSender(mail));
        services.AddSingleton(GuardedHandler.Create(outbound.AllowPrivateNetworks));
    }

    public static void AddLoopai(this IServiceCollection services, SandboxSettings sandbox)
    {
        services.AddSingleton(TimeProvider.System);
        services.AddSandbox(!sandbox.Enabled ? null : new SandboxOptions
        {
            MemoryMegabytes = sandbox.MemoryMb,
            WorkersPerProgram = sandbox.WorkersPerProgram,
            MaxWorkers = sandbox.MaxWorkers,
            MaxOutputBytes = sandbox.MaxOutputBytes,
            IdleTime = TimeSpan.FromMinutes(sandbox.IdleMinutes),
        });

        services.AddSingleton<OrganizationService>();
        services.AddSingleton<MemberService>();
        services.AddSingleton<TeamService>();
        services.AddSingleton<AccessService>();
        services.AddSingleton<GrantService>();
        services.AddSingleton<ApiKeyService>();
        services.AddSingleton<ApiKeyAuthenticator>();
        services.AddSingleton<TaskService>();
        services.AddSingleton<TaskDirectory>();
        services.AddSingleton<ExampleService>();
        services.AddSingleton<TaskActivity>();

        services.AddSingleton<ProgramService>();
        services.AddSingleton<GenerationSignals>();
        services.AddSingleton<GenerationService>();
        services.AddHostedService<GenerationWorker>();

        services.AddSingleton<ExecutionEvents>();
        services.AddSingleton<ExecutionCatalog>();
        services.AddSingleton<ExecutionWriter>();
        services.AddHostedService(provider => provider.GetRequiredService<ExecutionWriter>());
        services.AddSingleton<ExecutionService>();
        services.AddSingleton<BatchService>();
        services.AddSingleton<IVersionRunner, VersionRunner>();
        services.AddSingleton<ExecutionQueries>();
        services.AddSingleton<RerunService>();
        services.AddHostedService<ChangeRelay>();
        services.AddHostedService<RetentionWorker>();

        services.AddSingleton<ValidationSignal>();
        services.AddSingleton<ValidationProcessor>();
        services.AddHostedService<ValidationWorker>();
        services.AddSingleton<ValidationService>();
        services.AddSingleton<QualityService>();

        services.AddSingleton<OverviewService>();
        services.AddSingleton<AttentionService>();
    }

    public static void AddLoopaiSignOn(this IServiceCollection services)
    {
        services.AddSingleton<SignOnSecrets>();
        services.AddSingleton<SignOnAttempts>();
        services.AddSingleton<SignOnService>();
        services.AddScoped<SignOnBrowser>();
    }

    public static void AddLoopaiAccounts(this IServiceCollection services, AccountsSettings accounts)
    {
        // Identity's stores work for people before they are in any organization, so they stand under the system role.
        services.AddScoped(provider => new LoopaiDbContext(provider.GetRequiredService<SystemDbOptions>().Options, organizationId: null));
        services.AddScoped<AccountService>();
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
                identity.Lockout.MaxFailedAccessAttempts = accounts.LockoutAttempts;
                identity.Lockout.DefaultLockoutTimeSpan = TimeSpan.FromMinutes(accounts.LockoutMinutes);
            })
            .AddEntityFrameworkStores<LoopaiDbContext>()
            .AddSignInManager()
            .AddDefaultTokenProviders();
        services.AddAuthentication(IdentityConstants.ApplicationScheme)
            .AddCookie(IdentityConstants.ApplicationScheme, cookie =>
            {
                cookie.Cookie.Name = "loopai";
                cookie.Cookie.HttpOnly = true;
                cookie.Cookie.SameSite = SameSiteMode.Lax;
                cookie.ExpireTimeSpan = TimeSpan.FromHours(accounts.SessionHours);
                cookie.SlidingExpiration = true;
                cookie.LoginPath = "/sign-in";
                cookie.ReturnUrlParameter = "returnUrl";
            });
        services.AddAuthorization();
        services.AddCascadingAuthenticationState();

        services.AddDataProtection().SetApplicationName("Loopai");
        services.AddSingleton<IXmlRepository, DataProtectionKeyRepository>();
        services.AddOptions<KeyManagementOptions>().Configure<IXmlRepository>((keys, repository) => keys.XmlRepository = repository);
    }
}
