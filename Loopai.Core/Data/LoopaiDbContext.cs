using System.Linq.Expressions;
using Loopai.Core.Access;
using Loopai.Core.Analytics.Annotations;
using Loopai.Core.Analytics.Dashboards;
using Loopai.Core.ApiKeys;
using Loopai.Core.ApiKeys.Tokens;
using Loopai.Core.Audit;
using Loopai.Core.Audit.Streaming;
using Loopai.Core.Costs.Budgets;
using Loopai.Core.Costs.Ledger;
using Loopai.Core.Costs.Prices;
using Loopai.Core.Costs.Recommendations;
using Loopai.Core.Costs.Savings;
using Loopai.Core.Executions;
using Loopai.Core.Experiments;
using Loopai.Core.Experiments.Events;
using Loopai.Core.Experiments.Metrics;
using Loopai.Core.Flags;
using Loopai.Core.Idempotency;
using Loopai.Core.Identity;
using Loopai.Core.Identity.Scim;
using Loopai.Core.Identity.SecondFactors;
using Loopai.Core.Identity.Sessions;
using Loopai.Core.Identity.SignIn;
using Loopai.Core.Identity.SignOn;
using Loopai.Core.Organizations;
using Loopai.Core.Plugins.Installations;
using Loopai.Core.Plugins.Packages.Signing;
using Loopai.Core.Plugins.Publishing;
using Loopai.Core.Plugins.Registry;
using Loopai.Core.Programs;
using Loopai.Core.Reports;
using Loopai.Core.Reports.Delivery;
using Loopai.Core.Reports.Running;
using Loopai.Core.Reports.Scheduling;
using Loopai.Core.Rollouts;
using Loopai.Core.Tasks;
using Loopai.Core.Usage;
using Loopai.Core.Validation;
using Loopai.Core.Webhooks;
using Microsoft.AspNetCore.Identity;
using Microsoft.AspNetCore.Identity.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore;

namespace Loopai.Core.Data;

/// <summary>
/// The repository and the unit of work. Opened by <see cref="LoopaiData"/> for a caller; every query over tenant rows is filtered by the
/// caller's organization here, and once more by the database's own row-level security.
/// </summary>
public class LoopaiDbContext(DbContextOptions options, Guid? organizationId)
    : IdentityUserContext<User, Guid>(options)
{
    /// <summary>The tenant of this unit of work; null for the system.</summary>
    public Guid? OrganizationId { get; } = organizationId;

    public DbSet<UserSession> UserSessions => Set<UserSession>();

    public DbSet<SignInThrottleEntry> SignInThrottle => Set<SignInThrottleEntry>();

    public DbSet<Authenticator> Authenticators => Set<Authenticator>();

    public DbSet<RecoveryCode> RecoveryCodes => Set<RecoveryCode>();

    public DbSet<Organization> Organizations => Set<Organization>();

    public DbSet<OrganizationEnvironment> Environments => Set<OrganizationEnvironment>();

    public DbSet<Membership> Memberships => Set<Membership>();

    public DbSet<OrganizationLogo> OrganizationLogos => Set<OrganizationLogo>();

    public DbSet<Invitation> Invitations => Set<Invitation>();

    public DbSet<Team> Teams => Set<Team>();

    public DbSet<TeamMember> TeamMembers => Set<TeamMember>();

    public DbSet<CustomRole> CustomRoles => Set<CustomRole>();

    public DbSet<Grant> Grants => Set<Grant>();

    public DbSet<ApiKey> ApiKeys => Set<ApiKey>();

    public DbSet<ApiKeySecret> ApiKeySecrets => Set<ApiKeySecret>();

    public DbSet<TokenSigningKey> TokenSigningKeys => Set<TokenSigningKey>();

    public DbSet<PluginSigningKey> PluginSigningKeys => Set<PluginSigningKey>();

    public DbSet<PluginSubmission> PluginSubmissions => Set<PluginSubmission>();

    public DbSet<PluginSubmissionPackage> PluginSubmissionPackages => Set<PluginSubmissionPackage>();

    public DbSet<PluginSubmissionStep> PluginSubmissionSteps => Set<PluginSubmissionStep>();

    public DbSet<PluginSubmissionEvent> PluginSubmissionEvents => Set<PluginSubmissionEvent>();

    public DbSet<PluginReviewPolicy> PluginReviewPolicies => Set<PluginReviewPolicy>();

    public DbSet<UsageCounter> UsageCounters => Set<UsageCounter>();

    public DbSet<Quota> Quotas => Set<Quota>();

    public DbSet<QuotaMeter> QuotaMeters => Set<QuotaMeter>();

    public DbSet<Price> Prices => Set<Price>();

    public DbSet<CostEntry> CostEntries => Set<CostEntry>();

    public DbSet<TaskReference> TaskReferences => Set<TaskReference>();

    public DbSet<Budget> Budgets => Set<Budget>();

    public DbSet<BudgetMeter> BudgetMeters => Set<BudgetMeter>();

    public DbSet<BudgetLease> BudgetLeases => Set<BudgetLease>();

    public DbSet<BudgetAlert> BudgetAlerts => Set<BudgetAlert>();

    public DbSet<RecommendationDecision> RecommendationDecisions => Set<RecommendationDecision>();

    public DbSet<ServiceAccount> ServiceAccounts => Set<ServiceAccount>();

    public DbSet<AuditEvent> AuditEvents => Set<AuditEvent>();

    public DbSet<AuditPending> AuditPending => Set<AuditPending>();

    public DbSet<AuditSeal> AuditSeals => Set<AuditSeal>();

    public DbSet<AuditLog> AuditLogs => Set<AuditLog>();

    public DbSet<AuditCheckpoint> AuditCheckpoints => Set<AuditCheckpoint>();

    public DbSet<AuditStream> AuditStreams => Set<AuditStream>();

    public DbSet<AuditSigningKey> AuditSigningKeys => Set<AuditSigningKey>();

    public DbSet<TaskDefinition> Tasks => Set<TaskDefinition>();

    public DbSet<Example> Examples => Set<Example>();

    public DbSet<ProgramVersion> Programs => Set<ProgramVersion>();

    public DbSet<GenerationJob> GenerationJobs => Set<GenerationJob>();

    public DbSet<Execution> Executions => Set<Execution>();

    public DbSet<ExecutionRollup> ExecutionRollups => Set<ExecutionRollup>();

    public DbSet<VerdictRollup> VerdictRollups => Set<VerdictRollup>();

    public DbSet<ValidationRecord> Validations => Set<ValidationRecord>();

    public DbSet<Rollout> Rollouts => Set<Rollout>();

    public DbSet<RolloutEvent> RolloutEvents => Set<RolloutEvent>();

    public DbSet<Experiment> Experiments => Set<Experiment>();

    public DbSet<ExperimentChange> ExperimentChanges => Set<ExperimentChange>();

    public DbSet<StoredSnapshot> ExperimentSnapshots => Set<StoredSnapshot>();

    public DbSet<ExperimentEvent> ExperimentEvents => Set<ExperimentEvent>();

    public DbSet<Holdout> Holdouts => Set<Holdout>();

    public DbSet<Metric> Metrics => Set<Metric>();

    public DbSet<FeatureFlag> FeatureFlags => Set<FeatureFlag>();

    public DbSet<FlagEnvironment> FlagEnvironments => Set<FlagEnvironment>();

    public DbSet<FlagChange> FlagChanges => Set<FlagChange>();

    public DbSet<Report> Reports => Set<Report>();

    public DbSet<ReportVersion> ReportVersions => Set<ReportVersion>();

    public DbSet<ReportSchedule> ReportSchedules => Set<ReportSchedule>();

    public DbSet<ReportRun> ReportRuns => Set<ReportRun>();

    public DbSet<ReportFile> ReportFiles => Set<ReportFile>();

    public DbSet<ReportDelivery> ReportDeliveries => Set<ReportDelivery>();

    public DbSet<ReportOptOut> ReportOptOuts => Set<ReportOptOut>();

    public DbSet<WebhookSubscription> WebhookSubscriptions => Set<WebhookSubscription>();

    public DbSet<WebhookEvent> WebhookEvents => Set<WebhookEvent>();

    public DbSet<WebhookOutbox> WebhookOutboxes => Set<WebhookOutbox>();

    public DbSet<WebhookDelivery> WebhookDeliveries => Set<WebhookDelivery>();

    public DbSet<WebhookAttempt> WebhookAttempts => Set<WebhookAttempt>();

    public DbSet<Publisher> Publishers => Set<Publisher>();

    public DbSet<PublisherProof> PublisherProofs => Set<PublisherProof>();

    public DbSet<PublisherMember> PublisherMembers => Set<PublisherMember>();

    public DbSet<TakenName> TakenPluginNames => Set<TakenName>();

    public DbSet<Plugin> Plugins => Set<Plugin>();

    public DbSet<PluginVersion> PluginVersions => Set<PluginVersion>();

    public DbSet<PluginPackageBytes> PluginPackages => Set<PluginPackageBytes>();

    public DbSet<PluginDependency> PluginDependencies => Set<PluginDependency>();

    public DbSet<PluginVersionDay> PluginVersionDays => Set<PluginVersionDay>();

    public DbSet<PluginReview> PluginReviews => Set<PluginReview>();

    public DbSet<PluginReviewReply> PluginReviewReplies => Set<PluginReviewReply>();

    public DbSet<PluginReviewReport> PluginReviewReports => Set<PluginReviewReport>();

    public DbSet<PluginInstallation> PluginInstallations => Set<PluginInstallation>();

    public DbSet<PluginAttachment> PluginAttachments => Set<PluginAttachment>();

    public DbSet<PluginVerdict> PluginVerdicts => Set<PluginVerdict>();

    public DbSet<PluginHealth> PluginHealth => Set<PluginHealth>();

    public DbSet<Dashboard> Dashboards => Set<Dashboard>();

    public DbSet<DashboardStar> DashboardStars => Set<DashboardStar>();

    public DbSet<Annotation> Annotations => Set<Annotation>();

    public DbSet<UncountedCommit> UncountedCommits => Set<UncountedCommit>();

    public DbSet<IdempotentRequest> IdempotentRequests => Set<IdempotentRequest>();

    public DbSet<SignOnConnection> SignOnConnections => Set<SignOnConnection>();

    public DbSet<SignOnLink> SignOnLinks => Set<SignOnLink>();

    public DbSet<SignOnAttempt> SignOnAttempts => Set<SignOnAttempt>();

    public DbSet<SignOnTestRun> SignOnTestRuns => Set<SignOnTestRun>();

    public DbSet<UsedToken> SignOnUsedTokens => Set<UsedToken>();

    public DbSet<VerifiedDomain> VerifiedDomains => Set<VerifiedDomain>();

    public DbSet<ScimToken> ScimTokens => Set<ScimToken>();

    public DbSet<ScimResource> ScimResources => Set<ScimResource>();

    public DbSet<ScimValue> ScimValues => Set<ScimValue>();

    public DbSet<DataProtectionKey> DataProtectionKeys => Set<DataProtectionKey>();

    /// <summary>Passkeys came with the third version of Identity's schema.</summary>
    protected override Version SchemaVersion => IdentitySchemaVersions.Version3;

    protected override void OnModelCreating(ModelBuilder builder)
    {
        base.OnModelCreating(builder);
        LoopaiModel.Configure(builder);

        foreach (var entity in builder.Model.GetEntityTypes().Where(e => typeof(ITenantOwned).IsAssignableFrom(e.ClrType)))
        {
            builder.Entity(entity.ClrType).HasQueryFilter(TenantFilter(entity.ClrType));
        }
    }

    /// <summary>
    /// <c>row => OrganizationId == null || row.OrganizationId == OrganizationId</c>, evaluated against the context at hand; <c>|| row.IsPublic</c> for what may be public.
    /// </summary>
    private LambdaExpression TenantFilter(Type type)
    {
        var row = Expression.Parameter(type, "row");
        var current = Expression.Property(Expression.Constant(this), nameof(OrganizationId));
        var owner = Expression.Property(row, type == typeof(Organization) ? nameof(Organization.Id) : nameof(ITenantOwned.OrganizationId));
        var reachable = Expression.OrElse(
            Expression.Equal(current, Expression.Constant(null, typeof(Guid?))),
            Expression.Equal(Expression.Convert(owner, typeof(Guid?)), current));
        return Expression.Lambda(
            typeof(IPublicReadable).IsAssignableFrom(type) ? Expression.OrElse(reachable, Expression.Property(row, nameof(IPublicReadable.IsPublic))) : reachable,
            row);
    }
}
