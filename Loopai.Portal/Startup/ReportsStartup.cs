using Loopai.Core.Jobs;
using Loopai.Core.Reports;
using Loopai.Core.Reports.Building;
using Loopai.Core.Reports.Building.Sections;
using Loopai.Core.Reports.Delivery;
using Loopai.Core.Reports.Running;
using Loopai.Core.Reports.Scheduling;
using Loopai.Infrastructure.Printing;
using Loopai.Infrastructure.Spreadsheets;
using Loopai.Portal.Pages.Reports.Document;

namespace Loopai.Portal.Startup;

/// <summary>What reports are made of.</summary>
internal static class ReportsStartup
{
    public static void AddReports(this IServiceCollection services)
    {
        services.AddSingleton<FigureReader>();
        services.AddSingleton<ISectionSource, HeadlineSection>();
        services.AddSingleton<ISectionSource, SeriesSection>();
        services.AddSingleton<ISectionSource, TableSection>();
        services.AddSingleton<ISectionSource, QualitySection>();
        services.AddSingleton<ISectionSource, ExperimentSection>();
        services.AddSingleton<ISectionSource, AuditSection>();
        services.AddSingleton<ISectionSource, AccessSection>();
        services.AddSingleton<ISectionSource, TextSection>();
        services.AddSingleton<ISectionSource, CostSection>();
        services.AddSingleton<ISectionSource, BudgetSection>();
        services.AddSingleton<ReportBuilder>();
        services.AddSingleton<JobService>();
        services.AddSingleton<ReportService>();

        services.AddSingleton<IPagePrinter, ChromiumPrinter>();
        services.AddSingleton<ReportPaper>();
        services.AddSingleton<IReportWriter, PdfReportWriter>();
        services.AddSingleton<IReportWriter, XlsxReportWriter>();
        services.AddSingleton<IReportWriter, CsvReportWriter>();
        services.AddSingleton<IReportWriter, MailReportWriter>();

        services.AddSingleton<ScheduleService>();
        services.AddSingleton<ScheduleClock>();
        services.AddSingleton<RunService>();
        services.AddSingleton<ReportActors>();
        services.AddSingleton<ReportNotices>();
        services.AddSingleton<ReportRunner>();
        services.AddSingleton<ReportRetention>();
        services.AddSingleton<DeliveryLinks>();
        services.AddSingleton<DeliverySender>();
        services.AddHostedService<ReportClockWorker>();
        services.AddHostedService<ReportRunWorker>();
        services.AddHostedService<ReportDeliveryWorker>();
        services.AddHostedService<ReportRetentionWorker>();
    }
}
