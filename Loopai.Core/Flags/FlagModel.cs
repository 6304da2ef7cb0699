using Microsoft.EntityFrameworkCore;

namespace Loopai.Core.Flags;

/// <summary>The tables of feature flags.</summary>
internal static class FlagModel
{
    public static void Configure(ModelBuilder builder)
    {
        builder.Entity<FeatureFlag>(flag =>
        {
            flag.ToTable("feature_flags");
            flag.Property(f => f.Id).ValueGeneratedNever();
            flag.Property(f => f.Key).HasMaxLength(FeatureFlag.MaxKeyLength);
            flag.Property(f => f.Description).HasMaxLength(FeatureFlag.MaxDescriptionLength);
            flag.Property(f => f.Type).HasConversion<string>().HasMaxLength(16);
            flag.Property(f => f.OffVariation).HasMaxLength(FeatureFlag.MaxKeyLength);
            flag.Property(f => f.CreatedBy).HasMaxLength(200);
            flag.Property(f => f.Revision).IsConcurrencyToken();
            flag.HasIndex(f => new { f.OrganizationId, f.Key }).IsUnique();
        });
        builder.Entity<FlagEnvironment>(environment =>
        {
            environment.ToTable("flag_environments");
            environment.HasKey(e => new { e.FlagId, e.EnvironmentId });
            environment.HasIndex(e => e.OrganizationId);
            environment.HasOne<FeatureFlag>().WithMany().HasForeignKey(e => e.FlagId);
        });
        builder.Entity<FlagChange>(change =>
        {
            change.ToTable("flag_changes");
            change.Property(c => c.Id).ValueGeneratedNever();
            change.Property(c => c.Action).HasMaxLength(32);
            change.Property(c => c.Note).HasMaxLength(500);
            change.Property(c => c.By).HasMaxLength(200);
            change.HasIndex(c => new { c.FlagId, c.Id });
        });
    }
}
