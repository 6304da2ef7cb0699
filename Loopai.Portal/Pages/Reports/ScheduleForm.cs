using System.Globalization;
using Loopai.Core.Reports.Scheduling;

namespace Loopai.Portal.Pages.Reports;

/// <summary>A schedule as people choose one: a rhythm and a time of day, or cron as it is written.</summary>
public sealed class ScheduleForm
{
    public const string Custom = "custom";

    public static readonly IReadOnlyList<Option> Rhythms =
    [
        new("* * *", "Every day"), new("* * MON-FRI", "Every working day"), new("* * MON", "Every Monday"), new("* * FRI", "Every Friday"), new("1 * *", "On the first of every month"),
        new("L * *", "On the last day of every month"), new("1 1,4,7,10 *", "On the first of every quarter"), new(Custom, "Another rhythm…"),
    ];

    private ScheduleForm(string cron)
    {
        var fields = cron.Split(' ');
        var days = string.Join(' ', fields.Skip(2));
        var isTime = int.TryParse(fields[0], CultureInfo.InvariantCulture, out var minute) & int.TryParse(fields[1], CultureInfo.InvariantCulture, out var hour);
        Rhythm = isTime && Rhythms.Any(r => r.Value == days) ? days : Custom;
        Time = isTime ? new TimeOnly(hour, minute) : new TimeOnly(7, 0);
        CustomCron = cron;
    }

    public string Rhythm { get; private set; }

    public TimeOnly Time { get; set; }

    /// <summary>What is run by when the rhythm is one's own.</summary>
    public string CustomCron { get; set; }

    public string Cron => Rhythm == Custom ? CustomCron : string.Create(CultureInfo.InvariantCulture, $"{Time.Minute} {Time.Hour} {Rhythm}");

    public static ScheduleForm Of(ReportSchedule? schedule) => new(schedule?.Cron ?? "0 7 * * MON");

    /// <summary>One's own rhythm begins as the last one that was chosen.</summary>
    public void Choose(string rhythm) => (CustomCron, Rhythm) = (Cron, rhythm);
}
