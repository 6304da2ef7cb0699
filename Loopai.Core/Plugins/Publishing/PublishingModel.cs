using Loopai.Core.Data;
using Loopai.Core.Plugins.Packages;
using Loopai.Core.Plugins.Packages.Signing;
using Microsoft.EntityFrameworkCore;

namespace Loopai.Core.Plugins.Publishing;

/// <summary>The tables of publishing.</summary>
internal static class PublishingModel
{
    public static void Configure(ModelBuilder builder)
    {
        builder.Entity<PluginSigningKey>(key =>
        {
            key.ToTable("plugin_signing_keys");
            key.Property(k => k.Id).HasMaxLength(PluginSigningKey.IdLength);
        });
        builder.Entity<PluginSubmission>(submission =>
        {
            submission.ToTable("plugin_submissions");
            submission.Property(s => s.Id).ValueGeneratedNever();
            submission.Property(s => s.Key).HasMaxLength(PluginId.MaxLength);
            submission.Property(s => s.Version).HasMaxLength(64);
            submission.Property(s => s.Sha256).HasMaxLength(64);
            submission.Property(s => s.State).HasConversion<string>().HasMaxLength(16);
            submission.Property(s => s.Source).HasConversion<string>().HasMaxLength(16);
            submission.Property(s => s.CreatedBy).HasMaxLength(LoopaiModel.NameLength);
            submission.Property(s => s.Appeal).HasMaxLength(PluginSubmission.MaxReasonLength);
            submission.Property(s => s.Revision).IsConcurrencyToken();
            submission.HasIndex(s => new { s.OrganizationId, s.Id });
            submission.HasIndex(s => new { s.State, s.CreatedAt });
        });
        builder.Entity<PluginSubmissionPackage>(package =>
        {
            package.ToTable("plugin_submission_packages");
            package.HasKey(p => p.SubmissionId);
            package.Property(p => p.SubmissionId).ValueGeneratedNever();
            package.HasOne<PluginSubmission>().WithOne().HasForeignKey<PluginSubmissionPackage>(p => p.SubmissionId).OnDelete(DeleteBehavior.Restrict);
        });
        builder.Entity<PluginSubmissionStep>(step =>
        {
            step.ToTable("plugin_submission_steps");
            step.Property(s => s.Id).ValueGeneratedNever();
            step.Property(s => s.Step).HasConversion<string>().HasMaxLength(16);
            step.Property(s => s.State).HasConversion<string>().HasMaxLength(16);
            step.HasIndex(s => new { s.SubmissionId, s.Run, s.Step }).IsUnique();
            step.HasOne<PluginSubmission>().WithMany().HasForeignKey(s => s.SubmissionId).OnDelete(DeleteBehavior.Restrict);
        });
        builder.Entity<PluginSubmissionEvent>(happened =>
        {
            happened.ToTable("plugin_submission_events");
            happened.Property(e => e.Id).ValueGeneratedNever();
            happened.Property(e => e.Kind).HasConversion<string>().HasMaxLength(16);
            happened.Property(e => e.Text).HasMaxLength(PluginSubmission.MaxReasonLength);
            happened.Property(e => e.By).HasMaxLength(LoopaiModel.NameLength);
            happened.HasIndex(e => new { e.SubmissionId, e.Id });
            happened.HasOne<PluginSubmission>().WithMany().HasForeignKey(e => e.SubmissionId).OnDelete(DeleteBehavior.Restrict);
        });
        builder.Entity<PluginReviewPolicy>(policy =>
        {
            policy.ToTable("plugin_review_policies");
            policy.HasKey(p => p.OrganizationId);
            policy.Property(p => p.OrganizationId).ValueGeneratedNever();
            policy.Property(p => p.Rule).HasConversion<string>().HasMaxLength(32);
        });
    }
}
