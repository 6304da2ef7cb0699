using Loopai.Core.Access;
using Loopai.Core.Configuration;
using Loopai.Core.Data;
using Loopai.Core.Errors;
using Loopai.Core.Notifications;
using Loopai.Core.Reports;
using Loopai.Core.Reports.Building;
using Loopai.Core.Reports.Building.Sections;
using Loopai.Core.Reports.Delivery;
using Loopai.Core.Reports.Running;
using Loopai.Core.Reports.Scheduling;
using Microsoft.Extensions.Logging.Abstractions;

namespace Loopai.Portal.Tests.Reports;

/// <summary>Reports, and one instance of what works on them, over a database.</summary>
internal sealed class GivenReport(LoopaiData data, TimeProvider time)
{
    private MailQueue? _queue;

    public RecordingMail Mail { get; } = new();

    /// <summary>What people are told beside reports.</summary>
    public MailQueue Queue => _queue ??= new MailQueue(Mail, NullLogger<MailQueue>.Instance);

    public ReportService Reports { get; } = new(data, Builder(data, time), time);

    public ScheduleService Schedules { get; } = new(data, time);

    public RunService Runs { get; } = new(data, time);

    public ScheduleClock Clock() => new(data, time, NullLogger<ScheduleClock>.Instance);

    public ReportRunner Runner(params IReportWriter[] writers) => new(
        data, new ReportActors(data, time), Builder(data, time), writers,
        new ReportNotices(data, Queue, new PortalSettings { PublicUrl = "https://loopai.example" }), new ReportsSettings(), time, NullLogger<ReportRunner>.Instance);

    public DeliverySender Sender(IMailSender? mail = null) =>
        new(data, mail ?? Mail, new PortalSettings { PublicUrl = "https://loopai.example" }, new ReportsSettings(), time, NullLogger<DeliverySender>.Instance);

    public Task<ReportDetail> AddAsync(Caller caller, string name = "Notes") => Reports.CreateAsync(
        caller,
        new ReportDraft(name, Definition: new ReportDefinition { Sections = [new ReportSection { Kind = SectionKind.Text, Text = "Some **words**." }] }), default);

    private static ReportBuilder Builder(LoopaiData data, TimeProvider time) => new(data, [new TextSection()], time);
}

/// <summary>Writes a file of a few bytes, and counts how often.</summary>
internal sealed class CountingWriter(ReportFormat format) : IReportWriter
{
    public ReportFormat Format => format;

    public string? Missing { get; init; }

    public int Written { get; private set; }

    public Func<Task>? Before { get; set; }

    public async Task<ReportContent> WriteAsync(ReportDocument document, CancellationToken ct)
    {
        await (Before?.Invoke() ?? Task.CompletedTask);
        Written++;
        return format == ReportFormat.Html
            ? new ReportContent(new MailBody(document.Title, MailBody.LinksHere, MailBody.LinksHere, []).ToBytes(), MailBody.ContentType, ".mail")
            : new ReportContent("words"u8.ToArray(), "text/csv", ".csv");
    }
}

/// <summary>Takes every mail, or does with it what a test wants.</summary>
internal sealed class RecordingMail : IMailSender
{
    public List<MailDraft> Sent { get; } = [];

    public Func<MailDraft, Exception?>? Fails { get; set; }

    public bool IsConfigured => true;

    public Task SendAsync(MailDraft mail, CancellationToken ct)
    {
        if (Fails?.Invoke(mail) is { } failure)
        {
            throw failure;
        }

        Sent.Add(mail);
        return Task.CompletedTask;
    }
}

/// <summary>Nobody hears of the portal again at that moment.</summary>
internal sealed class PortalDied : Exception;
