using Loopai.Core.Organizations;
using Microsoft.EntityFrameworkCore;

namespace Loopai.Core.Identity.SignOn;

/// <summary>The tables of sign-on.</summary>
internal static class SignOnModel
{
    private const int NameLength = 200;

    public static void Configure(ModelBuilder builder)
    {
        builder.Entity<SignOnConnection>(connection =>
        {
            connection.ToTable("sign_on_connections");
            connection.Property(c => c.Id).ValueGeneratedNever();
            connection.Property(c => c.Kind).HasConversion<string>().HasMaxLength(16);
            connection.Property(c => c.Name).HasMaxLength(NameLength);
            connection.Property(c => c.CreatedBy).HasMaxLength(NameLength);
            connection.Property(c => c.Revision).IsConcurrencyToken();
            connection.HasIndex(c => c.OrganizationId);
            connection.HasOne<Organization>().WithMany().HasForeignKey(c => c.OrganizationId);
        });
        builder.Entity<SignOnLink>(link =>
        {
            link.ToTable("sign_on_links");
            link.Property(l => l.Id).ValueGeneratedNever();
            link.Property(l => l.Subject).HasMaxLength(SignOnLink.MaxSubjectLength);
            link.HasIndex(l => new { l.ConnectionId, l.Subject }).IsUnique();
            link.HasIndex(l => new { l.ConnectionId, l.UserId }).IsUnique();
            link.HasOne<SignOnConnection>().WithMany().HasForeignKey(l => l.ConnectionId);
            link.HasOne<User>().WithMany().HasForeignKey(l => l.UserId);
        });
        builder.Entity<SignOnAttempt>(attempt =>
        {
            attempt.ToTable("sign_on_attempts");
            attempt.Property(a => a.Id).ValueGeneratedNever();
            attempt.Property(a => a.HandleHash).HasMaxLength(32);
            attempt.Property(a => a.BrowserHash).HasMaxLength(32);
            attempt.Property(a => a.Purpose).HasConversion<string>().HasMaxLength(16);
            attempt.Property(a => a.ReturnPath).HasMaxLength(2000);
            attempt.HasIndex(a => a.HandleHash).IsUnique();
            attempt.HasIndex(a => a.ExpiresAt);
            attempt.HasOne<SignOnConnection>().WithMany().HasForeignKey(a => a.ConnectionId);
        });
        builder.Entity<UsedToken>(token =>
        {
            token.ToTable("sign_on_used_tokens");
            token.HasKey(t => new { t.ConnectionId, t.Hash });
            token.Property(t => t.Hash).HasMaxLength(32);
            token.HasIndex(t => t.ExpiresAt);
            token.HasOne<SignOnConnection>().WithMany().HasForeignKey(t => t.ConnectionId);
        });
        builder.Entity<SignOnTestRun>(run =>
        {
            run.ToTable("sign_on_test_runs");
            run.Property(r => r.Id).ValueGeneratedNever();
            run.Property(r => r.StartedBy).HasMaxLength(NameLength);
            run.HasOne<SignOnConnection>().WithMany().HasForeignKey(r => r.ConnectionId);
        });
        builder.Entity<VerifiedDomain>(domain =>
        {
            domain.ToTable("verified_domains");
            domain.Property(d => d.Id).ValueGeneratedNever();
            domain.Property(d => d.Domain).HasMaxLength(253);
            domain.Property(d => d.Token).HasMaxLength(64);
            domain.Property(d => d.LastFailure).HasMaxLength(500);
            domain.Ignore(d => d.Record);
            domain.HasIndex(d => new { d.OrganizationId, d.Domain }).IsUnique();

            // Whoever proves it first has it, whatever two instances see at the same moment.
            domain.HasIndex(d => d.Domain).IsUnique().HasFilter("verified_at IS NOT NULL");
            domain.HasOne<Organization>().WithMany().HasForeignKey(d => d.OrganizationId);
        });
    }
}
