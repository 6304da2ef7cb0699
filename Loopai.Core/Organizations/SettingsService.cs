using Loopai.Core.Access;
using Loopai.Core.Audit;
using Loopai.Core.Configuration;
using Loopai.Core.Costs.Ledger;
using Loopai.Core.Data;
using Loopai.Core.Identity.SignOn;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.Options;

namespace Loopai.Core.Organizations;

/// <summary>The settings of an organization, and its logo.</summary>
public sealed class SettingsService(LoopaiData data, IOptions<ExecutionSettings> executions, TimeProvider time)
{
    /// <summary>The most bytes of a logo.</summary>
    public const int MaxLogoBytes = 256 * 1024;

    /// <summary>The organization with its settings.</summary>
    public async Task<Organization> GetAsync(Caller caller, CancellationToken ct)
    {
        caller.Demand(Permissions.OrganizationRead);
        await using var db = await data.OpenAsync(caller, ct);
        return await db.Organizations.AsNoTracking().SingleAsync(ct);
    }

    /// <summary>Changes what is given, and leaves the rest. What sign-on enforces is changed by who manages sign-on.</summary>
    /// <param name="caller">Who acts.</param>
    /// <param name="change">What to change.</param>
    /// <param name="expectedRevision">The revision the caller has read; null to change whatever is there.</param>
    /// <param name="ct">Ends the work.</param>
    public async Task<Organization> UpdateAsync(Caller caller, OrganizationSettings change, int? expectedRevision, CancellationToken ct)
    {
        caller.Demand(Permissions.OrganizationManage);
        if (change.RequireMfa is not null || change.RequireSso is not null || change.SessionHours is not null)
        {
            caller.Demand(Permissions.SignOnManage);
        }

        change.Check(executions.Value.RetentionDays);
        await using var db = await data.OpenAsync(caller, ct);
        var organization = await db.Organizations.SingleAsync(ct);
        if (expectedRevision is { } expected && expected != organization.Revision)
        {
            throw OrganizationErrors.ChangedMeanwhile();
        }

        if (change.RequireSso == true && !organization.RequireSso && !await db.HasWayInAsync(ct))
        {
            throw OrganizationErrors.NoConnection();
        }

        if (change.Currency is { } currency && currency != organization.Currency && await db.HasAmountsAsync(ct))
        {
            throw OrganizationErrors.CurrencyInUse(organization.Currency);
        }

        var before = OrganizationSettings.Of(organization);
        change.Apply(organization);
        var after = OrganizationSettings.Of(organization);
        organization.Revision++;
        db.Record(caller, "organization.updated", "organization", organization.Id, new { before, after });
        try
        {
            await db.SaveChangesAsync(ct);
        }
        catch (DbUpdateConcurrencyException)
        {
            throw OrganizationErrors.ChangedMeanwhile();
        }

        return organization;
    }

    /// <inheritdoc cref="UpdateAsync(Caller, OrganizationSettings, int?, CancellationToken)"/>
    public async Task<Organization> UpdateAsync(Caller caller, Guid id, OrganizationSettings change, int? expectedRevision, CancellationToken ct)
    {
        caller.Demand(Permissions.OrganizationManage);
        caller.DemandOwn(id);
        return await UpdateAsync(caller, change, expectedRevision, ct);
    }

    /// <summary>The logo. Everybody in the organization sees it.</summary>
    public async Task<OrganizationLogo> GetLogoAsync(Caller caller, CancellationToken ct) => await FindLogoAsync(caller, ct) ?? throw OrganizationErrors.NoLogo();

    /// <summary>The logo; null where there is none. Everybody in the organization sees it.</summary>
    public async Task<OrganizationLogo?> FindLogoAsync(Caller caller, CancellationToken ct)
    {
        await using var db = await data.OpenAsync(caller, ct);
        return await db.OrganizationLogos.AsNoTracking().FirstOrDefaultAsync(ct);
    }

    /// <summary>Since when there is a logo; null where there is none.</summary>
    public async Task<DateTimeOffset?> FindLogoTimeAsync(Caller caller, CancellationToken ct)
    {
        await using var db = await data.OpenAsync(caller, ct);
        return await db.OrganizationLogos.Select(l => (DateTimeOffset?)l.UpdatedAt).FirstOrDefaultAsync(ct);
    }

    /// <summary>Takes a picture as the logo: PNG or JPEG by what is in it, whatever it is called. An SVG can carry scripts and is not taken.</summary>
    public async Task<OrganizationLogo> SetLogoAsync(Caller caller, byte[] picture, CancellationToken ct)
    {
        caller.Demand(Permissions.OrganizationManage);
        var type = PictureType.Of(picture);
        if (picture.Length > MaxLogoBytes || type is null)
        {
            throw OrganizationErrors.InvalidLogo(MaxLogoBytes);
        }

        await using var db = await data.OpenAsync(caller, ct);
        var logo = await db.OrganizationLogos.FirstOrDefaultAsync(ct);
        if (logo is null)
        {
            db.OrganizationLogos.Add(logo = new OrganizationLogo { OrganizationId = caller.OrganizationId, ContentType = type, Data = picture, UpdatedAt = time.GetUtcNow() });
        }
        else
        {
            (logo.ContentType, logo.Data, logo.UpdatedAt) = (type, picture, time.GetUtcNow());
        }

        db.Record(caller, "organization.logo_changed", "organization", caller.OrganizationId, new { bytes = picture.Length, type });
        await db.SaveChangesAsync(ct);
        return logo;
    }

    /// <summary>Removes the logo; without one nothing changes.</summary>
    public async Task RemoveLogoAsync(Caller caller, CancellationToken ct)
    {
        caller.Demand(Permissions.OrganizationManage);
        await using var db = await data.OpenAsync(caller, ct);
        if (await db.OrganizationLogos.FirstOrDefaultAsync(ct) is { } logo)
        {
            db.OrganizationLogos.Remove(logo);
            db.Record(caller, "organization.logo_removed", "organization", caller.OrganizationId);
            await db.SaveChangesAsync(ct);
        }
    }
}
