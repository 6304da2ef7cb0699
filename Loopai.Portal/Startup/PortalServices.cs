using Loopai.Core.Access;
using Loopai.Core.Analytics;
using Loopai.Core.Analytics.Annotations;
using Loopai.Core.Analytics.Dashboards;
using Loopai.Core.ApiKeys;
using Loopai.Core.ApiKeys.Tokens;
using Loopai.Core.Audit;
using Loopai.Core.Audit.Streaming;
using Loopai.Core.Configuration;
using Loopai.Core.Costs;
using Loopai.Core.Costs.Budgets;
using Loopai.Core.Costs.Ledger;
using Loopai.Core.Costs.Prices;
using Loopai.Core.Costs.Recommendations;
using Loopai.Core.Costs.Savings;
using Loopai.Core.Executions;
using Loopai.Core.Experiments;
using Loopai.Core.Experiments.Analysis;
using Loopai.Core.Experiments.Events;
using Loopai.Core.Experiments.Lifecycle;
using Loopai.Core.Experiments.Live;
using Loopai.Core.Experiments.Metrics;
using Loopai.Core.Experiments.Planning;
using Loopai.Core.Flags;
using Loopai.Core.Identity.Ldap;
using Loopai.Core.Identity.Scim;
using Loopai.Core.Identity.SignOn;
using Loopai.Core.Notifications;
using Loopai.Core.Organizations;
using Loopai.Core.Programs;
using Loopai.Core.Programs.Generation;
using Loopai.Core.Rollouts;
using Loopai.Core.Tasks;
using Loopai.Core.Usage;
using Loopai.Core.Validation;
using Loopai.Infrastructure.DomainNames;
using Loopai.Infrastructure.Ldap;
using Loopai.Infrastructure.Mail;
using Loopai.Infrastructure.Outbound;
using Loopai.Infrastructure.Sandbox;
using Loopai.Portal.Pages.Dashboards;
using Loopai.Portal.Pages.Experiments.Results;
using Loopai.Portal.Ofrep;

namespace Loopai.Portal.Startup;

/// <summary>What the portal is made of, a paragraph a part.</summary>
public static class PortalServices
{
    public static void AddLoopaiOutside(this IServiceCollection services, MailSettings mail, OutboundSettings outbound)
    {
        services.AddSingleton<IMailSender>(new SmtpMailSender(mail));
        services.AddSingleton(GuardedHandler.Create(outbound.AllowPrivateNetworks));
        services.AddSingleton<ILdapDirectory>(new LdapDirectory(outbound.AllowPrivateNetworks));
        services.AddSingleton<IDnsTxtResolver>(new DnsTxtResolver(outbound.DnsEndPoints()));
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
        }, sandbox.MaxPluginWorkers);

        services.AddSingleton<OrganizationService>();
        services.AddSingleton<OrganizationLifecycle>();
        services.AddSingleton<OrganizationPurge>();
        services.AddSingleton<SettingsService>();
        services.AddSingleton<EnvironmentService>();
        services.AddSingleton<MemberService>();
        services.AddSingleton<MemberDirectory>();
        services.AddSingleton<InvitationService>();
        services.AddSingleton<InvitationAcceptance>();
        services.AddSingleton<TeamService>();
        services.AddSingleton<AccessService>();
        services.AddSingleton<GrantService>();
        services.AddSingleton<RoleService>();
        services.AddSingleton<ExplainService>();
        services.AddSingleton<ApiKeyService>();
        services.AddSingleton<ApiKeyAuthenticator>();
        services.AddSingleton<KeyRotation>();
        services.AddSingleton<TokenSigner>();
        services.AddSingleton<AccessTokens>();
        services.AddSingleton<TokenAuthenticator>();
        services.AddSingleton<ServiceAccountService>();
        services.AddSingleton<KeyExpiryWorker>();
        services.AddHostedService(provider => provider.GetRequiredService<KeyExpiryWorker>());
        services.AddSingleton<TaskService>();
        services.AddSingleton<TaskDirectory>();
        services.AddSingleton<ExampleService>();
        services.AddSingleton<TaskActivity>();

        services.AddSingleton<ProgramService>();
        services.AddSingleton<GenerationSignals>();
        services.AddSingleton<GenerationService>();
        services.AddHostedService<GenerationWorker>();

        services.AddSingleton<UsageService>();
        services.AddSingleton<QuotaService>();
        services.AddSingleton<QuotaGate>();

        services.AddSingleton<PriceBooks>();
        services.AddSingleton<PriceService>();
        services.AddSingleton<ReferenceService>();
        services.AddSingleton<CostService>();
        services.AddSingleton<RecommendationService>();
        services.AddSingleton<RepriceService>();
        services.AddSingleton<LedgerService>();
        services.AddSingleton<BudgetGate>();
        services.AddSingleton<BudgetService>();
        services.AddSingleton<BudgetNotices>();
        services.AddSingleton<BudgetKeeper>();
        services.AddHostedService<BudgetWorker>();

        services.AddSingleton<ExecutionEvents>();
        services.AddSingleton<ExecutionCatalog>();
        services.AddSingleton<RollupLag>();
        services.AddSingleton<ExecutionWriter>();
        services.AddHostedService(provider => provider.GetRequiredService<ExecutionWriter>());
        services.AddSingleton<ShadowRunner>();
        services.AddHostedService(provider => provider.GetRequiredService<ShadowRunner>());
        services.AddSingleton<ExecutionService>();
        services.AddSingleton<BatchService>();
        services.AddSingleton<IVersionRunner, VersionRunner>();
        services.AddSingleton<ExecutionQueries>();
        services.AddSingleton<RerunService>();
        services.AddHostedService<ChangeRelay>();
        services.AddHostedService<RetentionWorker>();
        services.AddHostedService<UncountedWorker>();

        services.AddSingleton<RolloutService>();
        services.AddSingleton<RolloutMail>();
        services.AddSingleton<RolloutKeeper>();
        services.AddHostedService<RolloutWorker>();
        services.AddSingleton<FlagCatalog>();
        services.AddSingleton<FlagService>();
        services.AddSingleton<FlagTargetingService>();
        services.AddSingleton<FlagStreamTokens>();

        services.AddSingleton<ValidationSignal>();
        services.AddSingleton<ValidationProcessor>();
        services.AddHostedService<ValidationWorker>();
        services.AddSingleton<ValidationService>();
        services.AddSingleton<QualityService>();

        services.AddSingleton<ExperimentService>();
        services.AddSingleton<ExperimentReview>();
        services.AddSingleton<ExperimentLifecycle>();
        services.AddSingleton<ExperimentNotices>();
        services.AddSingleton<BreakerCheck>();
        services.AddHostedService<ExperimentClock>();
        services.AddSingleton<WinnerService>();
        services.AddSingleton<ApprovalService>();
        services.AddSingleton<DecisionService>();
        services.AddSingleton<AssignmentService>();
        services.AddSingleton<TrafficForecast>();
        services.AddSingleton<MetricService>();
        services.AddSingleton<HoldoutService>();
        services.AddSingleton<ExperimentUses>();
        services.AddSingleton<EventService>();
        services.AddSingleton<ExperimentAnalysis>();
        services.AddSingleton<SnapshotService>();
        services.AddHostedService<SnapshotWorker>();

        services.AddSingleton<RefusalLog>();
        services.AddHostedService(provider => provider.GetRequiredService<RefusalLog>());
        services.AddSingleton<AuditSealing>();
        services.AddSingleton<AuditSigner>();
        services.AddSingleton<AuditCheckpoints>();
        services.AddSingleton<AuditRetention>();
        services.AddSingleton<AuditVerifier>();
        services.AddSingleton<AuditQueries>();
        services.AddHostedService<AuditSealer>();
        services.AddSingleton<AuditStreamSecrets>();
        services.AddSingleton<AuditStreamSender>();
        services.AddSingleton<AuditStreamService>();
        services.AddHostedService<AuditStreamWorker>();

        services.AddReports();
        services.AddWebhooks();
        services.AddMarketplace();
        services.AddPluginRuntime();
        services.AddPluginPublishing();

        services.AddSingleton<ScimTokenService>();
        services.AddSingleton<ScimUserService>();
        services.AddSingleton<ScimGroupService>();

        services.AddSingleton<ResultReader>();

        services.AddSingleton<AnalyticsService>();
        services.AddSingleton<AnalyticsRebuild>();
        services.AddSingleton<DashboardService>();
        services.AddSingleton<AnnotationService>();
        services.AddSingleton<PanelReader>();
        services.AddSingleton<BoardChoices>();
        services.AddSingleton<OverviewService>();
        services.AddSingleton<AttentionService>();
    }
}
