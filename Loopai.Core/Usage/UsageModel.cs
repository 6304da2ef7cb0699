using Loopai.Core.Organizations;
using Microsoft.EntityFrameworkCore;

namespace Loopai.Core.Usage;

/// <summary>The tables of usage and quotas.</summary>
internal static class UsageModel
{
    public static void Configure(ModelBuilder builder)
    {
        builder.Entity<UsageCounter>(counter =>
        {
            counter.ToTable("usage_counters");
            counter.HasKey(u => new { u.OrganizationId, u.Day, u.KeyId, u.TaskId, u.EnvironmentId, u.WriterId });
        });
        builder.Entity<Quota>(quota =>
        {
            quota.ToTable("quotas");
            quota.HasKey(q => new { q.OrganizationId, q.ScopeId });
            quota.HasOne<Organization>().WithMany().HasForeignKey(q => q.OrganizationId);
        });
        builder.Entity<QuotaMeter>(meter =>
        {
            meter.ToTable("quota_meters");
            meter.HasKey(m => new { m.OrganizationId, m.ScopeId, m.Period });
            meter.Property(m => m.Period).HasMaxLength(16);
        });
    }
}
