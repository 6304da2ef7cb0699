using Loopai.Core.Organizations;
using Microsoft.EntityFrameworkCore;

namespace Loopai.Core.Identity.Scim;

/// <summary>The tables of provisioning.</summary>
internal static class ScimModel
{
    private const int NameLength = 200;

    public static void Configure(ModelBuilder builder)
    {
        builder.Entity<ScimToken>(token =>
        {
            token.ToTable("scim_tokens");
            token.Property(t => t.Id).ValueGeneratedNever();
            token.Property(t => t.Name).HasMaxLength(NameLength);
            token.Property(t => t.Selector).HasMaxLength(32);
            token.Property(t => t.Hash).HasMaxLength(32);
            token.Property(t => t.CreatedBy).HasMaxLength(NameLength);
            token.HasIndex(t => t.Selector).IsUnique();
            token.HasOne<Organization>().WithMany().HasForeignKey(t => t.OrganizationId);
        });
        builder.Entity<ScimResource>(resource =>
        {
            resource.ToTable("scim_resources");
            resource.HasKey(r => new { r.OrganizationId, r.Id });
            resource.Property(r => r.Kind).HasConversion<string>().HasMaxLength(8);
            resource.Property(r => r.Name).HasMaxLength(ScimValue.MaxLength);
            resource.Property(r => r.NameKey).HasMaxLength(ScimValue.MaxLength);
            resource.Property(r => r.ExternalId).HasMaxLength(ScimValue.MaxLength);
            resource.Property(r => r.Version).IsConcurrencyToken();
            resource.HasIndex(r => new { r.OrganizationId, r.Kind, r.NameKey }).IsUnique();
            resource.HasIndex(r => new { r.OrganizationId, r.Kind, r.CreatedAt, r.Id });
            resource.HasOne<Organization>().WithMany().HasForeignKey(r => r.OrganizationId);
        });
        builder.Entity<ScimValue>(value =>
        {
            value.ToTable("scim_values");
            value.Property(v => v.Id).ValueGeneratedNever();
            value.Property(v => v.Kind).HasConversion<string>().HasMaxLength(8);
            value.Property(v => v.Path).HasMaxLength(64);
            value.Property(v => v.Value).HasMaxLength(ScimValue.MaxLength);
            value.HasIndex(v => new { v.OrganizationId, v.ResourceId, v.Path });
            value.HasIndex(v => new { v.OrganizationId, v.Kind, v.Path, v.Value });
            value.HasOne<ScimResource>().WithMany().HasForeignKey(v => new { v.OrganizationId, v.ResourceId });
        });
    }
}
