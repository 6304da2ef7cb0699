using System.Net;
using Loopai.Core.Access;
using Loopai.Core.Errors;
using Loopai.Core.Reports.Delivery;
using Loopai.Core.Reports.Running;
using Loopai.Portal.Shell;

namespace Loopai.Portal.Pages.Reports;

/// <summary>The files of runs: for who is signed in, and for whom a mail was sent to, by the link in it.</summary>
public static class ReportFiles
{
    public static void MapReportFiles(this WebApplication app)
    {
        app.MapGet("/o/{org}/reports/runs/{runId:guid}/files/{fileId:guid}", OfRunAsync).RequireAuthorization().ExcludeFromDescription();
        app.MapGet(DeliveryLinks.FilePath + "/{fileId:guid}", OfMailAsync).ExcludeFromDescription();
        app.MapGet(DeliveryLinks.UnsubscribePath, AskAsync).ExcludeFromDescription();

        // A mail program posts here without a page before it (RFC 8058); the link's token is what it proves itself with.
        app.MapPost(DeliveryLinks.UnsubscribePath, UnsubscribeAsync).DisableAntiforgery().ExcludeFromDescription();
    }

    private static async Task<IResult> OfRunAsync(string org, Guid runId, Guid fileId, HttpContext http, OrganizationEntry entry, RunService runs, CancellationToken ct)
    {
        if (await entry.CallerAsync(http, org, http.Request.Query["env"], ct) is not { } caller || !caller.May(Permissions.ReportsRead))
        {
            return Results.NotFound();
        }

        try
        {
            var file = await runs.FileAsync(caller, runId, fileId, ct);
            return Results.File(file.Content, file.ContentType, file.Name);
        }
        catch (NotFoundException)
        {
            return Results.NotFound();
        }
    }

    private static async Task<IResult> OfMailAsync(Guid fileId, string? token, DeliveryLinks links, CancellationToken ct) =>
        await links.FileAsync(token ?? "", fileId, ct) is { } file
            ? Results.File(file.Content, file.ContentType, file.Name)
            : Page("This link leads nowhere any more", "<p>Links end with the files that they lead to. Ask whoever sends you the report for a fresh one.</p>", StatusCodes.Status404NotFound);

    /// <summary>Opening the link changes nothing: programs that look into mails open links too.</summary>
    private static async Task<IResult> AskAsync(string? token, DeliveryLinks links, CancellationToken ct) =>
        await links.FindAsync(token ?? "", ct) is { } found
            ? Page(
                "Receive this report no more?",
                $"<p><b>{WebUtility.HtmlEncode(found.Report)}</b> will not be sent to {WebUtility.HtmlEncode(found.Address)} any more.</p>" +
                $"<form method=\"post\" action=\"{DeliveryLinks.UnsubscribePath}?token={WebUtility.UrlEncode(token)}\"><button class=\"button primary\" type=\"submit\">Receive it no more</button></form>")
            : Page("This link leads nowhere any more", "<p>Open the newest mail of the report and use the link in it.</p>", StatusCodes.Status404NotFound);

    private static async Task<IResult> UnsubscribeAsync(string? token, DeliveryLinks links, CancellationToken ct) =>
        await links.UnsubscribeAsync(token ?? "", ct)
            ? Page("Done", "<p>This report is not sent to you any more. Whoever sends it can see that.</p>")
            : Page("This link leads nowhere any more", "<p>Open the newest mail of the report and use the link in it.</p>", StatusCodes.Status404NotFound);

    private static IResult Page(string title, string body, int status = StatusCodes.Status200OK) => Results.Content(
        $"""
        <!DOCTYPE html><html lang="en"><head><meta charset="utf-8"><meta name="viewport" content="width=device-width, initial-scale=1"><meta name="color-scheme" content="light dark"><meta name="robots" content="noindex">
        <title>{title} · Loopai</title><link rel="stylesheet" href="/css/tokens.css"><link rel="stylesheet" href="/css/base.css"><link rel="stylesheet" href="/css/controls.css"><link rel="stylesheet" href="/css/surfaces.css"><link rel="stylesheet" href="/css/shell.css"></head>
        <body><main class="auth"><div class="auth-card"><h1>{title}</h1>{body}</div></main></body></html>
        """,
        "text/html; charset=utf-8", statusCode: status);
}
