using System.Text.Json;
using Loopai.Core.Data;
using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.ChangeTracking;
using Microsoft.EntityFrameworkCore.Metadata.Builders;

namespace Loopai.Core.Plugins.Registry;

/// <summary>The tables of the plugin registry. None of them refers to organizations: Loopai's own plugins belong to nobody.</summary>
internal static class RegistryModel
{
    internal const int PublisherLength = 40;
    internal const int NameLength = 60;
    internal const int KeyLength = PublisherLength + 1 + NameLength;
    private const int DomainLength = 253;

    public static void Configure(ModelBuilder builder)
    {
        ConfigurePublishers(builder);
        ConfigurePlugins(builder);
        ConfigureReviews(builder);
    }

    private static void ConfigurePublishers(ModelBuilder builder)
    {
        builder.Entity<Publisher>(publisher =>
        {
            publisher.ToTable("publishers");
            publisher.Property(p => p.Id).ValueGeneratedNever();
            publisher.Property(p => p.Name).HasMaxLength(PublisherLength);
            publisher.Property(p => p.Skeleton).HasMaxLength(PublisherLength);
            publisher.Property(p => p.DisplayName).HasMaxLength(Publisher.MaxDisplayNameLength);
            publisher.Property(p => p.Description).HasMaxLength(Publisher.MaxDescriptionLength);
            publisher.Property(p => p.Website).HasMaxLength(Publisher.MaxUrlLength);
            publisher.Property(p => p.VerifiedDomain).HasMaxLength(DomainLength);
            publisher.Property(p => p.VerifiedBy).HasConversion<string>().HasMaxLength(16);
            publisher.Property(p => p.CreatedBy).HasMaxLength(LoopaiModel.NameLength);
            publisher.Property(p => p.Revision).IsConcurrencyToken();
            publisher.HasIndex(p => p.Name).IsUnique();
            publisher.HasIndex(p => p.Skeleton).IsUnique();
            publisher.HasIndex(p => p.OrganizationId);
        });
        builder.Entity<PublisherProof>(proof =>
        {
            proof.ToTable("publisher_proofs");
            proof.HasKey(p => p.PublisherId);
            proof.Property(p => p.PublisherId).ValueGeneratedNever();
            proof.Property(p => p.Domain).HasMaxLength(DomainLength);
            proof.Property(p => p.Token).HasMaxLength(64);
            proof.HasIndex(p => p.CheckedAt);
            proof.HasOne<Publisher>().WithOne().HasForeignKey<PublisherProof>(p => p.PublisherId).OnDelete(DeleteBehavior.Restrict);
        });
        builder.Entity<PublisherMember>(member =>
        {
            member.ToTable("publisher_members");
            member.HasKey(m => new { m.PublisherId, m.UserId });
            member.Property(m => m.Role).HasConversion<string>().HasMaxLength(16);
            member.HasIndex(m => m.UserId);
            member.HasOne<Publisher>().WithMany().HasForeignKey(m => m.PublisherId).OnDelete(DeleteBehavior.Restrict);
        });
        builder.Entity<TakenName>(name =>
        {
            name.ToTable("taken_plugin_names");
            name.HasKey(n => n.Name);
            name.Property(n => n.Name).HasMaxLength(KeyLength);
        });
    }

    private static void ConfigurePlugins(ModelBuilder builder)
    {
        builder.Entity<Plugin>(plugin =>
        {
            plugin.ToTable("plugins");
            plugin.Property(p => p.Id).ValueGeneratedNever();
            plugin.Property(p => p.Key).HasMaxLength(KeyLength);
            plugin.Property(p => p.Name).HasMaxLength(NameLength);
            plugin.Property(p => p.Kind).HasConversion<string>().HasMaxLength(16);
            plugin.Property(p => p.DisplayName).HasMaxLength(LoopaiModel.NameLength);
            plugin.Property(p => p.Description).HasMaxLength(LoopaiModel.NameLength);
            plugin.Property(p => p.LatestVersion).HasMaxLength(PluginVersion.MaxVersionLength);
            plugin.Property(p => p.DeprecationMessage).HasMaxLength(Plugin.MaxMessageLength);
            plugin.Property(p => p.Replacement).HasMaxLength(KeyLength);
            plugin.Property(p => p.Revision).IsConcurrencyToken();
            Words(plugin.Property(p => p.Categories));
            Words(plugin.Property(p => p.Keywords));
            Words(plugin.Property(p => p.Capabilities));
            plugin.HasIndex(p => p.Key).IsUnique();
            plugin.HasIndex(p => p.OrganizationId);
            plugin.HasOne<Publisher>().WithMany().HasForeignKey(p => p.PublisherId).OnDelete(DeleteBehavior.Restrict);
        });
        builder.Entity<PluginVersion>(version =>
        {
            version.ToTable("plugin_versions");
            version.Property(v => v.Id).ValueGeneratedNever();
            version.Property(v => v.Version).HasMaxLength(PluginVersion.MaxVersionLength);
            version.Property(v => v.Sha256).HasMaxLength(64);
            version.Property(v => v.SignatureKeyId).HasMaxLength(64);
            version.Property(v => v.PublishedBy).HasMaxLength(LoopaiModel.NameLength);
            version.Property(v => v.YankReason).HasMaxLength(PluginVersion.MaxReasonLength);
            version.HasIndex(v => new { v.PluginId, v.Version }).IsUnique();
            version.HasOne<Plugin>().WithMany().HasForeignKey(v => v.PluginId).OnDelete(DeleteBehavior.Restrict);
        });
        builder.Entity<PluginPackageBytes>(package =>
        {
            package.ToTable("plugin_packages");
            package.HasKey(p => p.PluginVersionId);
            package.Property(p => p.PluginVersionId).ValueGeneratedNever();
            package.HasOne<PluginVersion>().WithOne().HasForeignKey<PluginPackageBytes>(p => p.PluginVersionId).OnDelete(DeleteBehavior.Restrict);
        });
        builder.Entity<PluginDependency>(dependency =>
        {
            dependency.ToTable("plugin_dependencies");
            dependency.HasKey(d => new { d.PluginVersionId, d.Key });
            dependency.Property(d => d.Key).HasMaxLength(KeyLength);
            dependency.Property(d => d.Range).HasMaxLength(256);
            dependency.HasIndex(d => d.Key);
            dependency.HasOne<PluginVersion>().WithMany().HasForeignKey(d => d.PluginVersionId).OnDelete(DeleteBehavior.Restrict);
        });
        builder.Entity<PluginVersionDay>(day =>
        {
            day.ToTable("plugin_version_days");
            day.HasKey(d => new { d.PluginVersionId, d.Day });
            day.HasOne<PluginVersion>().WithMany().HasForeignKey(d => d.PluginVersionId).OnDelete(DeleteBehavior.Restrict);
        });
    }

    private static void ConfigureReviews(ModelBuilder builder)
    {
        builder.Entity<PluginReview>(review =>
        {
            review.ToTable("plugin_reviews");
            review.Property(r => r.Id).ValueGeneratedNever();
            review.Property(r => r.Text).HasMaxLength(PluginReview.MaxTextLength);
            review.Property(r => r.Version).HasMaxLength(PluginVersion.MaxVersionLength);
            review.HasIndex(r => new { r.PluginId, r.OrganizationId }).IsUnique();
        });
        builder.Entity<PluginReviewReply>(reply =>
        {
            reply.ToTable("plugin_review_replies");
            reply.HasKey(r => r.ReviewId);
            reply.Property(r => r.ReviewId).ValueGeneratedNever();
            reply.Property(r => r.Text).HasMaxLength(PluginReviewReply.MaxTextLength);
            reply.HasIndex(r => r.PluginId);
        });
        builder.Entity<PluginReviewReport>(report =>
        {
            report.ToTable("plugin_review_reports");
            report.Property(r => r.Id).ValueGeneratedNever();
            report.Property(r => r.Reason).HasMaxLength(PluginReviewReport.MaxReasonLength);
            report.HasIndex(r => new { r.ReviewId, r.OrganizationId }).IsUnique();
        });
    }

    private static void Words(PropertyBuilder<IReadOnlyList<string>> words) => words.HasConversion(
        list => JsonSerializer.Serialize(list, JsonSerializerOptions.Web), text => JsonSerializer.Deserialize<List<string>>(text, JsonSerializerOptions.Web)!,
        new ValueComparer<IReadOnlyList<string>>((a, b) => a!.SequenceEqual(b!), list => list.Count, list => list.ToList()));
}
