using Loopai.Core.Data;

namespace Loopai.Core.Reports.Scheduling;

/// <summary>When a report is made by itself, as what, and to whom it goes.</summary>
public sealed class ReportSchedule : ITenantOwned
{
    public const int MaxPerReport = 10;

    public required Guid Id { get; init; }

    public required Guid OrganizationId { get; init; }

    public required Guid ReportId { get; init; }

    /// <summary>Minute, hour, day of the month, month, day of the week; see <see cref="CronSchedule"/>.</summary>
    public required string Cron { get; set; }

    /// <summary>IANA name of the zone whose clock the times are read off.</summary>
    public required string TimeZone { get; set; }

    /// <summary>Space-separated <see cref="Running.ReportFormat"/>s.</summary>
    public required string Formats { get; set; }

    /// <summary>The JSON of <see cref="ReportRecipients"/>.</summary>
    public required string Recipients { get; set; }

    public CatchUp CatchUp { get; set; } = CatchUp.Latest;

    public bool IsPaused { get; set; }

    /// <summary>When it runs next; null while it is paused. Whoever moves this on makes the run.</summary>
    public DateTimeOffset? NextDueAt { get; set; }

    public required string CreatedBy { get; set; }

    /// <summary>The person with whose eyes files for recipients outside are made; whoever changed the schedule last.</summary>
    public required Guid OwnerId { get; set; }

    /// <summary>The key it was made with, whose permissions bound the owner's; null when made in the portal.</summary>
    public Guid? KeyId { get; set; }

    public required DateTimeOffset CreatedAt { get; init; }

    public int Revision { get; set; } = 1;
}

/// <summary>What becomes of times that went by while no portal was running, or the schedule's own run took longer than its period.</summary>
public enum CatchUp
{
    /// <summary>Run once, for the latest of them.</summary>
    Latest,

    /// <summary>Run for each of them, the oldest first.</summary>
    All,

    /// <summary>Wait for the next one.</summary>
    Skip,
}

/// <summary>To whom a report goes.</summary>
public sealed record ReportRecipients
{
    public const int MaxAddresses = 50;

    /// <summary>Addresses of people who need no account. They see what the schedule's owner sees.</summary>
    public IReadOnlyList<string> Addresses { get; init; } = [];

    /// <summary>Members.</summary>
    public IReadOnlyList<Guid> People { get; init; } = [];

    /// <summary>All of these teams, as they are when it runs.</summary>
    public IReadOnlyList<Guid> Teams { get; init; } = [];

    /// <summary>Everybody who holds one of these roles on the organization, when it runs.</summary>
    public IReadOnlyList<string> Roles { get; init; } = [];

    /// <summary>The same without nulls, which JSON may bring where a list or a text belongs.</summary>
    public ReportRecipients Cleaned() => new()
    {
        Addresses = [.. (Addresses ?? []).Where(a => a is not null)], People = People ?? [], Teams = Teams ?? [], Roles = [.. (Roles ?? []).Where(r => r is not null)],
    };

    [System.Text.Json.Serialization.JsonIgnore]
    public bool IsEmpty => Addresses.Count + People.Count + Teams.Count + Roles.Count == 0;
}
