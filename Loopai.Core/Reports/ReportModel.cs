using Loopai.Core.Data;
using Loopai.Core.Organizations;
using Loopai.Core.Reports.Delivery;
using Loopai.Core.Reports.Running;
using Loopai.Core.Reports.Scheduling;
using Microsoft.EntityFrameworkCore;

namespace Loopai.Core.Reports;

/// <summary>The tables of reports.</summary>
internal static class ReportModel
{
    public static void Configure(ModelBuilder builder)
    {
        builder.Entity<Report>(report =>
        {
            report.ToTable("reports");
            report.Property(r => r.Id).ValueGeneratedNever();
            report.Property(r => r.Name).HasMaxLength(Report.MaxNameLength);
            report.Property(r => r.Description).HasMaxLength(1000);
            report.Property(r => r.CreatedBy).HasMaxLength(LoopaiModel.NameLength);
            report.Property(r => r.Version).IsConcurrencyToken();
            report.HasIndex(r => new { r.OrganizationId, r.EnvironmentId, r.Name });
            report.HasOne<OrganizationEnvironment>().WithMany().HasForeignKey(r => r.EnvironmentId).OnDelete(DeleteBehavior.Restrict);
        });
        builder.Entity<ReportVersion>(version =>
        {
            version.ToTable("report_versions");
            version.HasKey(v => new { v.ReportId, v.Version });
            version.Property(v => v.CreatedBy).HasMaxLength(LoopaiModel.NameLength);
            version.HasOne<Report>().WithMany().HasForeignKey(v => v.ReportId).OnDelete(DeleteBehavior.Restrict);
        });
        builder.Entity<ReportSchedule>(schedule =>
        {
            schedule.ToTable("report_schedules");
            schedule.Property(s => s.Id).ValueGeneratedNever();
            schedule.Property(s => s.Cron).HasMaxLength(100);
            schedule.Property(s => s.TimeZone).HasMaxLength(64);
            schedule.Property(s => s.Formats).HasMaxLength(50);
            schedule.Property(s => s.CatchUp).HasConversion<string>().HasMaxLength(16);
            schedule.Property(s => s.CreatedBy).HasMaxLength(LoopaiModel.NameLength);
            schedule.Property(s => s.Revision).IsConcurrencyToken();
            schedule.HasIndex(s => s.ReportId);
            schedule.HasIndex(s => s.NextDueAt).HasFilter("next_due_at IS NOT NULL");
            schedule.HasOne<Report>().WithMany().HasForeignKey(s => s.ReportId).OnDelete(DeleteBehavior.Restrict);
        });
        builder.Entity<ReportRun>(run =>
        {
            run.ToTable("report_runs");
            run.Property(r => r.Id).ValueGeneratedNever();
            run.Property(r => r.Status).HasConversion<string>().HasMaxLength(16);
            run.Property(r => r.Formats).HasMaxLength(50);
            run.Property(r => r.Stage).HasMaxLength(LoopaiModel.NameLength);
            run.Property(r => r.Error).HasMaxLength(ReportRun.MaxErrorLength);
            run.Property(r => r.RequestedBy).HasMaxLength(LoopaiModel.NameLength);
            run.HasIndex(r => new { r.ReportId, r.CreatedAt });
            run.HasIndex(r => new { r.OrganizationId, r.CreatedAt });

            // That a due moment leads to one run over all instances is this constraint, whatever they believe of each other.
            run.HasIndex(r => new { r.ScheduleId, r.DueAt }).IsUnique().HasFilter("schedule_id IS NOT NULL");
            run.HasIndex(r => r.NextAttemptAt).HasFilter("next_attempt_at IS NOT NULL");
            run.HasOne<Report>().WithMany().HasForeignKey(r => r.ReportId).OnDelete(DeleteBehavior.Restrict);
        });
        builder.Entity<ReportFile>(file =>
        {
            file.ToTable("report_files");
            file.Property(f => f.Id).ValueGeneratedNever();
            file.Property(f => f.Audience).HasMaxLength(64);
            file.Property(f => f.Format).HasConversion<string>().HasMaxLength(8);
            file.Property(f => f.Name).HasMaxLength(LoopaiModel.NameLength);
            file.Property(f => f.ContentType).HasMaxLength(100);
            file.HasIndex(f => new { f.RunId, f.Audience, f.Format }).IsUnique();
            file.HasIndex(f => f.ExpiresAt);
            file.HasOne<ReportRun>().WithMany().HasForeignKey(f => f.RunId).OnDelete(DeleteBehavior.Restrict);
        });
        builder.Entity<ReportDelivery>(delivery =>
        {
            delivery.ToTable("report_deliveries");
            delivery.Property(d => d.Id).ValueGeneratedNever();
            delivery.Property(d => d.Address).HasMaxLength(256);
            delivery.Property(d => d.Name).HasMaxLength(LoopaiModel.NameLength);
            delivery.Property(d => d.Audience).HasMaxLength(64);
            delivery.Property(d => d.Status).HasConversion<string>().HasMaxLength(16);
            delivery.Property(d => d.TokenHash).HasMaxLength(32);
            delivery.Property(d => d.Error).HasMaxLength(ReportRun.MaxErrorLength);
            delivery.HasIndex(d => new { d.RunId, d.Address }).IsUnique();
            delivery.HasIndex(d => d.TokenHash).HasFilter("token_hash IS NOT NULL");
            delivery.HasIndex(d => d.NextAttemptAt).HasFilter("next_attempt_at IS NOT NULL");
            delivery.HasOne<ReportRun>().WithMany().HasForeignKey(d => d.RunId).OnDelete(DeleteBehavior.Restrict);
        });
        builder.Entity<ReportOptOut>(optOut =>
        {
            optOut.ToTable("report_opt_outs");
            optOut.HasKey(o => new { o.ReportId, o.Address });
            optOut.Property(o => o.Address).HasMaxLength(256);
            optOut.HasOne<Report>().WithMany().HasForeignKey(o => o.ReportId).OnDelete(DeleteBehavior.Restrict);
        });
    }
}
