using Loopai.Core.Data;
using Loopai.Core.Identity.Scim.Filters;
using Microsoft.EntityFrameworkCore;

namespace Loopai.Core.Identity.Scim;

/// <summary>Reads one window of a list: filtered, ordered, counted and cut in the database.</summary>
internal static class ScimPage
{
    public static async Task<(int Total, List<ScimResource> Rows)> ReadAsync(LoopaiDbContext db, ScimKind kind, ScimListRequest request, CancellationToken ct)
    {
        var query = new ScimQuery(db, kind);
        var found = query.All.AsNoTracking();
        if (!string.IsNullOrWhiteSpace(request.Filter))
        {
            found = found.Where(query.Where(ScimFilterParser.Parse(request.Filter)));
        }

        // A wrong order is told even where nothing is read.
        var ordered = query.OrderBy(found, request.SortBy, request.Descending);
        var total = await found.CountAsync(ct);
        return (total, request.Count == 0 || request.StartIndex > total ? [] : await ordered.Skip(request.StartIndex - 1).Take(request.Count).ToListAsync(ct));
    }
}
