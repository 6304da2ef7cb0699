using Loopai.Core.Reports;
using Loopai.Core.Reports.Delivery;
using Loopai.Core.Reports.Running;
using Loopai.Core.Reports.Scheduling;

namespace Loopai.Portal.Pages.Reports;

/// <summary>Reports, runs and schedules in words.</summary>
public static class ReportWords
{
    public static string Of(SectionKind kind) => kind switch
    {
        SectionKind.Headline => "Headline figures",
        SectionKind.Series => "Figures over time",
        SectionKind.Table => "Table",
        SectionKind.Quality => "Quality",
        SectionKind.Experiments => "Experiments",
        SectionKind.Audit => "Audit extract",
        SectionKind.Access => "Access review",
        SectionKind.Text => "Text",
        SectionKind.Costs => "Cost and savings",
        SectionKind.Budgets => "Budgets",
    };

    public static string Of(PeriodKind kind) => kind switch
    {
        PeriodKind.Day => "The last full day", PeriodKind.Week => "The last full week", PeriodKind.Month => "The last full month", PeriodKind.Quarter => "The last full quarter",
        PeriodKind.Custom => "From one day to another",
    };

    public static string Of(ReportFormat format) => format switch { ReportFormat.Pdf => "PDF", ReportFormat.Xlsx => "Excel", ReportFormat.Csv => "CSV", ReportFormat.Html => "Mail" };

    public static (string Label, Tone Tone, bool Live) Of(ReportRun run) => run.Status switch
    {
        RunStatus.Waiting when run.Attempts > 0 => ("tries again", Tone.Warn, false),
        RunStatus.Waiting => ("waiting", Tone.Neutral, true),
        RunStatus.Running => ("running", Tone.Accent, true),
        RunStatus.Succeeded => ("done", Tone.Good, false),
        RunStatus.Dead => ("failed", Tone.Bad, false),
        RunStatus.Cancelled => ("cancelled", Tone.Neutral, false),
    };

    public static (string Label, Tone Tone) Of(DeliveryStatus status) => status switch
    {
        DeliveryStatus.Waiting => ("waiting", Tone.Neutral),
        DeliveryStatus.Sending => ("being sent", Tone.Accent),
        DeliveryStatus.Sent => ("sent", Tone.Good),
        DeliveryStatus.Uncertain => ("uncertain", Tone.Warn),
        DeliveryStatus.Failed => ("failed", Tone.Bad),
        DeliveryStatus.OptedOut => ("unsubscribed", Tone.Neutral),
    };

    public static string Of(CatchUp policy) => policy switch
    {
        CatchUp.Latest => "Run once, for the latest", CatchUp.All => "Run for each of them", CatchUp.Skip => "Wait for the next one",
    };

    /// <summary>How many an audience names: "2 addresses, 1 team".</summary>
    public static string Of(ReportRecipients recipients)
    {
        List<string> parts = [];
        Add(recipients.Addresses.Count, "address", "addresses");
        Add(recipients.People.Count, "person", "people");
        Add(recipients.Teams.Count, "team", "teams");
        Add(recipients.Roles.Count, "role", "roles");
        return parts.Count == 0 ? "nobody; the files stay here" : string.Join(", ", parts);

        void Add(int count, string one, string many)
        {
            if (count > 0)
            {
                parts.Add($"{count} {(count == 1 ? one : many)}");
            }
        }
    }

    public static string Formats(string formats) => string.Join(", ", ReportFormats.Read(formats).Select(Of));

    /// <summary>The schedules people ask for in words, others as they are written.</summary>
    public static string OfCron(string cron)
    {
        var fields = cron.Split(' ');
        if (!(int.TryParse(fields[0], out var minute) && int.TryParse(fields[1], out var hour)))
        {
            return cron;
        }

        var at = $"{hour:00}:{minute:00}";
        return (fields[2], fields[3], fields[4]) switch
        {
            ("*", "*", "*") => $"every day at {at}",
            ("*", "*", "MON-FRI" or "1-5") => $"every working day at {at}",
            ("*", "*", var day) when Days.TryGetValue(day, out var name) => $"every {name} at {at}",
            ("1", "*", "*") => $"on the first of every month at {at}",
            ("1", "1,4,7,10", "*") => $"on the first of every quarter at {at}",
            ("L", "*", "*") => $"on the last day of every month at {at}",
            _ => cron,
        };
    }

    private static readonly Dictionary<string, string> Days = new(StringComparer.OrdinalIgnoreCase)
    {
        ["MON"] = "Monday", ["TUE"] = "Tuesday", ["WED"] = "Wednesday", ["THU"] = "Thursday", ["FRI"] = "Friday", ["SAT"] = "Saturday", ["SUN"] = "Sunday",
    };
}
