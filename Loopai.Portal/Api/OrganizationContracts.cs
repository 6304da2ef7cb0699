using Loopai.Core.Organizations;

namespace Loopai.Portal.Api;

/// <summary>What is asked of a new organization.</summary>
public sealed record NewOrganizationRequest
{
    public string? Name { get; init; }

    /// <summary>Its name in addresses: lower-case letters, digits and hyphens. It stays as it is.</summary>
    public string? Slug { get; init; }
}

/// <summary>What can be changed of an organization; what is left out stays.</summary>
public sealed record OrganizationRequest
{
    public string? Name { get; init; }

    /// <summary>An IANA name: <c>Europe/Berlin</c>.</summary>
    public string? TimeZone { get; init; }

    public OrganizationSettings ToSettings() => new() { Name = Name, TimeZone = TimeZone };
}

/// <summary>An organization as the API shows it.</summary>
public sealed record OrganizationResponse(
    Guid Id, string Slug, string Name, string TimeZone, DateTimeOffset CreatedAt, IReadOnlyList<EnvironmentResponse> Environments)
{
    public static OrganizationResponse Of(Organization o) => new(
        o.Id, o.Slug, o.Name, o.TimeZone, o.CreatedAt, [.. o.Environments.Select(EnvironmentResponse.Of)]);
}

/// <summary>A person's organizations; there are few, so they come in one window.</summary>
public sealed record OrganizationList(IReadOnlyList<OrganizationResponse> Items, string? NextCursor);

/// <param name="Id">The organization.</param>
/// <param name="Slug">Its name in addresses.</param>
/// <param name="Name">Its name.</param>
/// <param name="DeletedAt">When its deletion was asked for.</param>
/// <param name="GoneAt">When it is gone for good.</param>
public sealed record DeletedOrganizationResponse(Guid Id, string Slug, string Name, DateTimeOffset DeletedAt, DateTimeOffset GoneAt)
{
    public static DeletedOrganizationResponse Of(Organization o) => new(o.Id, o.Slug, o.Name, o.DeletedAt!.Value, o.DeletedAt.Value + OrganizationLifecycle.Grace);
}

/// <summary>Deleted organizations; there are few, so they come in one window.</summary>
public sealed record DeletedOrganizationList(IReadOnlyList<DeletedOrganizationResponse> Items, string? NextCursor);

/// <param name="RestorableUntil">Until when the organization can be brought back.</param>
public sealed record DeletionResponse(DateTimeOffset RestorableUntil);

/// <summary>Who takes over.</summary>
public sealed record TransferRequest
{
    /// <summary>An active member.</summary>
    public Guid? UserId { get; init; }
}

/// <param name="Id">Its id, as in executions and keys.</param>
/// <param name="Key">Its short name, as a new key takes it: <c>production</c>.</param>
/// <param name="Name">Its name for people.</param>
public sealed record EnvironmentResponse(Guid Id, string Key, string Name)
{
    public static EnvironmentResponse Of(OrganizationEnvironment e) => new(e.Id, e.Key, e.Name);
}

/// <summary>All environments of an organization; there are few, so they come in one window.</summary>
public sealed record EnvironmentList(IReadOnlyList<EnvironmentResponse> Items, string? NextCursor)
{
    public static EnvironmentList Of(IEnumerable<OrganizationEnvironment> environments) => new([.. environments.Select(EnvironmentResponse.Of)], null);
}

/// <summary>What is asked of an environment.</summary>
public sealed record EnvironmentRequest
{
    /// <summary>Its short name; given once, since keys carry it.</summary>
    public string? Key { get; init; }

    public string? Name { get; init; }
}

/// <summary>A new name.</summary>
public sealed record EnvironmentNameRequest
{
    public string? Name { get; init; }
}

/// <summary>The order of the environments.</summary>
public sealed record EnvironmentOrderRequest
{
    /// <summary>Every environment once.</summary>
    public IReadOnlyList<Guid>? Ids { get; init; }
}

/// <summary>What can be changed of the settings; what is left out stays.</summary>
public sealed record SettingsRequest
{
    public string? Name { get; init; }

    /// <summary>An IANA name: <c>Europe/Berlin</c>.</summary>
    public string? TimeZone { get; init; }

    /// <summary>An ISO 4217 code: <c>EUR</c>.</summary>
    public string? Currency { get; init; }

    /// <summary>Days that executions are kept; 0 for as long as this Loopai keeps them.</summary>
    public int? ExecutionRetentionDays { get; init; }

    /// <summary>Days that verdicts are kept; 0 for ever.</summary>
    public int? ValidationRetentionDays { get; init; }

    /// <summary>Only addresses of these domains may be invited; none for any.</summary>
    public IReadOnlyList<string>? AllowedEmailDomains { get; init; }

    /// <summary>Hours after which members have to prove again who they are; 0 for as long as this Loopai lets a session last.</summary>
    public int? SessionHours { get; init; }

    /// <summary>Days that a new API key may live; 0 for as long as it likes.</summary>
    public int? LongestKeyAgeDays { get; init; }

    /// <summary>Whether members need a second factor. Takes the permission <c>sign_on:manage</c>, as the next two do.</summary>
    public bool? RequireMfa { get; init; }

    /// <summary>Whether members have to come through the organization's own sign-on.</summary>
    public bool? RequireSso { get; init; }

    public OrganizationSettings ToSettings() => new()
    {
        Name = Name, TimeZone = TimeZone, Currency = Currency, ExecutionRetentionDays = ExecutionRetentionDays, ValidationRetentionDays = ValidationRetentionDays,
        AllowedEmailDomains = AllowedEmailDomains, SessionHours = SessionHours, LongestKeyAgeDays = LongestKeyAgeDays, RequireMfa = RequireMfa, RequireSso = RequireSso,
    };
}

/// <summary>The settings as the API shows them; 0 stands for what is not set.</summary>
public sealed record SettingsResponse(
    string Slug, string Name, string TimeZone, string Currency, int ExecutionRetentionDays, int ValidationRetentionDays,
    IReadOnlyList<string> AllowedEmailDomains, int SessionHours, int LongestKeyAgeDays, bool RequireMfa, bool RequireSso, int Revision)
{
    public static SettingsResponse Of(Organization o)
    {
        var settings = OrganizationSettings.Of(o);
        return new SettingsResponse(
            o.Slug, o.Name, o.TimeZone, o.Currency, settings.ExecutionRetentionDays!.Value, settings.ValidationRetentionDays!.Value,
            settings.AllowedEmailDomains!, settings.SessionHours!.Value, settings.LongestKeyAgeDays!.Value, o.RequireMfa, o.RequireSso, o.Revision);
    }
}

/// <param name="ContentType">What it is: <c>image/png</c> or <c>image/jpeg</c>.</param>
/// <param name="Bytes">How large it is.</param>
/// <param name="UpdatedAt">Since when it is there.</param>
public sealed record LogoResponse(string ContentType, int Bytes, DateTimeOffset UpdatedAt);
