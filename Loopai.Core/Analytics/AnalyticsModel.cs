using Loopai.Core.Analytics.Annotations;
using Loopai.Core.Analytics.Dashboards;
using Loopai.Core.Data;
using Loopai.Core.Organizations;
using Microsoft.EntityFrameworkCore;

namespace Loopai.Core.Analytics;

/// <summary>The tables of boards and annotations.</summary>
internal static class AnalyticsModel
{
    public static void Configure(ModelBuilder builder)
    {
        builder.Entity<Dashboard>(board =>
        {
            board.ToTable("dashboards");
            board.Property(b => b.Id).ValueGeneratedNever();
            board.Property(b => b.Name).HasMaxLength(Dashboard.MaxNameLength);
            board.Property(b => b.Description).HasMaxLength(1000);
            board.Property(b => b.OwnerName).HasMaxLength(LoopaiModel.NameLength);
            board.Property(b => b.Revision).IsConcurrencyToken();
            board.HasIndex(b => new { b.OrganizationId, b.Name });
            board.HasOne<Organization>().WithMany().HasForeignKey(b => b.OrganizationId);
        });
        builder.Entity<DashboardStar>(star =>
        {
            star.ToTable("dashboard_stars");
            star.HasKey(s => new { s.OrganizationId, s.UserId, s.Board });
            star.Property(s => s.Board).HasMaxLength(64);
            star.HasOne<Organization>().WithMany().HasForeignKey(s => s.OrganizationId);
        });
        builder.Entity<Annotation>(annotation =>
        {
            annotation.ToTable("annotations");
            annotation.Property(a => a.Id).ValueGeneratedNever();
            annotation.Property(a => a.Title).HasMaxLength(Annotation.MaxTitleLength);
            annotation.Property(a => a.Text).HasMaxLength(Annotation.MaxTextLength);
            annotation.Property(a => a.Url).HasMaxLength(Annotation.MaxUrlLength);
            annotation.Property(a => a.CreatedBy).HasMaxLength(LoopaiModel.NameLength);
            annotation.HasIndex(a => new { a.OrganizationId, a.EnvironmentId, a.At });
            annotation.HasOne<Organization>().WithMany().HasForeignKey(a => a.OrganizationId);
        });
    }
}
