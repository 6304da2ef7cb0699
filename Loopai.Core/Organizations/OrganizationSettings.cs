using System.Globalization;
using Loopai.Core.Errors;

namespace Loopai.Core.Organizations;

/// <summary>What is to be changed of an organization's settings; null leaves a setting as it is. How long the audit log is kept, the audit log's own settings say.</summary>
public sealed record OrganizationSettings
{
    private const int MostDays = 3650;

    public string? Name { get; init; }

    public string? TimeZone { get; init; }

    public string? Currency { get; init; }

    /// <summary>0 for the installation's own.</summary>
    public int? ExecutionRetentionDays { get; init; }

    /// <summary>0 for ever.</summary>
    public int? ValidationRetentionDays { get; init; }

    /// <summary>None for any.</summary>
    public IReadOnlyList<string>? AllowedEmailDomains { get; init; }

    /// <summary>0 for the installation's own.</summary>
    public int? SessionHours { get; init; }

    /// <summary>Days that a new API key may live; 0 for as long as it likes. Older keys are shown as over age, and keep their own end.</summary>
    public int? LongestKeyAgeDays { get; init; }

    public bool? RequireMfa { get; init; }

    public bool? RequireSso { get; init; }

    internal void Check(int longestExecutionRetention) => new FieldErrors()
        .AddIf(Name is not null && (string.IsNullOrWhiteSpace(Name) || Name.Length > 200), "name", "Give the organization a name of at most 200 characters.")
        .AddIf(
            TimeZone is not null && !TimeZoneInfo.TryFindSystemTimeZoneById(TimeZone, out _), "timeZone",
            $"'{TimeZone}' is no IANA time zone; an example is Europe/Berlin.")
        .AddIf(Currency is not null && !Currencies.Contains(Currency), "currency", "A currency has its ISO 4217 code, such as EUR or USD.")
        .AddIf(
            ExecutionRetentionDays is < 0 || ExecutionRetentionDays > longestExecutionRetention, "executionRetentionDays",
            $"Executions are kept from 1 to {longestExecutionRetention} days here; 0 leaves it to this Loopai.")
        .AddIf(ValidationRetentionDays is < 0 or > MostDays, "validationRetentionDays", $"Verdicts are kept from 1 to {MostDays} days; 0 keeps them for ever.")
        .AddIf(LongestKeyAgeDays is < 0 or > MostDays, "longestKeyAgeDays", $"An API key lives from 1 to {MostDays} days at most; 0 sets no limit.")
        .AddIf(SessionHours is < 0 or > 8760, "sessionHours", "A session lasts from 1 to 8760 hours; 0 leaves it to this Loopai.")
        .AddIf(
            AllowedEmailDomains?.Any(d => !IsDomain(d)) == true, "allowedEmailDomains",
            "A domain has letters, digits, hyphens and dots, such as example.com; leave out what stands before the @.")
        .AddIf(AllowedEmailDomains?.Count > 50, "allowedEmailDomains", "Name at most 50 domains.")
        .ThrowIfAny("organization.invalid", "The organization cannot be changed like this.");

    internal void Apply(Organization organization)
    {
        organization.Name = Name?.Trim() ?? organization.Name;
        organization.TimeZone = TimeZone ?? organization.TimeZone;
        organization.Currency = Currency ?? organization.Currency;
        organization.ExecutionRetentionDays = Days(ExecutionRetentionDays, organization.ExecutionRetentionDays);
        organization.ValidationRetentionDays = Days(ValidationRetentionDays, organization.ValidationRetentionDays);
        organization.LongestKeyAgeDays = Days(LongestKeyAgeDays, organization.LongestKeyAgeDays);
        organization.SessionHours = Days(SessionHours, organization.SessionHours);
        organization.AllowedEmailDomains = AllowedEmailDomains is null ? organization.AllowedEmailDomains
            : string.Join(' ', AllowedEmailDomains.Select(d => d.ToLowerInvariant()).Distinct(StringComparer.Ordinal));
        organization.RequireMfa = RequireMfa ?? organization.RequireMfa;
        organization.RequireSso = RequireSso ?? organization.RequireSso;
    }

    /// <summary>As the organization has them.</summary>
    public static OrganizationSettings Of(Organization organization) => new()
    {
        Name = organization.Name,
        TimeZone = organization.TimeZone,
        Currency = organization.Currency,
        ExecutionRetentionDays = organization.ExecutionRetentionDays ?? 0,
        ValidationRetentionDays = organization.ValidationRetentionDays ?? 0,
        AllowedEmailDomains = organization.AllowedEmailDomains.Split(' ', StringSplitOptions.RemoveEmptyEntries),
        SessionHours = organization.SessionHours ?? 0,
        LongestKeyAgeDays = organization.LongestKeyAgeDays ?? 0,
        RequireMfa = organization.RequireMfa,
        RequireSso = organization.RequireSso,
    };

    /// <summary>The currencies that the runtime's regions use.</summary>
    public static readonly IReadOnlyCollection<string> Currencies = new SortedSet<string>(
        CultureInfo.GetCultures(CultureTypes.SpecificCultures).Select(c => new RegionInfo(c.Name).ISOCurrencySymbol).Where(s => s.Length == 3 && s.All(char.IsAsciiLetterUpper))
            .Concat(["USD", "EUR", "GBP", "CHF", "JPY"]),
        StringComparer.Ordinal);

    private static int? Days(int? asked, int? now) => asked is null ? now : asked == 0 ? null : asked;

    private static bool IsDomain(string? text) =>
        text is { Length: <= 253 } && text.Contains('.', StringComparison.Ordinal) && !text.EndsWith('.') && Uri.CheckHostName(text) == UriHostNameType.Dns;
}
