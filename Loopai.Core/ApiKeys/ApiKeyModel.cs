using Loopai.Core.ApiKeys.Tokens;
using Loopai.Core.Data;
using Loopai.Core.Organizations;
using Microsoft.EntityFrameworkCore;

namespace Loopai.Core.ApiKeys;

/// <summary>The tables of keys.</summary>
internal static class ApiKeyModel
{
    public static void Configure(ModelBuilder builder)
    {
        builder.Entity<ApiKey>(key =>
        {
            key.ToTable("api_keys");
            key.Property(k => k.Id).ValueGeneratedNever();
            key.Property(k => k.Name).HasMaxLength(LoopaiModel.NameLength);
            key.Property(k => k.Selector).HasMaxLength(32);
            key.Property(k => k.CreatedBy).HasMaxLength(LoopaiModel.NameLength);
            key.Ignore(k => k.LastUsedAt);
            key.Ignore(k => k.Tasks);
            key.HasIndex(k => k.Selector).IsUnique();
            key.HasIndex(k => k.ExpiresAt);
            key.HasOne<OrganizationEnvironment>().WithMany().HasForeignKey(k => k.EnvironmentId).OnDelete(DeleteBehavior.Restrict);
            key.HasOne<ServiceAccount>().WithMany().HasForeignKey(k => k.ServiceAccountId).OnDelete(DeleteBehavior.Restrict);
            key.HasMany(k => k.Secrets).WithOne().HasForeignKey(s => s.KeyId);
        });
        builder.Entity<ApiKeySecret>(secret =>
        {
            secret.ToTable("api_key_secrets");
            secret.Property(s => s.Id).ValueGeneratedNever();
            secret.Property(s => s.Hash).HasMaxLength(32);
            secret.Property(s => s.Hint).HasMaxLength(8);
            secret.Property(s => s.LastUsedFrom).HasMaxLength(64);
        });
        builder.Entity<TokenSigningKey>(key =>
        {
            key.ToTable("token_signing_keys");
            key.Property(k => k.Id).HasMaxLength(32);
        });
        builder.Entity<ServiceAccount>(account =>
        {
            account.ToTable("service_accounts");
            account.Property(a => a.Id).ValueGeneratedNever();
            account.Property(a => a.Name).HasMaxLength(LoopaiModel.NameLength);
            account.Property(a => a.Description).HasMaxLength(1000);
            account.Property(a => a.CreatedBy).HasMaxLength(LoopaiModel.NameLength);
            account.HasIndex(a => new { a.OrganizationId, a.Name }).IsUnique().HasFilter("deleted_at IS NULL");
            account.HasOne<Organization>().WithMany().HasForeignKey(a => a.OrganizationId);
        });
    }
}
