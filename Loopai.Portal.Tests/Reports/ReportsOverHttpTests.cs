using System.Diagnostics;
using System.IO.Compression;
using System.Net;
using System.Net.Http.Json;
using System.Text;
using System.Text.Json;
using System.Text.RegularExpressions;
using DocumentFormat.OpenXml.Packaging;
using DocumentFormat.OpenXml.Validation;
using Loopai.Core.Reports;
using Loopai.Core.Reports.Running;
using Loopai.Portal.Tests.Api;
using Loopai.Portal.Tests.Identity;
using Loopai.Portal.Tests.Peers;
using Microsoft.Extensions.DependencyInjection;

namespace Loopai.Portal.Tests.Reports;

/// <summary>Reports from the API to the file and the mailbox, read back with other tools.</summary>
[Collection(PortalCollection.Name)]
public sealed partial class ReportsOverHttpTests(PortalFixture portal)
{
    [Fact]
    public async Task Run_EveryFormat_CanBeReadByOtherTools()
    {
        var organization = await portal.AddOrganizationAsync("reports");
        await portal.CreateSpamFilterAsync(organization, "Spam filter");
        using var client = portal.Client(organization);
        var report = await MakeAsync(client, "Who may do what", new { kind = "text", title = "Before you read", text = "Some **bold** words." }, new { kind = "access" }, new { kind = "audit", title = "What was done" });
        string[] formats = portal.Services.GetRequiredService<IPagePrinter>().Missing is null ? ["pdf", "xlsx", "csv"] : ["xlsx", "csv"];
        var files = await RunAsync(client, report, new { formats });

        var zip = new ZipArchive(new MemoryStream(files["csv"]));
        zip.Entries.Select(e => e.Name).ShouldBe(["Access review.csv", "Access review 2.csv", "What was done.csv"]);
        using (var people = new StreamReader(zip.Entries[0].Open()))
        {
            var text = await people.ReadToEndAsync();
            text.ShouldStartWith("\"Person\",\"E-mail\"");
            text.ShouldContain(organization.OwnerEmail);
        }

        using (var book = SpreadsheetDocument.Open(new MemoryStream(files["xlsx"]), isEditable: false))
        {
            new OpenXmlValidator().Validate(book).Select(e => $"{e.Part?.Uri} {e.Path?.XPath} {e.Description}").ShouldBeEmpty();
            book.WorkbookPart!.Workbook.Sheets!.Elements<DocumentFormat.OpenXml.Spreadsheet.Sheet>().Select(s => s.Name!.Value).ShouldBe(
                ["About this report", "Access review", "Access review 2", "What was done"]);
        }

        if (formats.Contains("pdf"))
        {
            Encoding.ASCII.GetString(files["pdf"], 0, 5).ShouldBe("%PDF-");
            await ShouldReadAsPdfAsync(files["pdf"]);
        }
    }

    [Fact]
    public async Task Create_CostsOverLongerThanTheyAreAddedUp_IsRefusedWhenItIsSaved()
    {
        using var client = portal.Client(await portal.AddOrganizationAsync("long-period"));
        object Report(string kind, string to) => new { name = kind, definition = new { period = "custom", from = "2025-01-01", to, sections = new[] { new { kind, text = "Words." } } } };
        var refused = await client.PostAsJsonAsync("reports", Report("costs", "2026-06-01"));
        refused.StatusCode.ShouldBe(HttpStatusCode.BadRequest);
        (await refused.Content.ReadFromJsonAsync<JsonElement>()).GetProperty("errors").EnumerateObject().Single().Value[0].GetString()!.ShouldContain("367 days");
        (await client.PostAsJsonAsync("reports", Report("text", "2026-06-01"))).EnsureSuccessStatusCode();
        (await client.PostAsJsonAsync("reports", Report("costs", "2025-12-31"))).EnsureSuccessStatusCode();
    }

    [PeerFact]
    public async Task Run_ToRecipients_EachGetsOneMailWithWhatTheyMaySee()
    {
        await using var mail = await MailPeer.StartAsync();
        var other = await portal.StartPortalAsync([.. mail.Settings, "--Portal:PublicUrl=http://loopai.example"]);
        try
        {
            var organization = await PortalFixture.AddOrganizationAsync(other.App.Services, "mailed");
            using var client = portal.Client(organization.Key, PortalFixture.AddressOf(other));
            var report = await MakeAsync(client, "Weekly", new { kind = "text", title = "Words", text = "Words for everybody." }, new { kind = "audit", title = "Secret deeds" });
            var nobody = await portal.AddPersonAsync();
            await portal.ProvisionAsync(organization, nobody.Id);
            await RunAsync(client, report, new { formats = new[] { "csv" }, recipients = new { addresses = new[] { "Board@Example.com" }, people = new[] { nobody.Id } } });

            var board = await mail.ReadWholeAsync("board@example.com");
            board.ShouldContain("Subject:");
            board.ShouldContain("List-Unsubscribe-Post: List-Unsubscribe=One-Click");
            board.ShouldContain("multipart/mixed");
            Decoded(board).ShouldContain("Secret deeds");
            Decoded(board).ShouldContain("organization.created");
            Decoded(board).ShouldNotContain("needs the permission");

            var limited = Decoded(await mail.ReadWholeAsync(nobody.Email!));
            limited.ShouldContain("Words for everybody.");
            limited.ShouldContain("needs the permission 'audit:read'");
            limited.ShouldNotContain("organization.created");

            var token = Token().Match(board.Replace("=\r\n", "", StringComparison.Ordinal).Replace("\r\n ", "", StringComparison.Ordinal)).Groups[1].Value;
            using var stranger = new HttpClient { BaseAddress = PortalFixture.AddressOf(other) };
            (await stranger.GetStringAsync($"reports/unsubscribe?token={token}")).ShouldContain("Receive this report no more?");
            (await stranger.PostAsync($"reports/unsubscribe?token={token}", new FormUrlEncodedContent([new("List-Unsubscribe", "One-Click")]))).StatusCode.ShouldBe(HttpStatusCode.OK);
            (await stranger.PostAsync($"reports/unsubscribe?token={token}0", null)).StatusCode.ShouldBe(HttpStatusCode.NotFound);
        }
        finally
        {
            await PortalFixture.StopAsync(other);
        }
    }

    [Fact]
    public async Task Run_Files_AreForThoseWithTheSamePermissionsOnly()
    {
        var organization = await portal.AddOrganizationAsync("audience");
        using var owner = portal.Client(organization);
        var report = await MakeAsync(owner, "Deeds", new { kind = "audit", title = "Deeds" });
        var run = (await (await owner.PostAsJsonAsync($"reports/{report}/runs", new { formats = new[] { "csv" } })).Content.ReadFromJsonAsync<JsonElement>()).GetProperty("id").GetGuid();
        var file = (await DoneAsync(owner, run)).GetProperty("files")[0].GetProperty("id").GetGuid();
        using var reader = portal.Client(await portal.AddKeyAsync(organization.Owner, ["reports:read"]));
        (await reader.GetFromJsonAsync<JsonElement>($"reports/runs/{run}")).GetProperty("files").GetArrayLength().ShouldBe(0);
        (await reader.GetAsync($"reports/runs/{run}/files/{file}")).StatusCode.ShouldBe(HttpStatusCode.NotFound);
        (await reader.PostAsJsonAsync($"reports/{report}/runs", new { formats = new[] { "csv" }, recipients = new { addresses = new[] { "me@example.com" } } })).StatusCode.ShouldBe(HttpStatusCode.Forbidden);
        (await reader.PostAsync($"reports/runs/{run}/retry", null)).StatusCode.ShouldNotBe(HttpStatusCode.OK);
    }

    private static async Task<Guid> MakeAsync(HttpClient client, string name, params object[] sections)
    {
        var made = await client.PostAsJsonAsync("reports", new { name, isShared = true, definition = new { period = "custom", from = "2026-01-01", to = "2027-12-31", sections } });
        made.StatusCode.ShouldBe(HttpStatusCode.Created, await made.Content.ReadAsStringAsync());
        return (await made.Content.ReadFromJsonAsync<JsonElement>()).GetProperty("id").GetGuid();
    }

    private static async Task<Dictionary<string, byte[]>> RunAsync(HttpClient client, Guid report, object body)
    {
        var begun = await client.PostAsJsonAsync($"reports/{report}/runs", body);
        begun.StatusCode.ShouldBe(HttpStatusCode.Created, await begun.Content.ReadAsStringAsync());
        var run = (await begun.Content.ReadFromJsonAsync<JsonElement>()).GetProperty("id").GetGuid();
        var files = new Dictionary<string, byte[]>(StringComparer.Ordinal);
        foreach (var file in (await DoneAsync(client, run)).GetProperty("files").EnumerateArray())
        {
            files[file.GetProperty("format").GetString()!] = await client.GetByteArrayAsync($"reports/runs/{run}/files/{file.GetProperty("id")}");
        }

        return files;
    }

    private static async Task<JsonElement> DoneAsync(HttpClient client, Guid run)
    {
        for (var since = Stopwatch.StartNew(); ; await Task.Delay(50))
        {
            var now = await client.GetFromJsonAsync<JsonElement>($"reports/runs/{run}");
            var status = now.GetProperty("run").GetProperty("status").GetString();
            if (status is "succeeded" or "dead")
            {
                status.ShouldBe("succeeded", now.ToString());
                return now;
            }

            since.Elapsed.ShouldBeLessThan(TimeSpan.FromSeconds(120), now.ToString());
        }
    }

    /// <summary>With poppler's tools, where they are.</summary>
    private static async Task ShouldReadAsPdfAsync(byte[] pdf)
    {
        var file = Path.GetTempFileName();
        try
        {
            await File.WriteAllBytesAsync(file, pdf);
            if (await ToolAsync("pdfinfo", file) is not { } info)
            {
                return;
            }

            info.ShouldContain("Who may do what");
            info.ShouldMatch(@"Tagged:\s+yes");
            info.ShouldMatch(@"Page size:\s+59\d(\.\d+)? x 84\d");
            var text = (await ToolAsync("pdftotext", file, "-"))!;
            text.ShouldContain("Before you read");

            // A cell breaks what is longer than itself.
            string.Concat(text.Where(c => !char.IsWhiteSpace(c))).ShouldContain("Ownerofreports");
            var pages = Regex.Match(info, @"Pages:\s+(\d+)", RegexOptions.NonBacktracking).Groups[1].Value;
            text.ShouldMatch($@"(?m)^{pages}\s*/\s*{pages}\s*$");
        }
        finally
        {
            File.Delete(file);
        }
    }

    private static async Task<string?> ToolAsync(string tool, params string[] arguments)
    {
        try
        {
            using var process = Process.Start(new ProcessStartInfo(tool, arguments) { UseShellExecute = false, RedirectStandardOutput = true })!;
            var said = await process.StandardOutput.ReadToEndAsync();
            await process.WaitForExitAsync();
            return said;
        }
        catch (System.ComponentModel.Win32Exception)
        {
            return null;
        }
    }

    /// <summary>Every base64 part of a mail as text.</summary>
    private static string Decoded(string mail) => string.Join(
        '\n',
        Base64Part().Matches(mail).Select(m => Encoding.UTF8.GetString(Convert.FromBase64String(m.Groups[1].Value.ReplaceLineEndings("").Trim()))));

    [GeneratedRegex(@"base64\r\n(?:[A-Za-z-]+:[^\r\n]*\r\n)*\r\n((?:[A-Za-z0-9+/=]+\r\n)+)", RegexOptions.None, 1000)]
    private static partial Regex Base64Part();

    [GeneratedRegex("unsubscribe\\?token=([0-9a-f]{64})", RegexOptions.NonBacktracking)]
    private static partial Regex Token();
}
