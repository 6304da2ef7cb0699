using System.Text.Json;
using Loopai.Core.Analytics;
using Loopai.Core.ApiKeys;
using Loopai.Core.Audit;
using Loopai.Core.Costs;
using Loopai.Core.Executions;
using Loopai.Core.Experiments;
using Loopai.Core.Flags;
using Loopai.Core.Idempotency;
using Loopai.Core.Identity;
using Loopai.Core.Identity.Scim;
using Loopai.Core.Identity.SignOn;
using Loopai.Core.Organizations;
using Loopai.Core.Plugins.Installations;
using Loopai.Core.Plugins.Publishing;
using Loopai.Core.Plugins.Registry;
using Loopai.Core.Programs;
using Loopai.Core.Reports;
using Loopai.Core.Rollouts;
using Loopai.Core.Tasks;
using Loopai.Core.Usage;
using Loopai.Core.Validation;
using Loopai.Core.Webhooks;
using Microsoft.AspNetCore.Identity;
using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.ChangeTracking;

namespace Loopai.Core.Data;

/// <summary>Tables, keys, lengths and indexes. The same model makes the migrations of every provider.</summary>
public static class LoopaiModel
{
    internal const int NameLength = 200;

    internal static void Configure(ModelBuilder builder)
    {
        ConfigureAccounts(builder);
        IdentityModel.Configure(builder);
        ConfigureOrganizations(builder);
        AccessModel.Configure(builder);
        ApiKeyModel.Configure(builder);
        UsageModel.Configure(builder);
        CostModel.Configure(builder);
        SignOnModel.Configure(builder);
        ScimModel.Configure(builder);
        ConfigureTasks(builder);
        ConfigureExecutions(builder);
        ExperimentModel.Configure(builder);
        FlagModel.Configure(builder);
        RolloutModel.Configure(builder);
        ReportModel.Configure(builder);
        AnalyticsModel.Configure(builder);
        WebhookModel.Configure(builder);
        RegistryModel.Configure(builder);
        InstallationModel.Configure(builder);
        PublishingModel.Configure(builder);
        AuditModel.Configure(builder);
        SnakeCaseNames.Apply(builder);
    }

    private static void ConfigureAccounts(ModelBuilder builder)
    {
        builder.Entity<User>(user =>
        {
            user.ToTable("users");
            user.Property(u => u.DisplayName).HasMaxLength(NameLength);
        });
        builder.Entity<IdentityUserClaim<Guid>>().ToTable("user_claims");
        builder.Entity<IdentityUserLogin<Guid>>().ToTable("user_logins");
        builder.Entity<IdentityUserToken<Guid>>().ToTable("user_tokens");
        builder.Entity<IdentityUserPasskey<Guid>>(passkey =>
        {
            passkey.ToTable("user_passkeys");
            passkey.HasKey(p => p.CredentialId);
            passkey.Property(p => p.CredentialId).HasMaxLength(1024);
            passkey.OwnsOne(p => p.Data).ToJson("data");
            passkey.HasOne<User>().WithMany().HasForeignKey(p => p.UserId);
        });
        builder.Entity<DataProtectionKey>(key =>
        {
            key.ToTable("data_protection_keys");
            key.Property(k => k.Name).HasMaxLength(NameLength);
        });
    }

    private static void ConfigureOrganizations(ModelBuilder builder)
    {
        builder.Entity<Organization>(organization =>
        {
            organization.ToTable("organizations");
            organization.Property(o => o.Id).ValueGeneratedNever();
            organization.Property(o => o.Slug).HasMaxLength(63);
            organization.Property(o => o.Name).HasMaxLength(NameLength);
            organization.Property(o => o.TimeZone).HasMaxLength(64);
            organization.Property(o => o.Currency).HasMaxLength(3);
            organization.Property(o => o.AllowedEmailDomains).HasMaxLength(4000);
            organization.Property(o => o.Revision).IsConcurrencyToken();
            organization.HasIndex(o => o.Slug).IsUnique();
            organization.HasMany(o => o.Environments).WithOne().HasForeignKey(e => e.OrganizationId);
        });
        builder.Entity<OrganizationEnvironment>(environment =>
        {
            environment.ToTable("environments");
            environment.Property(e => e.Id).ValueGeneratedNever();
            environment.Property(e => e.Key).HasMaxLength(32);
            environment.Property(e => e.Name).HasMaxLength(NameLength);
            environment.HasIndex(e => new { e.OrganizationId, e.Key }).IsUnique();
        });
        builder.Entity<Membership>(membership =>
        {
            membership.ToTable("memberships");
            membership.HasKey(m => new { m.OrganizationId, m.UserId });
            membership.Property(m => m.Status).HasConversion<string>().HasMaxLength(16);
            membership.HasOne<Organization>().WithMany().HasForeignKey(m => m.OrganizationId);
            membership.HasOne<User>().WithMany().HasForeignKey(m => m.UserId);
        });
        builder.Entity<IdempotentRequest>(request =>
        {
            request.ToTable("idempotent_requests");
            request.HasKey(r => new { r.OrganizationId, r.Scope, r.Key });
            request.Property(r => r.Scope).HasMaxLength(180);
            request.Property(r => r.Key).HasMaxLength(200);
            request.Property(r => r.Fingerprint).HasMaxLength(32);
            request.Property(r => r.ContentType).HasMaxLength(NameLength);
            request.Property(r => r.Location).HasMaxLength(400);
            request.Property(r => r.EntityTag).HasMaxLength(200);
            request.HasIndex(r => r.ExpiresAt);
        });
    }

    private static void ConfigureTasks(ModelBuilder builder)
    {
        builder.Entity<TaskDefinition>(task =>
        {
            task.ToTable("tasks");
            task.Property(t => t.Id).ValueGeneratedNever();
            task.Property(t => t.Name).HasMaxLength(NameLength);
            task.Property(t => t.Status).HasConversion<string>().HasMaxLength(16);
            task.Property(t => t.SpecificationHash).HasMaxLength(64);
            task.Property(t => t.CreatedBy).HasMaxLength(NameLength);
            task.Property(t => t.Revision).IsConcurrencyToken();
            task.Property(t => t.Sampling).HasConversion(
                policy => JsonSerializer.Serialize(policy, JsonSerializerOptions.Web),
                text => JsonSerializer.Deserialize<SamplingPolicy>(text, JsonSerializerOptions.Web)!);
            task.Property(t => t.Tags).HasDefaultValueSql("'[]'").HasConversion(
                tags => JsonSerializer.Serialize(tags.ToArray(), JsonSerializerOptions.Web),
                text => JsonSerializer.Deserialize<string[]>(text, JsonSerializerOptions.Web)!,
                new ValueComparer<IReadOnlyList<string>>((a, b) => a!.SequenceEqual(b!), tags => tags.Count, tags => tags.ToArray()));
            task.HasIndex(t => new { t.OrganizationId, t.Name }).IsUnique().HasFilter("archived_at IS NULL");
            task.HasOne<Organization>().WithMany().HasForeignKey(t => t.OrganizationId);
        });
        builder.Entity<Example>(example =>
        {
            example.ToTable("examples");
            example.Property(e => e.Id).ValueGeneratedNever();
            example.Property(e => e.InputHash).HasMaxLength(32);
            example.Property(e => e.Source).HasMaxLength(32);
            example.HasIndex(e => new { e.TaskId, e.InputHash }).IsUnique();
            example.HasIndex(e => new { e.TaskId, e.Id });
            example.HasOne<TaskDefinition>().WithMany().HasForeignKey(e => e.TaskId);
        });
        builder.Entity<ProgramVersion>(program =>
        {
            program.ToTable("programs");
            program.Property(p => p.Id).ValueGeneratedNever();
            program.Property(p => p.Language).HasConversion<string>().HasMaxLength(16);
            program.Property(p => p.Status).HasConversion<string>().HasMaxLength(16);
            program.Property(p => p.Strategy).HasMaxLength(16);
            program.Property(p => p.CreatedBy).HasMaxLength(NameLength);
            program.HasIndex(p => new { p.TaskId, p.Version }).IsUnique();
            program.HasOne<TaskDefinition>().WithMany().HasForeignKey(p => p.TaskId);
        });
        builder.Entity<GenerationJob>(job =>
        {
            job.ToTable("generation_jobs");
            job.Property(j => j.Id).ValueGeneratedNever();
            job.Property(j => j.Strategy).HasMaxLength(16);
            job.Property(j => j.Status).HasConversion<string>().HasMaxLength(16);
            job.Property(j => j.Stage).HasMaxLength(NameLength);
            job.Property(j => j.CreatedBy).HasMaxLength(NameLength);
            job.HasIndex(j => new { j.Status, j.CreatedAt });
            job.HasIndex(j => new { j.TaskId, j.CreatedAt });
            job.HasOne<TaskDefinition>().WithMany().HasForeignKey(j => j.TaskId);
        });
    }

    private static void ConfigureExecutions(ModelBuilder builder)
    {
        builder.Entity<Execution>(execution =>
        {
            execution.ToTable("executions");
            execution.HasAnnotation(PartitionByDay, "executed_at");

            // The partition key has to be part of the primary key; led by the organization, the key also serves a tenant's newest executions.
            execution.HasKey(e => new { e.OrganizationId, e.ExecutedAt, e.Id });
            execution.Property(e => e.Status).HasConversion<short>();
            execution.Property(e => e.Source).HasConversion<short>();
            execution.Property(e => e.Unit).HasMaxLength(Execution.MaxUnitLength);
            execution.Property(e => e.SampledBy).HasMaxLength(16);
            execution.Property(e => e.TraceId).HasMaxLength(32);
            execution.Property(e => e.Cost).HasPrecision(20, 12);
            execution.HasIndex(e => new { e.TaskId, e.ExecutedAt, e.Id });
            execution.HasIndex(e => new { e.TaskId, e.Status, e.ExecutedAt }).HasFilter("status <> 0");

            // What an experiment's analysis reads; executions outside of experiments are not in it.
            execution.HasIndex(e => new { e.ExperimentId, e.Unit, e.ExecutedAt }).HasFilter("experiment_id IS NOT NULL");
        });
        builder.Entity<UncountedCommit>(note =>
        {
            note.ToTable("uncounted_commits");
            note.Property(n => n.Id).ValueGeneratedNever();

            // A rebuild reads one organization's, and on SQL Server would lock everybody's without it.
            note.HasIndex(n => n.OrganizationId);
        });
        builder.Entity<ExecutionRollup>(rollup =>
        {
            rollup.ToTable("execution_rollups");
            rollup.HasKey(r => new
            {
                r.OrganizationId, r.Level, r.StartsAt, r.TaskId, r.Version, r.EnvironmentId, r.KeyId, r.TeamId, r.ExperimentId, r.Variant, r.WriterId,
            });
            rollup.Property(r => r.Level).HasConversion<short>();
            rollup.Property(r => r.Variant).HasDefaultValue(ExecutionRollup.NoVariant).ValueGeneratedNever();
            rollup.Property(r => r.Cost).HasPrecision(28, 12);
            rollup.HasIndex(r => new { r.TaskId, r.Level, r.StartsAt });
        });
        builder.Entity<VerdictRollup>(rollup =>
        {
            rollup.ToTable("verdict_rollups");
            rollup.HasKey(r => new
            {
                r.OrganizationId, r.Level, r.StartsAt, r.TaskId, r.Version, r.EnvironmentId, r.KeyId, r.TeamId, r.ExperimentId, r.Variant, r.CorrectionId,
            });
            rollup.Property(r => r.Level).HasConversion<short>();
            rollup.Property(r => r.Weights).HasPrecision(28, VerdictRollup.Places);
            rollup.Property(r => r.MatchedWeights).HasPrecision(28, VerdictRollup.Places);
            rollup.Property(r => r.SquaredWeights).HasPrecision(28, VerdictRollup.Places);
        });
        builder.Entity<ValidationRecord>(validation =>
        {
            validation.ToTable("validations");
            validation.Property(v => v.Id).ValueGeneratedNever();
            validation.Property(v => v.SampledBy).HasMaxLength(16);
            validation.Property(v => v.Status).HasConversion<string>().HasMaxLength(16);
            validation.Property(v => v.DecidedBy).HasMaxLength(16);
            validation.Property(v => v.DecidedByName).HasMaxLength(NameLength);
            validation.HasIndex(v => v.ExecutionId).IsUnique();
            validation.HasIndex(v => new { v.TaskId, v.Version, v.Status });
            validation.HasIndex(v => new { v.TaskId, v.ExecutedAt, v.Id });
            validation.HasIndex(v => new { v.OrganizationId, v.Status, v.ExecutedAt, v.Id });
            validation.HasIndex(v => new { v.OrganizationId, v.ExecutedAt, v.Id });

            // What waits for an oracle, over all organizations, oldest first: small however many verdicts there are.
            validation.HasIndex(v => v.CreatedAt).HasFilter("status = 'Pending'");
            validation.HasOne<TaskDefinition>().WithMany().HasForeignKey(v => v.TaskId);
        });
    }

    /// <summary>Names the column by whose day a provider that can do so partitions the table.</summary>
    public const string PartitionByDay = "Loopai:PartitionByDay";
}
