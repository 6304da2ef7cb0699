using System.Globalization;
using Loopai.Core.Access;
using Loopai.Core.Data;
using Loopai.Core.Errors;
using Loopai.Core.Reports.Building.Sections;
using Microsoft.EntityFrameworkCore;

namespace Loopai.Core.Reports.Building;

/// <summary>Puts a report's figures together as one caller may see them. What they may not see says so in its place, and nothing else.</summary>
public sealed class ReportBuilder(LoopaiData data, IEnumerable<ISectionSource> sources, TimeProvider time)
{
    private readonly Dictionary<SectionKind, ISectionSource> _sources = sources.ToDictionary(s => s.Kind);

    /// <param name="caller">With whose eyes.</param>
    /// <param name="heading">What the report is called.</param>
    /// <param name="definition">What stands in it.</param>
    /// <param name="dueAt">The moment that the period is seen from.</param>
    /// <param name="ct">Ends the reading.</param>
    public async Task<ReportDocument> BuildAsync(Caller caller, ReportHeading heading, ReportDefinition definition, DateTimeOffset dueAt, CancellationToken ct)
    {
        var place = await PlaceAsync(caller, definition.ShowLogo, ct);
        var zone = TimeZoneInfo.FindSystemTimeZoneById(definition.TimeZone ?? place.TimeZone);
        var period = ReportPeriod.Of(definition, dueAt, zone);
        var context = new SectionContext(caller, definition, period, period.Before(definition, zone), zone);
        var sections = new List<SectionContent>(definition.Sections.Count);
        foreach (var section in definition.Sections)
        {
            sections.Add(await ReadAsync(context, section, ct));
        }

        return new ReportDocument
        {
            Title = heading.Title,
            Description = heading.Description,
            Organization = place.Organization,
            Environment = place.Environment,
            Period = period,
            Before = context.Before,
            Zone = zone,
            Culture = CultureInfo.GetCultureInfo(definition.Language),
            Currency = place.Currency,
            Paper = definition.Paper,
            MadeAt = time.GetUtcNow(),
            Logo = place.Logo,
            Sections = sections,
        };
    }

    private async Task<SectionContent> ReadAsync(SectionContext context, ReportSection section, CancellationToken ct)
    {
        var source = _sources[section.Kind];
        var title = section.Title.Length > 0 ? section.Title : source.Title;
        try
        {
            return await source.ReadAsync(context, section, ct);
        }
        catch (ForbiddenException e)
        {
            return new SectionContent(title, section.Kind, [], $"This section needs the permission '{e.Permission}', which whoever this was made for does not have.");
        }
        catch (LoopaiException e) when (e is NotFoundException or InvalidException)
        {
            return new SectionContent(title, section.Kind, [], $"This section could not be made: {e.Message}");
        }
    }

    private async Task<Place> PlaceAsync(Caller caller, bool withLogo, CancellationToken ct)
    {
        await using var db = await data.OpenAsync(caller, ct);
        var organization = await db.Organizations.AsNoTracking().FirstAsync(o => o.Id == caller.OrganizationId, ct);
        var environment = await db.Environments.Where(e => e.Id == caller.EnvironmentId).Select(e => e.Name).FirstAsync(ct);
        var logo = withLogo ? await db.OrganizationLogos.AsNoTracking().FirstOrDefaultAsync(ct) : null;
        return new Place(
            organization.Name, environment, organization.TimeZone, organization.Currency, logo is null ? null : new ReportLogo(logo.ContentType, logo.Data));
    }

    private sealed record Place(string Organization, string Environment, string TimeZone, string Currency, ReportLogo? Logo);
}

/// <param name="Title">The report's name.</param>
/// <param name="Description">What it is for.</param>
public sealed record ReportHeading(string Title, string Description);
