using System.Net;
using System.Security.Cryptography;
using System.Text;
using Loopai.Core.Access;
using Loopai.Core.Data;
using Loopai.Core.Reports.Running;
using Microsoft.EntityFrameworkCore;

namespace Loopai.Core.Reports.Delivery;

/// <summary>
/// What the links of a mail open, without an account: the files that it was about, and its end. A link carries 256 bits of chance of which the database keeps a hash,
/// opens the files of that one mail, and ends with them.
/// </summary>
public sealed class DeliveryLinks(LoopaiData data, TimeProvider time)
{
    public const string FilePath = "/reports/files";
    public const string UnsubscribePath = "/reports/unsubscribe";

    private const int TokenBytes = 32;

    public static string NewToken() => Convert.ToHexStringLower(RandomNumberGenerator.GetBytes(TokenBytes));

    public static byte[] HashOf(string token) => SHA256.HashData(Encoding.UTF8.GetBytes(token));

    /// <summary>A file of the mail; null where the link is wrong or its time is over.</summary>
    public async Task<ReportFile?> FileAsync(string token, Guid fileId, CancellationToken ct)
    {
        var (hash, now) = (HashOf(token), time.GetUtcNow());
        await using var db = await data.OpenAsync(Caller.Installation, ct);
        return await db.ReportFiles.AsNoTracking().FirstOrDefaultAsync(
            f => f.Id == fileId && f.ExpiresAt > now && f.Format != ReportFormat.Html
                && db.Organizations.Any(o => o.Id == f.OrganizationId && o.DeletedAt == null)
                && db.ReportDeliveries.Any(d => d.TokenHash == hash && d.RunId == f.RunId && d.Audience == f.Audience), ct);
    }

    /// <summary>Which report a mail was; null where the link is wrong.</summary>
    public async Task<(string Report, string Address)?> FindAsync(string token, CancellationToken ct)
    {
        await using var db = await data.OpenAsync(Caller.Installation, ct);
        return await FindAsync(db, token, ct) is { } found ? (found.Report, found.Address) : null;
    }

    /// <summary>Sends the report to this address no more; false where the link is wrong.</summary>
    public async Task<bool> UnsubscribeAsync(string token, CancellationToken ct)
    {
        await using var db = await data.OpenAsync(Caller.Installation, ct);
        if (await FindAsync(db, token, ct) is not { } found)
        {
            return false;
        }

        if (!await db.ReportOptOuts.AnyAsync(o => o.ReportId == found.ReportId && o.Address == found.Address, ct))
        {
            db.ReportOptOuts.Add(new ReportOptOut { ReportId = found.ReportId, Address = found.Address, OrganizationId = found.OrganizationId, At = time.GetUtcNow() });
            await db.SaveChangesAsync(ct);
        }

        return true;
    }

    /// <summary>The links of a mail, as text or as HTML.</summary>
    internal static string Words(string linkBase, string token, IReadOnlyList<RunFile> files, string? attached, bool asHtml)
    {
        var lines = new StringBuilder();
        foreach (var file in attached is null ? files : [])
        {
            Add($"{file.Name} ({(file.Size / 1024d / 1024d).ToString("0.0", System.Globalization.CultureInfo.InvariantCulture)} MB)", $"{linkBase}{FilePath}/{file.Id}?token={token}");
        }

        if (attached is not null)
        {
            Add(attached, null);
        }

        Add("Receive this report no more", $"{linkBase}{UnsubscribePath}?token={token}");
        return lines.ToString();

        void Add(string words, string? url) => lines.Append(
            asHtml ? $"<p style=\"margin:4px 0\">{(url is null ? WebUtility.HtmlEncode(words) : $"<a href=\"{url}\" style=\"color:#3f35b5\">{WebUtility.HtmlEncode(words)}</a>")}</p>"
            : url is null ? $"{words}\n" : $"{words}:\n{url}\n");
    }

    private static async Task<Found?> FindAsync(LoopaiDbContext db, string token, CancellationToken ct)
    {
        var hash = HashOf(token);
        return await (
            from delivery in db.ReportDeliveries
            where delivery.TokenHash == hash
            join run in db.ReportRuns on delivery.RunId equals run.Id
            join report in db.Reports on run.ReportId equals report.Id
            select new Found(report.Id, report.Name, delivery.Address, delivery.OrganizationId)).FirstOrDefaultAsync(ct);
    }

    private sealed record Found(Guid ReportId, string Report, string Address, Guid OrganizationId);
}
