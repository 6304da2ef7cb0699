using Loopai.Core.Identity.SecondFactors;
using Loopai.Core.Identity.Sessions;
using Loopai.Core.Identity.SignIn;
using Microsoft.EntityFrameworkCore;

namespace Loopai.Core.Identity;

/// <summary>The tables of signing in. They belong to people, not to organizations, so only the system role reaches them.</summary>
internal static class IdentityModel
{
    public static void Configure(ModelBuilder builder)
    {
        builder.Entity<UserSession>(session =>
        {
            session.ToTable("user_sessions");
            session.Property(s => s.Id).ValueGeneratedNever();
            session.Property(s => s.Method).HasConversion<string>().HasMaxLength(16);
            session.Property(s => s.Device).HasMaxLength(64);
            session.Property(s => s.Address).HasMaxLength(64);
            session.Property(s => s.EndReason).HasMaxLength(32);
            session.Property(s => s.SsoSubject).HasMaxLength(UserSession.LongestProviderId);
            session.Property(s => s.SsoSessionId).HasMaxLength(UserSession.LongestProviderId);
            session.HasIndex(s => new { s.UserId, s.EndedAt });
            session.HasIndex(s => s.SsoConnectionId).HasFilter("sso_connection_id IS NOT NULL");
            session.HasIndex(s => s.LastSeenAt);
            session.HasOne<User>().WithMany().HasForeignKey(s => s.UserId);
        });
        builder.Entity<SignInThrottleEntry>(entry =>
        {
            entry.ToTable("sign_in_throttle");
            entry.HasKey(e => e.Key);
            entry.Property(e => e.Key).HasMaxLength(80);
            entry.HasIndex(e => e.LastFailureAt);
        });
        builder.Entity<Authenticator>(authenticator =>
        {
            authenticator.ToTable("user_authenticators");
            authenticator.HasKey(a => a.UserId);
            authenticator.HasOne<User>().WithOne().HasForeignKey<Authenticator>(a => a.UserId);
        });
        builder.Entity<RecoveryCode>(code =>
        {
            code.ToTable("user_recovery_codes");
            code.HasKey(c => new { c.UserId, c.Hash });
            code.Property(c => c.Hash).HasMaxLength(32);
            code.HasOne<User>().WithMany().HasForeignKey(c => c.UserId);
        });
    }
}
